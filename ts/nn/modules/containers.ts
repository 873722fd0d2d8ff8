import { IndexError, ValueError } from "../../core/errors.ts";
import { isOptions } from "../../core/options.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import { Module } from "../module.ts";

type Named = Record<string, Module>;

/** A position counted from the front. @throws IndexError beyond the ends. */
export function position(op: string, index: number, length: number): number {
  if (!Number.isInteger(index) || index < -length || index >= length)
    throw new IndexError(`${op}: index ${index} is out of range for ${length} entries`);
  return index < 0 ? index + length : index;
}

/** First and last position of a slice such as `"1:3"`, as Python has it. */
function sliceBounds(op: string, text: string, length: number): [number, number] {
  const match = /^(-?\d*):(-?\d*)$/.exec(text);
  if (match === null)
    throw new ValueError(`${op}: expected an index or a slice like "1:3", got ${JSON.stringify(text)}`);
  const bound = (part: string, otherwise: number) => {
    if (part === "") return otherwise;
    const at = Number(part);
    return Math.min(Math.max(at < 0 ? at + length : at, 0), length);
  };
  return [bound(match[1]!, 0), bound(match[2]!, length)];
}

/** Modules run one after another: `new nn.Sequential(a, b)`, or named, `new nn.Sequential({ conv: a, act: b })`. */
export class Sequential extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  [index: number]: Module;

  constructor(...modules: Module[] | [named: Named]) {
    super();
    const [first] = modules;
    if (modules.length === 1 && isOptions(first))
      for (const [name, m] of Object.entries(first as unknown as Named)) this.addModule(name, m);
    else (modules as Module[]).forEach((m, i) => this.addModule(String(i), m));
  }
  override forward(input: Tensor): Tensor {
    let x = input;
    for (const m of this) x = m(x);
    return x;
  }
  /** Number of modules. */
  override get length(): number {
    return entriesOf(this).length;
  }
  /** The module at a position (negative ones count from the end), or the modules of a slice such as `"1:3"` as a new Sequential. */
  at(index: number): Module;
  at(slice: string): Sequential;
  at(index: number | string): Module | Sequential {
    const all = entriesOf(this);
    if (typeof index === "number") return all[position("Sequential", index, all.length)]![1];
    return this.slice(...sliceBounds("Sequential", index, all.length));
  }
  /** The modules from `start` up to `end` as a new Sequential; names stay. */
  slice(start?: number, end?: number): Sequential {
    return new Sequential(Object.fromEntries(entriesOf(this).slice(start, end)));
  }
  /** Adds a module at the end. Returns the container. */
  append(module: Module): this {
    this.addModule(String(this.length), module);
    return this;
  }
  /** Adds modules at the end. Returns the container. */
  extend(modules: Iterable<Module>): this {
    for (const m of modules) this.append(m);
    return this;
  }
  [Symbol.iterator](): Iterator<Module> {
    return entriesOf(this)
      .map(([, m]) => m)
      [Symbol.iterator]();
  }
}

/** Every entry, also one that appears twice. */
function entriesOf(container: Module): [string, Module][] {
  return Object.entries(container).filter((entry): entry is [string, Module] => entry[1] instanceof Module);
}

/** A list of modules, which has no `forward`. */
export class ModuleList<M extends Module = Module> extends Module {
  [index: number]: M;

  constructor(modules: Iterable<M> = []) {
    super();
    this.extend(modules);
  }
  /** Number of modules. */
  override get length(): number {
    return entriesOf(this).length;
  }
  /** The module at a position (negative ones count from the end), or the modules of a slice such as `"1:3"` as a new list. */
  at(index: number): M;
  at(slice: string): ModuleList<M>;
  at(index: number | string): M | ModuleList<M> {
    const all = [...this];
    if (typeof index === "number") return all[position("ModuleList", index, all.length)]!;
    return this.slice(...sliceBounds("ModuleList", index, all.length));
  }
  /** The modules from `start` up to `end` as a new list. */
  slice(start?: number, end?: number): ModuleList<M> {
    return new ModuleList([...this].slice(start, end));
  }
  /** Adds a module at the end. Returns the list. */
  append(module: M): this {
    this.addModule(String(this.length), module);
    return this;
  }
  /** Adds modules at the end. Returns the list. */
  extend(modules: Iterable<M>): this {
    for (const m of modules) this.append(m);
    return this;
  }
  /** Puts a module before the one at `index`. */
  insert(index: number, module: M): void {
    const all = [...this];
    all.splice(index, 0, module);
    all.forEach((m, i) => this.addModule(String(i), m));
  }
  [Symbol.iterator](): Iterator<M> {
    return entriesOf(this)
      .map(([, m]) => m as M)
      [Symbol.iterator]();
  }
}

/** Modules by name, which has no `forward`; iterating gives the names. */
export class ModuleDict extends Module {
  constructor(modules: Named | Iterable<[string, Module]> = {}) {
    super();
    this.update(modules);
  }
  /** Number of modules. */
  override get length(): number {
    return entriesOf(this).length;
  }
  /** The module of a name. @throws IndexError when there is none. */
  at(name: string): Module {
    const found = entriesOf(this).find(([own]) => own === name);
    if (found === undefined)
      throw new IndexError(
        `ModuleDict: there is no module "${name}"; there are ${[...this.keys()].join(", ")}`,
      );
    return found[1];
  }
  has(name: string): boolean {
    return entriesOf(this).some(([own]) => own === name);
  }
  /** Sets the module of a name. Returns the dictionary. */
  set(name: string, module: Module): this {
    this.addModule(name, module);
    return this;
  }
  /** Takes a module out and returns it. */
  pop(name: string): Module {
    const found = this.at(name);
    delete (this as unknown as Named)[name];
    return found;
  }
  clear(): void {
    for (const name of this.keys()) delete (this as unknown as Named)[name];
  }
  /** Sets several. */
  update(modules: Named | Iterable<[string, Module]>): void {
    const pairs =
      Symbol.iterator in modules ? (modules as Iterable<[string, Module]>) : Object.entries(modules);
    for (const [name, m] of pairs) this.addModule(name, m);
  }
  *keys(): Iterable<string> {
    for (const [name] of entriesOf(this)) yield name;
  }
  *values(): Iterable<Module> {
    for (const [, m] of entriesOf(this)) yield m;
  }
  *items(): Iterable<[string, Module]> {
    yield* entriesOf(this);
  }
  [Symbol.iterator](): Iterator<string> {
    return this.keys()[Symbol.iterator]();
  }
}
