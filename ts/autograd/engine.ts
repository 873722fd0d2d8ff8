import { AutogradError, ShapeError } from "../core/errors.ts";
import { sameShape, shapeText } from "../core/shape.ts";
import { closeScope, currentScope, openScope, type Scope, within } from "../memory/scope.ts";
import { modes } from "../tensor/modes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { accumulate } from "./accumulate.ts";
import { AccumulateGrad, type Edge, edgeOf, type Node, type Visit } from "./node.ts";

/** An input whose gradient is asked for instead of, or besides, being added to `.grad`. */
interface Target {
  node: Node;
  nr: number;
  grad: Tensor | null;
}

interface Pass {
  createGraph: boolean;
  retainGraph: boolean;
  /** Null: every leaf accumulates. */
  targets: Target[] | null;
  /** What the pass makes is freed at its end, and mostly earlier; null when the caller gets a graph of it. */
  scope: Scope | null;
  /** The scope that is open around the pass. */
  outside: Scope | null;
  /** The first and the last node found, and the first that is ready: lists through the nodes' notes. */
  first: Node | null;
  last: Node | null;
  ready: Node | null;
}

/** Runs the tape back from `roots`; returns the gradients of `targets`, or adds to the leaves' `.grad` where there are none. */
export function runBackward(
  roots: readonly Tensor[],
  rootGrads: readonly Tensor[],
  retainGraph: boolean,
  createGraph: boolean,
  inputs: readonly Tensor[] | null,
): (Tensor | null)[] {
  const outside = currentScope();
  const scope = createGraph ? null : openScope();
  const targets = inputs?.map((t) => target(t)) ?? null;
  const pass: Pass = {
    createGraph,
    retainGraph,
    targets,
    scope,
    outside,
    first: null,
    last: null,
    ready: null,
  };
  const gradMode = modes.grad;
  modes.grad = createGraph;
  try {
    for (const root of roots) visit(pass, edgeOf(root)!);
    const lastRoot = pass.last;
    discover(pass);
    if (targets) markNeeded(pass, targets);
    // A root may also feed another root: only those that nothing feeds are ready.
    for (let i = 0; i < roots.length; i++) {
      const root = roots[i]!;
      deliver(pass, edgeOf(root)!, root.node === null ? 0 : root.outputNr, rootGrads[i]!);
    }
    for (let node = pass.first; node !== null; node = node === lastRoot ? null : node.visit!.found)
      if (node.visit!.dependencies === 0) makeReady(pass, node);
    for (let node = pass.ready; node !== null; node = pass.ready) {
      pass.ready = node.visit!.ready;
      step(pass, node);
    }
    return targets ? targets.map(({ grad }) => handOut(grad, outside)) : [];
  } finally {
    modes.grad = gradMode;
    for (let node = pass.first; node !== null; ) {
      const { found, outer }: Visit = node.visit!;
      node.visit = outer;
      node = found;
    }
    if (scope !== null) closeScope(scope);
  }
}

function handOut(grad: Tensor | null, outside: Scope | null): Tensor | null {
  if (grad === null) return null;
  grad.storage.holds--;
  grad.storage.moveOut(outside);
  return grad;
}

function target(tensor: Tensor): Target {
  const node = edgeOf(tensor);
  if (node === null)
    throw new AutogradError(
      "autograd.grad: one of the differentiated tensors does not require grad; set requiresGrad on it before it is used",
    );
  return { node, nr: tensor.node === null ? 0 : tensor.outputNr, grad: null };
}

/** Counts, for every node behind the roots, the edges that will deliver to it. */
function discover(pass: Pass): void {
  for (let from = pass.first; from !== null; from = from.visit!.found) {
    const { edges } = from;
    for (let k = 0; k < edges.length; k++) {
      const edge = edges[k]!;
      if (edge === null) continue;
      visit(pass, edge.node);
      edge.node.visit!.dependencies++;
    }
  }
}

function visit(pass: Pass, node: Node): void {
  if (node.visit !== null && node.visit.pass === pass) return;
  const grads = new Array<Tensor | null>(node.outputs);
  for (let nr = 0; nr < node.outputs; nr++) grads[nr] = null;
  node.visit = {
    dependencies: 0,
    grads,
    needed: pass.targets === null,
    pass,
    outer: node.visit,
    found: null,
    ready: null,
  };
  if (pass.last === null) pass.first = node;
  else pass.last.visit!.found = node;
  pass.last = node;
}

/** A node is needed when a target is reached from it. Edges lead to nodes made earlier, so one sweep in that order does. */
function markNeeded(pass: Pass, targets: readonly Target[]): void {
  const wanted = new Set(targets.map(({ node }) => node));
  const order: Node[] = [];
  for (let node = pass.first; node !== null; node = node.visit!.found) order.push(node);
  for (const node of order.sort((a, b) => a.order - b.order))
    node.visit!.needed = wanted.has(node) || node.edges.some((edge) => edge?.node.visit?.needed);
}

/** Nodes made last come first; of accumulators, which come last, the one that was ready last. */
function makeReady(pass: Pass, node: Node): void {
  const notes = node.visit!;
  let before: Node | null = null,
    after = pass.ready;
  for (; after !== null && after.order > node.order; after = after.visit!.ready) before = after;
  notes.ready = after;
  if (before === null) pass.ready = node;
  else before.visit!.ready = node;
}

