// PyTorch's names in the library's spelling.
import { Missing } from "./outcome.mjs";

const isDigit = (c) => c >= "0" && c <= "9";

/**
 * snake_case to camelCase. A trailing underscore (in-place) stays, capitals stay, and an underscore between two digits
 * stays, because `squeezenet1_1` and `squeezenet11` are not the same name.
 */
export function camelCase(name) {
  return name.replace(/_([A-Za-z0-9])/g, (found, next, at) =>
    at === 0 || (isDigit(next) && isDigit(name[at - 1])) ? found : next.toUpperCase(),
  );
}

/** Follows a PyTorch path such as `torch.nn.functional.max_pool2d` from the library's namespace. */
export function lookUp(torch, path) {
  let value = torch;
  for (const part of path.split(".").slice(1)) {
    value = value?.[camelCase(part)];
    if (value === undefined || value === null) throw new Missing(path.split(".").map(camelCase).join("."));
  }
  return value;
}

/** Calls a method by its PyTorch name. */
export function callMethod(receiver, name, args) {
  const method = camelCase(name);
  if (typeof receiver[method] !== "function") throw new Missing("Tensor." + method);
  return receiver[method](...args);
}
