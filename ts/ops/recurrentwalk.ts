// A layer of an LSTM or a GRU over all steps in time: weights are laid out once, and their gradient is one product.
import { gradientsOf } from "../autograd/again.ts";
import { type FusedRecord, recordAll, tracksAny } from "../autograd/record.ts";
import { float32 } from "../core/dtype.ts";
import { scratch } from "../memory/scratch.ts";
import { bytes, kernels } from "../memory/wasm.ts";
import { modes } from "../tensor/modes.ts";
import { packed } from "../tensor/raw.ts";
import { addressOf, empty, type Tensor, written } from "../tensor/tensor.ts";
import { overUnits } from "../threads/pool.ts";
import { multiply } from "./gemm.ts";
import { stack } from "./join.ts";
import { linear } from "./matmullinear.ts";
import { multiplyPacked, pack, packedBytes } from "./packed.ts";
import { gruCell, lstmCell } from "./recurrent.ts";

export type WalkKind = "LSTM" | "GRU";
interface Saved {
  gates: Tensor;
  weight: Tensor;
  bias: Tensor | null;
  h: Tensor;
  c: Tensor | null;
  /** All states, and what the cells' gradients need: see `layout`. */
  kept: Tensor;
}

/** Work of a cell's element, in additions. */
const CELL_WORK = 64;

/**
 * Where things lie in `kept`, in elements: states h, and c of an LSTM, for one step more than there are; an LSTM's five or a
 * GRU's three vectors of each cell; a GRU's shares of h in the gates. In time's order, also where the walk goes backwards:
 * the first state then comes last.
 */
function layout(kind: WalkKind, [length, batch, wide]: readonly number[]) {
  const count = kind === "LSTM" ? 4 : 3,
    n = wide! / count,
    step = batch! * n,
    states = (length! + 1) * step;
  const c = states,
    cells = kind === "LSTM" ? 2 * states : states,
    cell = (kind === "LSTM" ? 5 : 3) * step,
    shares = cells + length! * cell;
  return {
    length: length!,
    batch: batch!,
    count,
    n,
    step,
    c,
    cells,
    cell,
    shares,
    total: shares + (kind === "GRU" ? length! * 3 * step : 0),
  };
}

/** The step at turn i, and its slots of the states before and after it. */
function turnOf(i: number, length: number, backwards: boolean): [t: number, before: number, after: number] {
  return backwards ? [length - 1 - i, length - i, length - 1 - i] : [i, i, i + 1];
}

function forward(
  kind: WalkKind,
  s: Omit<Saved, "kept">,
  kept: Tensor,
  backwards: boolean,
  outs: Tensor[],
): void {
  const l = layout(kind, s.gates.shape),
    { length, batch, count, n, step } = l,
    wide = count * n;
  const bytes = packedBytes(wide, n),
    area = scratch(bytes + 4 * batch * wide);
  const [gates, h, weight] = [s.gates, s.h, s.weight].map(addressOf) as [number, number, number];
  const bias = s.bias === null ? 0 : addressOf(s.bias),
    c = s.c === null ? 0 : addressOf(s.c),
    at = addressOf(kept),
    out = addressOf(outs[0]!);
  const b = pack({ at: weight, rows: 1, columns: n }, area, wide, n);
  const [, first] = turnOf(0, length, backwards);
  copyTo(at + 4 * first * step, h, step);
  if (c) copyTo(at + 4 * (l.c + first * step), c, step);
  for (let i = 0; i < length; i++) {
    const [t, before, after] = turnOf(i, length, backwards);
    const share = kind === "LSTM" ? area + bytes : at + 4 * (l.shares + t * batch * wide),
      x = gates + 4 * t * batch * wide,
      last = at + 4 * before * step,
      next = at + 4 * after * step,
      cell = at + 4 * (l.cells + t * l.cell);
    multiplyPacked(last, b, share, { at: bias, rows: 0, columns: 1 }, batch);
    if (kind === "LSTM")
      overUnits(kernels.lstmCell_f32, batch, CELL_WORK * n, [
        x,
        share,
        last + 4 * l.c,
        next,
        next + 4 * l.c,
        cell,
        n,
      ]);
    else overUnits(kernels.gruCell_f32, batch, CELL_WORK * n, [x, share, last, next, cell, n]);
  }
  copyTo(out, at + (backwards ? 0 : 4 * step), length * step);
  const [, , end] = turnOf(length - 1, length, backwards);
  if (outs[1] !== undefined) copyTo(addressOf(outs[1]), at + 4 * (l.c + end * step), step);
}

const copyTo = (to: number, from: number, count: number): void =>
  void bytes.copyWithin(to, from, from + 4 * count);

