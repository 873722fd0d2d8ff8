import { IndexError } from "../../core/errors.ts";
import { isTensor, type Tensor } from "../../tensor/tensor.ts";
import { Module } from "../module.ts";
import { Parameter } from "../parameter.ts";
import { position } from "./containers.ts";

const asParameter = (x: Tensor): Parameter =>
  x instanceof Parameter || !isTensor(x) ? (x as Parameter) : new Parameter(x);
const parametersOf = (container: Module): [string, Parameter][] =>
  Object.entries(container).filter((entry): entry is [string, Parameter] => entry[1] instanceof Parameter);

/** A list of parameters. */
export class ParameterList extends Module {
  [index: number]: Parameter;

  constructor(values: Iterable<Tensor> = []) {
    super();
    this.extend(values);
  }
  /** Number of parameters. */
  override get length(): number {
    return parametersOf(this).length;
  }
  /** The parameter at a position; negative ones count from the end. */
  at(index: number): Parameter {
    const all = [...this];
    return all[position("ParameterList", index, all.length)]!;
  }
  /** Adds a parameter at the end; a plain tensor becomes one. Returns the list. */
  append(value: Tensor): this {
    this.registerParameter(String(this.length), asParameter(value));
    return this;
  }
  /** Adds parameters at the end. Returns the list. */
  extend(values: Iterable<Tensor>): this {
    for (const x of values) this.append(x);
    return this;
  }
  [Symbol.iterator](): Iterator<Parameter> {
    return parametersOf(this)
      .map(([, p]) => p)
      [Symbol.iterator]();
  }
  override toString(): string {
    const lines = parametersOf(this).map(
      ([name, p]) => `(${name}): Parameter containing: [${p.dtype} of size ${p.shape.join("x")}]`,
    );
    return `ParameterList(${lines.length > 0 ? `\n${lines.map((line) => `    ${line}`).join("\n")}\n` : ""})`;
  }
}

/** Parameters by name; iterating gives the names. */
export class ParameterDict extends Module {
  constructor(values: Record<string, Tensor> | Iterable<[string, Tensor]> = {}) {
    super();
    this.update(values);
  }
  /** Number of parameters. */
  override get length(): number {
    return parametersOf(this).length;
  }
  /** The parameter of a name. @throws IndexError when there is none. */
  at(name: string): Parameter {
    const found = parametersOf(this).find(([own]) => own === name);
    if (found === undefined)
      throw new IndexError(
        `ParameterDict: there is no parameter "${name}"; there are ${[...this.keys()].join(", ")}`,
      );
    return found[1];
  }
  has(name: string): boolean {
    return parametersOf(this).some(([own]) => own === name);
  }
  /** Sets the parameter of a name; a plain tensor becomes one. Returns the dictionary. */
  set(name: string, value: Tensor): this {
    this.registerParameter(name, asParameter(value));
    return this;
  }
  /** Sets several. */
  update(values: Record<string, Tensor> | Iterable<[string, Tensor]>): void {
    const pairs = Symbol.iterator in values ? (values as Iterable<[string, Tensor]>) : Object.entries(values);
    for (const [name, x] of pairs) this.set(name, x);
  }
  *keys(): Iterable<string> {
    for (const [name] of parametersOf(this)) yield name;
  }
  *values(): Iterable<Parameter> {
    for (const [, p] of parametersOf(this)) yield p;
  }
  *items(): Iterable<[string, Parameter]> {
    yield* parametersOf(this);
  }
  [Symbol.iterator](): Iterator<string> {
    return this.keys()[Symbol.iterator]();
  }
  override toString(): string {
    const lines = parametersOf(this).map(
      ([name, p]) =>
        `(${name}): Parameter containing: [torch.${p.dtype.tensorType}Tensor of size ${p.shape.join("x")}]`,
    );
    return `ParameterDict(${lines.length > 0 ? `  ${lines.join("\n  ")}` : ""})`;
  }
}
