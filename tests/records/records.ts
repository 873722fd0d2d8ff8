import type { AnyRecord, Formula, NotImplemented } from "../../ts/autograd/record.ts";

declare global {
  interface ImportMeta {
    /** Vite's: the modules that match. */
    glob<T>(pattern: string, options: { eager: true }): Record<string, T>;
  }
}

export type Op = AnyRecord<object>;

const modules = import.meta.glob<{ $constants?: object }>("../../ts/{autograd,ops,nn}/**/*.ts", {
  eager: true,
});

/** Every op record that a constant of the library's modules holds, by itself or within tables, and where. */
export function allRecords(): Map<Op, string> {
  const found = new Map<Op, string>();
  const collect = (value: unknown, place: string, depth: number): void => {
    if (typeof value !== "object" || value === null || depth < 0) return;
    if (isRecord(value)) found.set(value, `${place}: ${value.name}${value.node ? ` (${value.node})` : ""}`);
    else
      for (const part of value instanceof Map ? value.values() : Object.values(value))
        collect(part, place, depth - 1);
  };
  for (const [file, { $constants }] of Object.entries(modules))
    collect($constants, file.replace("../../ts/", ""), 3);
  return found;
}

function isRecord(value: object): value is Op {
  // A leaf's accumulator ends the tape and is no op.
  return "name" in value && value.name !== "AccumulateGrad" && ("vjp" in value || "backward" in value);
}

/** What the record says of each tensor it is given: its formula, or why there is none. */
export function wordsOf(
  op: Op,
): [input: string, word: Formula<object> | "nonDifferentiable" | NotImplemented][] {
  if (!("vjp" in op))
    return [
      ...op.inputs.map((input): [string, Formula<object>] => [input, () => null]),
      ...(op.fixed ?? []).map((input): [string, "nonDifferentiable"] => [input, "nonDifferentiable"]),
    ];
  return typeof op.vjp === "function" ? [["input", op.vjp]] : Object.entries(op.vjp);
}
