import { addHook, type HookHandle } from "../autograd/hooks.ts";
import type { DTypeLike } from "../core/dtype.ts";
import { ValueError } from "../core/errors.ts";
import { showAsText } from "../core/inspect.ts";
import { isOptions, positional } from "../core/options.ts";
import { describe } from "../ops/dispatch.ts";
import { isTensor, type Tensor } from "../tensor/tensor.ts";
import { withBackwardHooks } from "./backwardhooks.ts";
import { convertData, floatTarget, type ModuleTarget } from "./convert.ts";
import { namesOfForward } from "./forwardnames.ts";
import { Parameter } from "./parameter.ts";
import { type LoadResult, loadInto, type StateDict, stateOf } from "./statedict.ts";
import { moduleText } from "./text.ts";

type Output = unknown;
/** Sees the inputs of a module before `forward`; what it returns takes their place. */
export type ForwardPreHook = (module: Module, inputs: unknown[]) => unknown;
/** Sees inputs and output of a module after `forward`; what it returns takes the output's place. */
export type ForwardHook = (module: Module, inputs: unknown[], output: any) => unknown;
/** Sees the gradients of a module's inputs and outputs; tensors returned take the place of those of the inputs. */
export type BackwardHook = (
  module: Module,
  gradInput: (Tensor | null)[],
  gradOutput: (Tensor | null)[],
) => unknown;

/** What a module keeps besides its properties. */
interface Details {
  /** Names of the buffers, and whether they belong to the state. */
  buffers: Map<string, boolean>;
  before: Map<number, ForwardPreHook>;
  after: Map<number, ForwardHook>;
  backward: Map<number, BackwardHook>;
}
const DETAILS = Symbol("details");

export interface Module {
  // biome-ignore lint/style/useShorthandFunctionType: an interface merges with the class.
  (...args: Parameters<this["forward"]>): ReturnType<this["forward"]>;
}