function backward(
  kind: WalkKind,
  backwards: boolean,
  [gOut, gC]: readonly (Tensor | null)[],
  { gates, weight, kept, bias }: Saved,
  needs: readonly boolean[],
): (Tensor | null)[] {
  const l = layout(kind, gates.shape),
    { length, batch, count, n, step } = l,
    wide = count * n,
    lstm = kind === "LSTM";
  const own = gOut ? packed(gOut) : null,
    ownC = gC ? packed(gC) : null;
  const outX = empty(gates.shape, float32),
    outShares = lstm ? outX : empty(gates.shape, float32),
    outW = empty(weight.shape, float32),
    outH = empty([batch, n], float32),
    outC = lstm ? empty([batch, n], float32) : null;
  const bytes = packedBytes(n, wide),
    area = scratch(bytes + 4 * 3 * step);
  const at = addressOf(kept),
    up = own === null ? 0 : addressOf(own),
    x = addressOf(outX),
    shares = addressOf(outShares),
    h = addressOf(outH);
  const b = pack({ at: addressOf(weight), rows: n, columns: 1 }, area, n, wide);
  const grad = area + bytes,
    rest = grad + 4 * step;
  let cell = ownC === null ? 0 : addressOf(ownC);
  const c = outC === null ? 0 : addressOf(outC);
  for (let i = length - 1; i >= 0; i--) {
    const [t, before] = turnOf(i, length, backwards);
    const from = up && up + 4 * t * step;
    // The gradient of this step's h: from the output, and from what followed.
    let g = from;
    if (i < length - 1) {
      const [later] = turnOf(i + 1, length, backwards);
      if (!lstm && from) kernels.add_f32(rest, from, rest, step, 1, 1, 1);
      const start = lstm ? from : rest;
      multiplyPacked(shares + 4 * later * batch * wide, b, grad, { at: start, rows: n, columns: 1 }, batch);
      g = grad;
    }
    const last = at + 4 * before * step,
      own = at + 4 * (l.cells + t * l.cell),
      offset = 4 * t * batch * wide;
    if (lstm) {
      // c's gradient is read before it is written, element by element.
      overUnits(kernels.lstmCellBackward_f32, batch, CELL_WORK * n, [
        g,
        cell,
        last + 4 * l.c,
        own,
        x + offset,
        c,
        n,
      ]);
      cell = c;
    } else {
      if (!g) kernels.zero((g = grad), 4 * step);
      const share = at + 4 * (l.shares + t * batch * wide);
      const args = [g, share, last, own, x + offset, shares + offset, rest, n];
      overUnits(kernels.gruCellBackward_f32, batch, CELL_WORK * n, args);
    }
  }
  const [t] = turnOf(0, length, backwards);
  const start = { at: lstm ? 0 : rest, rows: n, columns: 1 };
  if (needs[3]) multiplyPacked(shares + 4 * t * batch * wide, b, h, start, batch);
  if (needs[1]) {
    const states = at + (backwards ? 4 * step : 0);
    multiply(
      "f32",
      { at: shares, rows: 1, columns: wide },
      { at: states, rows: n, columns: 1 },
      addressOf(outW),
      0,
      wide,
      n,
      length * batch,
    );
  }
  for (const out of [outX, outShares, outW, outH, outC]) if (out !== null) written(out);
  const sums = bias !== null && needs[2] ? outShares.sum([0, 1]) : null;
  return [outX, needs[1] ? outW : null, sums, needs[3] ? outH : null, outC];
}

/** The same of recorded ops, step by step. */
function composed(
  kind: WalkKind,
  backwards: boolean,
  gates: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  h: Tensor,
  c: Tensor | null,
): Tensor[] {
  const length = gates.shape[0]!,
    outputs = new Array<Tensor>(length);
  let state = h,
    cell = c;
  for (let i = 0; i < length; i++) {
    const [t] = turnOf(i, length, backwards);
    const x = gates.select(0, t),
      share = linear(state, weight, bias);
    if (kind === "LSTM") [state, cell] = lstmCell(x, share, cell!);
    else state = gruCell(x, share, state);
    outputs[t] = state;
  }
  return cell === null ? [stack(outputs, 0)] : [stack(outputs, 0), cell];
}

const record = (kind: WalkKind, backwards: boolean): FusedRecord<Saved> => ({
  name: kind === "LSTM" ? "lstm" : "gru",
  node: "StackBackward0",
  inputs: kind === "LSTM" ? ["gates", "weight", "bias", "h", "c"] : ["gates", "weight", "bias", "h"],
  backward: (grads, saved, needs) => {
    if (!modes.grad) return backward(kind, backwards, grads, saved, needs);
    const all = [saved.gates, saved.weight, saved.bias, saved.h, saved.c].slice(0, needs.length);
    const there = all.map((x) => x !== null);
    const found = gradientsOf(
      (...own) => {
        let next = 0;
        const [gates, weight, bias, h, c = null] = there.map((is) => (is ? own[next++]! : null));
        return composed(kind, backwards, gates!, weight!, bias!, h!, c);
      },
      all.filter((x) => x !== null),
      grads,
      needs.filter((_, i) => there[i]),
    );
    let next = 0;
    return there.map((is) => (is ? found[next++]! : null));
  },
});
const RECORDS = {
  LSTM: [record("LSTM", false), record("LSTM", true)],
  GRU: [record("GRU", false), record("GRU", true)],
} as const;

/**
 * Outputs [time, batch, n] of a layer, and the last c [batch, n] of an LSTM, from the input's shares of the gates, bias
 * included: i, f, g, o or r, z, n, [time, batch, count * n]; weight [count * n, n] and bias of h, first states [batch, n].
 */
export function walk(
  kind: WalkKind,
  gates: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  h: Tensor,
  c: Tensor | null,
  backwards: boolean,
): Tensor[] {
  const given = [gates, weight, bias, h, c];
  if (given.some((x) => x !== null && x.dtype !== float32))
    return composed(kind, backwards, gates, weight, bias, h, c);
  const [x, w, add, first, cell] = given.map((x) => x && packed(x));
  const { length, batch, n, total } = layout(kind, gates.shape);
  const outs = [empty([length, batch, n], float32)];
  if (kind === "LSTM") outs.push(empty([batch, n], float32));
  const kept = empty([total], float32);
  if (total > 0)
    forward(kind, { gates: x!, weight: w!, bias: add!, h: first!, c: cell! }, kept, backwards, outs);
  for (const out of [...outs, kept]) written(out);
  const inputs = kind === "LSTM" ? given : given.slice(0, 4);
  return tracksAny(inputs)
    ? [...recordAll(RECORDS[kind][backwards ? 1 : 0]!, inputs, outs, { gates, weight, bias, h, c, kept })]
    : outs;
}
