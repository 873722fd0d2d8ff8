// Python's `print`: True, False and sizes in Python's words, everything else as console.log writes it.

const word = (value) => {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `torch.Size([${value.join(", ")}])`;
  return String(value);
};

export function print(...values) {
  console.log(values.map(word).join(" "));
}