/**
 * Base of all neural network modules: call it to run `forward`. Parameters, buffers and modules are found in its
 * properties (not inside arrays: use `ModuleList` and `ParameterList`).
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: a module is callable, as its own forward is.
export class Module {
  /** Whether layers such as dropout and batch normalisation behave as in training. */
  declare training: boolean;
  declare private [DETAILS]: Details;

  constructor() {
    const details: Details = { buffers: new Map(), before: new Map(), after: new Map(), backward: new Map() };
    const self = callable<this>(new.target.prototype as object, details);
    self.training = true;
    // biome-ignore lint/correctness/noConstructorReturn: the module is the function.
    return self;
  }

  /** What calling the module computes; every subclass defines it. */
  forward(..._inputs: any[]): any {
    throw new ValueError(`Module [${this.constructor.name}] is missing the required "forward" function`);
  }

  /** Pairs of dotted names and parameters: its own, then those of its modules; each parameter once. */
  *namedParameters(
    prefix: string | { prefix?: string; recurse?: boolean } = "",
    recurse = true,
  ): Iterable<[string, Parameter]> {
    yield* this.named("namedParameters", prefix, recurse, (m) => ownParameters(m));
  }
  /** Its parameters and those of its modules, each once. */
  *parameters(recurse: boolean | { recurse?: boolean } = true): Iterable<Parameter> {
    for (const [, p] of this.namedParameters("", flag("parameters", recurse))) yield p;
  }
  /** Pairs of dotted names and buffers: its own, then those of its modules; each buffer once. */
  *namedBuffers(
    prefix: string | { prefix?: string; recurse?: boolean } = "",
    recurse = true,
  ): Iterable<[string, Tensor]> {
    yield* this.named("namedBuffers", prefix, recurse, (m) => ownBuffers(m));
  }
  /** Its buffers and those of its modules, each once. */
  *buffers(recurse: boolean | { recurse?: boolean } = true): Iterable<Tensor> {
    for (const [, b] of this.namedBuffers("", flag("buffers", recurse))) yield b;
  }
  /** Pairs of names and the modules directly inside. */
  *namedChildren(): Iterable<[string, Module]> {
    const seen = new Set<Module>();
    for (const [name, child] of ownModules(this)) {
      if (seen.has(child)) continue;
      seen.add(child);
      yield [name, child];
    }
  }
  /** The modules directly inside. */
  *children(): Iterable<Module> {
    for (const [, child] of this.namedChildren()) yield child;
  }
  /** Pairs of dotted names and modules: itself under the empty name, then everything inside; each module once. */
  *namedModules(memo: Set<Module> | null = null, prefix = ""): Iterable<[string, Module]> {
    const seen = memo ?? new Set<Module>();
    if (seen.has(this)) return;
    seen.add(this);
    yield [prefix, this];
    for (const [name, child] of ownModules(this)) yield* child.namedModules(seen, join(prefix, name));
  }
  /** Itself and every module inside, each once. */
  *modules(): Iterable<Module> {
    for (const [, m] of this.namedModules()) yield m;
  }

  private *named<T>(
    op: string,
    prefix: string | object,
    recurse: boolean,
    own: (m: Module) => Iterable<[string, T]>,
  ): Iterable<[string, T]> {
    const [from = "", deep = true] = positional(
      op,
      ["prefix", "recurse"],
      isOptions(prefix) ? [prefix] : [prefix, recurse],
    );
    const seen = new Set<T>();
    for (const [path, m] of deep ? this.namedModules(null, from) : [[from, this] as [string, Module]])
      for (const [name, x] of own(m)) {
        if (seen.has(x)) continue;
        seen.add(x);
        yield [join(path, name), x];
      }
  }

  /** The module at a dotted path; itself for the empty one. @throws ValueError when there is none. */
  getSubmodule(target: string): Module {
    let m: Module = this;
    for (const name of target === "" ? [] : target.split(".")) {
      const next: unknown = (m as unknown as Record<string, unknown>)[name];
      if (!(next instanceof Module))
        throw new ValueError(`getSubmodule: ${m.constructor.name} has no module "${name}" (in "${target}")`);
      m = next;
    }
    return m;
  }
  /** The parameter at a dotted path. @throws ValueError when there is none. */
  getParameter(target: string): Parameter {
    const found = this.at_(target);
    if (!(found instanceof Parameter))
      throw new ValueError(`getParameter: there is no parameter "${target}"`);
    return found;
  }
  /** The buffer at a dotted path. @throws ValueError when there is none. */
  getBuffer(target: string): Tensor {
    const dot = target.lastIndexOf("."),
      owner = this.getSubmodule(target.slice(0, Math.max(dot, 0)));
    const found = this.at_(target);
    if (!isTensor(found) || !owner[DETAILS].buffers.has(target.slice(dot + 1)))
      throw new ValueError(`getBuffer: there is no buffer "${target}"`);
    return found;
  }
  private at_(target: string): unknown {
    const dot = target.lastIndexOf(".");
    const owner = this.getSubmodule(target.slice(0, Math.max(dot, 0)));
    return (owner as unknown as Record<string, unknown>)[target.slice(dot + 1)];
  }

  /** Makes a tensor a property that belongs to the module's state without being a parameter; `persistent: false` keeps it out of `stateDict`. */
  registerBuffer(
    name: string,
    tensor: Tensor | null,
    persistent: boolean | { persistent?: boolean } = true,
  ): void {
    checkName(this, "registerBuffer", name);
    if (tensor !== null && !isTensor(tensor))
      throw new ValueError(`registerBuffer: "${name}" must be a tensor or null`);
    const [keep = true] = positional("registerBuffer", ["persistent"], [persistent]);
    this[DETAILS].buffers.set(name, keep);
    (this as unknown as Record<string, unknown>)[name] = tensor;
  }
  /** Adds a parameter under a name; null keeps the name's place. */
  registerParameter(name: string, param: Parameter | null): void {
    checkName(this, "registerParameter", name);
    if (param !== null && !(param instanceof Parameter))
      throw new ValueError(`registerParameter: "${name}" must be a Parameter or null`);
    (this as unknown as Record<string, unknown>)[name] = param;
  }
  /** Adds a module under a name. */
  addModule(name: string, module: Module | null): void {
    checkName(this, "addModule", name);
    if (module !== null && !(module instanceof Module))
      throw new ValueError(`addModule: "${name}" must be a Module or null, got ${describe(module)}`);
    (this as unknown as Record<string, unknown>)[name] = module;
  }
  /** As `addModule`. */
  registerModule(name: string, module: Module | null): void {
    this.addModule(name, module);
  }

  /** All parameters and persistent buffers by dotted name, with PyTorch's keys in PyTorch's order; they share memory with the module. */
  stateDict(): StateDict {
    return stateOf(stateEntries(this));
  }
  /**
   * Copies parameters and buffers from a state dictionary (an object or a Map). Nothing is written unless all of it fits.
   * @returns the keys that are missing or unexpected. @throws ValueError on those when `strict` (default), and for unequal shapes.
   */
  loadStateDict(
    stateDict: StateDict | Map<string, Tensor>,
    strict: boolean | { strict?: boolean } = true,
  ): LoadResult {
    const [exact = true] = positional("loadStateDict", ["strict"], [strict]);
    return loadInto(this.constructor.name, new Map(stateEntries(this)), stateDict, exact);
  }

  /** Puts the module and all inside it in training mode, or in evaluation mode. Returns it. */
  train(mode: boolean | { mode?: boolean } = true): this {
    const [on = true] = positional("train", ["mode"], [mode]);
    for (const m of this.modules()) m.training = on;
    return this;
  }
  /** Puts the module and all inside it in evaluation mode. Returns it. */
  eval(): this {
    return this.train(false);
  }
  /** Calls `fn` with every module inside, innermost first, and with itself. Returns it. */
  apply(fn: (module: Module) => void): this {
    for (const child of this.children()) child.apply(fn);
    fn(this);
    return this;
  }
  /** Whether gradients are computed for the parameters. Returns the module. */
  requiresGrad_(requiresGrad: boolean | { requiresGrad?: boolean } = true): this {
    const [on = true] = positional("requiresGrad_", ["requiresGrad"], [requiresGrad]);
    for (const p of this.parameters()) p.requiresGrad = on;
    return this;
  }
  /** Lets go of all gradients, or fills them with zeros for `setToNone: false`. */
  zeroGrad(setToNone?: boolean | { setToNone?: boolean }): void {
    const [wish] = positional<[boolean?]>("zeroGrad", ["setToNone"], [setToNone]);
    for (const p of this.parameters()) p.clearGrad(wish);
  }

  /** Converts floating-point parameters and buffers to a dtype; `"cpu"` is the only device. Returns the module. */
  to(target: ModuleTarget, dtype?: DTypeLike): this {
    const wanted = floatTarget(target, dtype);
    if (wanted !== null) for (const x of [...this.parameters(), ...this.buffers()]) convertData(x, wanted);
    return this;
  }
  /** On the CPU, where every module is: itself. */
  cpu(): this {
    return this;
  }
  /** @throws ValueError: there is no CUDA. */
  cuda(device: string | number = "cuda"): this {
    return this.to(typeof device === "number" ? `cuda:${device}` : device);
  }
  /** Parameters and buffers as float32. */
  float(): this {
    return this.to("float32");
  }
  /** Parameters and buffers as float64. */
  double(): this {
    return this.to("float64");
  }
  /** Parameters and buffers as float16. */
  half(): this {
    return this.to("float16");
  }

  /** Calls `hook(module, inputs)` before every `forward`; what it returns takes the inputs' place. */
  registerForwardPreHook(hook: ForwardPreHook): HookHandle {
    return addHook(this[DETAILS].before, hook);
  }
  /** Calls `hook(module, inputs, output)` after every `forward`; what it returns takes the output's place. */
  registerForwardHook(hook: ForwardHook): HookHandle {
    return addHook(this[DETAILS].after, hook);
  }
  /** Calls `hook(module, gradInput, gradOutput)` when the gradients of the inputs are there; what it returns takes their place. */
  registerFullBackwardHook(hook: BackwardHook): HookHandle {
    return addHook(this[DETAILS].backward, hook);
  }

  /** What stands between the parentheses of the module's text, besides its modules. */
  extraRepr(): string {
    return "";
  }
  /** PyTorch's text of the module and all inside it. */
  toString(): string {
    return moduleText(this, ownModules(this));
  }
}

