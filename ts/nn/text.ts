// The text of modules, as Python prints it.
import type { Module } from "./module.ts";

/** `text` with every line but the first indented. */
function indented(text: string, by = 2): string {
  return text.split("\n").join(`\n${" ".repeat(by)}`);
}

export function moduleText(module: Module, modules: Iterable<[string, Module]>): string {
  const extra = module.extraRepr();
  const extraLines = extra === "" ? [] : extra.split("\n");
  const inner = [...modules].map(([name, child]) => `(${name}): ${indented(String(child))}`);
  const name = module.constructor.name;
  if (extraLines.length + inner.length === 0) return `${name}()`;
  if (inner.length === 0 && extraLines.length === 1) return `${name}(${extraLines[0]})`;
  return `${name}(\n  ${[...extraLines, ...inner].join("\n  ")}\n)`;
}
