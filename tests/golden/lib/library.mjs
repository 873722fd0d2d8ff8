// The few calls through which the runner makes and reads tensors of the library under test.
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { RawTensor } from "./fixture.mjs";
import { Missing } from "./outcome.mjs";

/** Imports the library. The module namespace itself is `torch`; a `torch` or default export serves as well. */
export async function loadLibrary(path) {
  const entry = resolve(path);
  const namespace = await import(pathToFileURL(entry));
  const torch = [namespace, namespace.torch, namespace.default].find((x) => typeof x?.tensor === "function");
  if (!torch) throw new Error(`${path} exports no function named "tensor"`);
  // Workers and kernels may come up asynchronously where the platform demands it.
  if (typeof torch.ready === "function") await torch.ready();
  let vision = torch.vision;
  for (const name of ["vision.js", "vision/index.js", "vision.mjs"]) {
    const file = join(dirname(entry), name);
    if (!vision && existsSync(file)) vision = await import(pathToFileURL(file));
  }
  return new Library(torch, vision);
}

export class Library {
  constructor(torch, vision) {
    this.torch = torch;
    this.vision = vision;
  }

  isTensor(value) {
    if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
    return this.torch.isTensor ? this.torch.isTensor(value) : "dtype" in value && "shape" in value;
  }

  dtype(name) {
    return this.torch[name] ?? name;
  }

  dtypeName(dtype) {
    return String(dtype).replace(/^torch\./, "");
  }

  /** A tensor of the library with the contents of a recorded one. */
  tensor(raw) {
    const { torch } = this;
    let made = torch.tensor(raw.data, { dtype: this.dtype(raw.dtype) });
    if (raw.shape.length !== 1) made = made.reshape(raw.shape);
    return raw.requiresGrad ? made.requiresGrad_() : made;
  }

  /** The contents of a tensor of the library, row-major. */
  read(tensor) {
    const plain = tensor.requiresGrad ? tensor.detach() : tensor;
    if (typeof plain.toTypedArray !== "function") throw new Missing("Tensor.toTypedArray");
    return new RawTensor(
      this.dtypeName(tensor.dtype),
      [...tensor.shape],
      plain.toTypedArray(),
      tensor.requiresGrad,
    );
  }

  /** Depth-first list of the tensors in a result. */
  tensorsIn(value, found = []) {
    if (this.isTensor(value)) found.push(value);
    else if (value instanceof Map) for (const x of value.values()) this.tensorsIn(x, found);
    else if (typeof value === "object" && value?.[Symbol.iterator])
      for (const x of value) this.tensorsIn(x, found);
    return found;
  }

  /** One backward pass from several outputs; `gradOutputs[k]` null leaves output `k` out. */
  backward(outputs, gradOutputs) {
    const chosen = outputs
      .map((o, k) => [o, gradOutputs[k]])
      .filter(([, g]) => g !== null && g !== undefined);
    if (chosen.length === 0) return;
    const { autograd } = this.torch;
    if (typeof autograd?.backward === "function") {
      autograd.backward(
        chosen.map(([o]) => o),
        chosen.map(([, g]) => g),
      );
    } else {
      chosen.forEach(([o, g], k) => o.backward(g, { retainGraph: k < chosen.length - 1 }));
    }
  }

  seed(value) {
    this.torch.manualSeed(value);
  }

  /** Runs synchronous work so that what it allocates is released at its end, where the library offers that. */
  scoped(work) {
    if (typeof this.torch.scope !== "function") return work();
    let result;
    this.torch.scope(() => {
      result = work();
    });
    return result;
  }
}