showAsText(Module.prototype);

/** A function that runs the module it is. */
function callable<M extends Module>(prototype: object, details: Details): M {
  const self = ((...args: unknown[]) => call(self, args)) as unknown as M & {
    name?: string;
    length?: number;
  };
  // A function's own, which would hide a module's.
  delete self.name;
  delete self.length;
  Object.setPrototypeOf(self, prototype);
  Object.defineProperty(self, DETAILS, { value: details });
  return self;
}

/** A module of the same class with copies of all parameters, buffers and modules; what is shared inside stays shared. */
export function copyModule<M extends Module>(module: M, copies: Map<unknown, unknown> = new Map()): M {
  const known = copies.get(module);
  if (known !== undefined) return known as M;
  const { buffers, before, after, backward } = module[DETAILS as never] as Details;
  const details = {
    buffers: new Map(buffers),
    before: new Map(before),
    after: new Map(after),
    backward: new Map(backward),
  };
  const copy = callable<M>(Object.getPrototypeOf(module) as object, details);
  copies.set(module, copy);
  for (const [name, value] of Object.entries(module))
    (copy as unknown as Record<string, unknown>)[name] = copyValue(value, copies);
  return copy;
}

function copyValue(value: unknown, copies: Map<unknown, unknown>): unknown {
  if (value instanceof Module) return copyModule(value, copies);
  if (!isTensor(value)) return value;
  if (!copies.has(value)) {
    const data = value.detach().clone();
    copies.set(value, value instanceof Parameter ? new Parameter(data, value.requiresGrad) : data);
  }
  return copies.get(value);
}

