// A layer of an LSTM or a GRU over all steps in time: weights are laid out once, and their gradient is one product.
import { gradientsOf } from "../autograd/again.ts";
import { type FusedRecord, recordAll, tracksAny } from "../autograd/record.ts";
import { float32 } from "../core/dtype.ts";
import { scratch } from "../memory/scratch.ts";
import { bytes, kernels } from "../memory/wasm.ts";
import { modes } from "../tensor/modes.ts";
import { packed } from "../tensor/raw.ts";
import { addressOf, empty, type Tensor, written } from "../tensor/tensor.ts";
import { multiply, spread } from "./gemm.ts";
import { stack } from "./join.ts";
import { linear } from "./matmullinear.ts";
import { pack, packedBytes } from "./packed.ts";
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

/** Rows of a batch that a thread takes at a time: of fewer, products are much slower. */
const ROWS = 4;

/**
 * Where things lie in `kept`, in elements: states h, and c of an LSTM, for one step more than there are; an LSTM's five or a
 * GRU's three vectors of each cell; a GRU's shares of h in the gates. In time's order, also where the walk goes backwards:
 * the first state then comes last.
 */
function layout(kind: WalkKind, [length, batch, wide]: readonly number[]) {
  const lstm = kind === "LSTM",
    n = wide! / (lstm ? 4 : 3),
    step = batch! * n,
    c = (length! + 1) * step;
  return {
    lstm,
    length: length!,
    batch: batch!,
    n,
    wide: wide!,
    step,
    c,
    total: (lstm ? 2 : 1) * c + (lstm ? 5 : 6) * length! * step,
    work: length! * step * wide!,
  };
}

function forward(
  kind: WalkKind,
  s: Omit<Saved, "kept">,
  kept: Tensor,
  backwards: boolean,
  outs: Tensor[],
): void {
  const { lstm, length, batch, n, wide, step, c, work } = layout(kind, s.gates.shape);
  const panels = scratch(packedBytes(wide, n, batch) + 4 * batch * wide),
    at = addressOf(kept);
  const depth = pack({ at: addressOf(s.weight), rows: 1, columns: n }, panels, wide, n);
  const first = backwards ? length * step : 0,
    last = backwards ? 0 : length * step;
  copyTo(at + 4 * first, addressOf(s.h), step);
  if (s.c !== null) copyTo(at + 4 * (c + first), addressOf(s.c), step);
  const bias = s.bias === null ? 0 : addressOf(s.bias),
    room = panels + packedBytes(wide, n, batch);
  const args = [Number(lstm), addressOf(s.gates), panels, depth, bias, at, room];
  spread(kernels.recurrentWalk_f32, work, batch, ROWS, [...args, n, length, batch, Number(backwards)], true);
  copyTo(addressOf(outs[0]!), at + (backwards ? 0 : 4 * step), length * step);
  if (outs[1] !== undefined) copyTo(addressOf(outs[1]), at + 4 * (c + last), step);
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
  const { lstm, length, batch, n, wide, step, work } = layout(kind, gates.shape);
  const own = gOut ? packed(gOut) : null,
    ownC = gC ? packed(gC) : null;
  const outX = empty(gates.shape, float32),
    outShares = lstm ? outX : empty(gates.shape, float32),
    outW = needs[1] ? empty(weight.shape, float32) : null,
    outH = needs[3] ? empty([batch, n], float32) : null,
    outC = lstm ? empty([batch, n], float32) : null;
  const address = (x: Tensor | null) => (x === null ? 0 : addressOf(x)),
    at = addressOf(kept),
    shares = addressOf(outShares);
  const panels = scratch(packedBytes(n, wide, batch) + 8 * step),
    room = panels + packedBytes(n, wide, batch);
  const depth = pack({ at: addressOf(weight), rows: n, columns: 1 }, panels, n, wide);
  const args = [Number(lstm), address(own), address(ownC), panels, depth, at, room, addressOf(outX), shares];
  const more = [address(outH), address(outC), n, length, batch, Number(backwards)];
  spread(kernels.recurrentWalkBackward_f32, work, batch, ROWS, [...args, ...more], true);
  if (outW !== null)
    multiply(
      "f32",
      { at: shares, rows: 1, columns: wide },
      { at: at + (backwards ? 4 * step : 0), rows: n, columns: 1 },
      addressOf(outW),
      0,
      wide,
      n,
      length * batch,
    );
  for (const out of [outX, outShares, outW, outH, outC]) if (out !== null) written(out);
  const sums = bias !== null && needs[2] ? outShares.sum([0, 1]) : null;
  return [outX, outW, sums, outH, outC];
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
    const t = backwards ? length - 1 - i : i,
      x = gates.select(0, t),
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