/** Adds a gradient to what has arrived for one output of `node`. */
function deliver(pass: Pass, node: Node, nr: number, grad: Tensor): void {
  const { grads } = node.visit!;
  const before = grads[nr];
  if (before === undefined || before === null) {
    grads[nr] = grad;
    grad.storage.holds++;
    return;
  }
  const sum = before.add(grad);
  sum.storage.holds++;
  grads[nr] = sum;
  letGo(pass, before);
}

/** Frees a gradient that nothing in the pass waits for any more and nobody outside has seen. */
function letGo(pass: Pass, grad: Tensor): void {
  const { storage } = grad;
  storage.holds--;
  if (storage.holds <= 0 && pass.scope !== null && storage.scope === pass.scope) storage.free();
}

function step(pass: Pass, node: Node): void {
  const notes = node.visit!;
  const { grads } = notes;
  runHooks(pass, node, grads);
  if (pass.targets)
    for (const wanted of pass.targets)
      if (wanted.node === node && grads[wanted.nr]) {
        wanted.grad = grads[wanted.nr]!;
        wanted.grad.storage.holds++;
      }
  let some = false;
  for (let nr = 0; nr < grads.length; nr++) some ||= grads[nr] !== null;
  if (node instanceof AccumulateGrad) {
    if (pass.targets === null && some) accumulate(node.variable, grads[0]!, pass.scope, pass.createGraph);
  } else if (notes.needed && some) propagate(pass, node, grads);
  else
    for (const edge of node.edges)
      if (edge !== null && --edge.node.visit!.dependencies === 0) makeReady(pass, edge.node);
  for (let nr = 0; nr < grads.length; nr++) if (grads[nr] !== null) letGo(pass, grads[nr]!);
  notes.grads = NONE;
}
const NONE: (Tensor | null)[] = [];

function propagate(pass: Pass, node: Node, grads: readonly (Tensor | null)[]): void {
  const { edges } = node;
  const needs = new Array<boolean>(edges.length);
  for (let i = 0; i < edges.length; i++) needs[i] = edges[i]?.node.visit?.needed ?? false;
  const mark = pass.scope === null ? 0 : pass.scope.mark;
  const results = node.runsUserCode
    ? outsideOf(pass, grads, () => node.apply(grads, needs))
    : node.apply(grads, needs);
  if (modes.anomaly && modes.checkNan) checkNan(node, results);
  for (let i = 0; i < edges.length; i++) {
    const edge = edges[i]!;
    if (edge === null) continue;
    const grad = results[i];
    if (needs[i] && grad !== null && grad !== undefined)
      deliver(pass, edge.node, edge.nr, fitTo(node, i, edge, grad));
    if (--edge.node.visit!.dependencies === 0) makeReady(pass, edge.node);
  }
  if (pass.scope !== null) pass.scope.freeSince(mark);
  if (!pass.retainGraph) node.release();
}

/** Sums a gradient down to its input's shape, where broadcasting had widened it, and gives it the input's dtype. */
function fitTo(node: Node, i: number, { shape, dtype }: Edge, grad: Tensor): Tensor {
  let fitted = grad;
  if (!sameShape(fitted.shape, shape)) {
    if (!expandable(shape, fitted.shape))
      throw new ShapeError(
        `${node.name()} returned an invalid gradient at index ${i} - got ${shapeText(grad.shape)} but expected shape compatible with ${shapeText(shape)}`,
      );
    fitted = shape.length === 0 ? fitted.sum() : fitted.sumToSize(shape);
  }
  return fitted.dtype === dtype ? fitted : fitted.to(dtype);
}

function expandable(from: readonly number[], to: readonly number[]): boolean {
  const lead = to.length - from.length;
  return lead >= 0 && from.every((size, i) => size === 1 || size === to[i + lead]);
}

/** Users' code gets gradients that outlive the pass, and makes tensors by the rules outside it. */
function outsideOf<T>(pass: Pass, grads: readonly (Tensor | null)[], work: () => T): T {
  if (pass.scope === null) return work();
  for (const grad of grads)
    if (grad !== null && grad.storage.scope === pass.scope) grad.storage.moveOut(pass.outside);
  return within(pass.outside, work);
}

function runHooks(pass: Pass, node: Node, grads: (Tensor | null)[]): void {
  if (node instanceof AccumulateGrad) {
    const hooks = node.variable.meta?.hooks;
    if (hooks && grads[0]) runAll(pass, grads, 0, hooks);
  } else if (node.hooks !== null) {
    for (const [nr, hooks] of node.hooks) if (grads[nr]) runAll(pass, grads, nr, hooks);
  }
}

function runAll(
  pass: Pass,
  grads: (Tensor | null)[],
  nr: number,
  hooks: ReadonlyMap<number, (g: Tensor) => unknown>,
): void {
  for (const hook of [...hooks.values()]) {
    const before = grads[nr]!;
    const after = outsideOf(pass, [before], () => hook(before)) as Tensor | null | undefined;
    if (after === undefined || after === null || after === before) continue;
    if (!sameShape(after.shape, before.shape))
      throw new ShapeError(
        `a hook changed a gradient's shape from ${shapeText(before.shape)} to ${shapeText(after.shape)}`,
      );
    grads[nr] = after;
    after.storage.holds++;
    letGo(pass, before);
  }
}

function checkNan(node: Node, results: readonly (Tensor | null)[]): void {
  results.forEach((grad, i) => {
    if (!grad?.isnan().any().item()) return;
    const where = node.trace ? ` It was called at:\n${node.trace.split("\n").slice(1).join("\n")}` : "";
    throw new AutogradError(`Function '${node.name()}' returned nan values in its ${i}th output.${where}`);
  });
}