function call(self: Module, given: unknown[]): Output {
  const { before, after, backward } = self[DETAILS as never] as Details;
  let args = given;
  if (isOptions(args[args.length - 1])) {
    const names = namesOfForward(self);
    if (names !== undefined) args = positional(`${self.constructor.name}.forward`, names, args);
  }
  if (before.size + after.size + backward.size === 0) return self.forward(...args);
  for (const hook of [...before.values()]) {
    const changed = hook(self, args);
    if (changed !== undefined && changed !== null) args = Array.isArray(changed) ? changed : [changed];
  }
  let output: Output = withBackwardHooks(self, [...backward.values()], args, (inputs) =>
    self.forward(...inputs),
  );
  for (const hook of [...after.values()]) {
    const changed = hook(self, args, output);
    if (changed !== undefined && changed !== null) output = changed;
  }
  return output;
}

const join = (prefix: string, name: string): string => (prefix === "" ? name : `${prefix}.${name}`);
const flag = (op: string, recurse: boolean | object): boolean =>
  positional(op, ["recurse"], [recurse])[0] ?? true;

function checkName(module: Module, op: string, name: string): void {
  if (typeof name !== "string" || name === "" || name.includes("."))
    throw new ValueError(
      `${op}: a name must be a non-empty string without a dot, got ${JSON.stringify(name)}`,
    );
  if (!Object.hasOwn(module, name) && name in module)
    throw new ValueError(`${op}: ${module.constructor.name} already has a member "${name}"`);
}

function* ownOf<T>(m: Module, is: (value: unknown, name: string) => boolean): Iterable<[string, T]> {
  const holder = m as unknown as Record<string, unknown>;
  for (const name of Object.keys(m)) if (is(holder[name], name)) yield [name, holder[name] as T];
}

const ownParameters = (m: Module): Iterable<[string, Parameter]> => ownOf(m, (x) => x instanceof Parameter);
const ownModules = (m: Module): Iterable<[string, Module]> => ownOf(m, (x) => x instanceof Module);

/** Buffers come in the order of their registration. */
function* ownBuffers(m: Module, persistentOnly = false): Iterable<[string, Tensor]> {
  const holder = m as unknown as Record<string, unknown>;
  for (const [name, persistent] of m[DETAILS as never] ? (m[DETAILS as never] as Details).buffers : []) {
    const value = holder[name];
    if (isTensor(value) && !(value instanceof Parameter) && (persistent || !persistentOnly))
      yield [name, value];
  }
}

/** Every tensor of the state with its key, in PyTorch's order: a module's own, then those of its modules. */
function* stateEntries(m: Module, prefix = ""): Iterable<[string, Tensor]> {
  for (const [name, x] of ownParameters(m)) yield [prefix + name, x];
  for (const [name, x] of ownBuffers(m, true)) yield [prefix + name, x];
  for (const [name, child] of ownModules(m)) yield* stateEntries(child, `${prefix}${name}.`);
}
