// One step of recurrent cells: float32 in one kernel each way, other dtypes composed.
import { gradientsOf } from "../autograd/again.ts";
import { type FusedRecord, record, recordAll, tracksAny } from "../autograd/record.ts";
import { float32 } from "../core/dtype.ts";
import { kernels } from "../memory/wasm.ts";
import { modes } from "../tensor/modes.ts";
import { packed } from "../tensor/raw.ts";
import { addressOf, empty, type Tensor, written } from "../tensor/tensor.ts";

interface Saved {
  x: Tensor;
  h: Tensor;
  /** c of an LSTM, h of a GRU. */
  state: Tensor;
  /** The activated gates. */
  kept: Tensor;
}

/** The i-th of `count` equal parts along dimension 1. */
const part = (x: Tensor, i: number, count: number): Tensor =>
  x.narrow(1, (i * x.shape[1]!) / count, x.shape[1]! / count);

function composedLstm(x: Tensor, h: Tensor, c: Tensor): [Tensor, Tensor] {
  const sum = x.add(h);
  const cell = part(sum, 1, 4)
    .sigmoid()
    .mul(c)
    .add(
      part(sum, 0, 4)
        .sigmoid()
        .mul(part(sum, 2, 4).tanh()),
    );
  return [part(sum, 3, 4).sigmoid().mul(cell.tanh()), cell];
}

function composedGru(x: Tensor, h: Tensor, state: Tensor): [Tensor] {
  const reset = part(x, 0, 3)
    .add(part(h, 0, 3))
    .sigmoid();
  const update = part(x, 1, 3)
    .add(part(h, 1, 3))
    .sigmoid();
  const fresh = part(x, 2, 3)
    .add(reset.mul(part(h, 2, 3)))
    .tanh();
  return [state.sub(fresh).mul(update).add(fresh)];
}

const isFused = (x: Tensor, h: Tensor, state: Tensor): boolean =>
  x.dtype === float32 && h.dtype === float32 && state.dtype === float32 && x.ndim === 2;

const LSTM_CELL: FusedRecord<Saved> = {
  name: "lstmCell",
  inputs: ["x", "h", "c"],
  backward: (grads, { x, h, state, kept }, needs) => {
    if (modes.grad) return gradientsOf(composedLstm, [x, h, state], grads, needs);
    const [rows, n] = state.shape as [number, number];
    const [gh, gc] = grads.map((g) => g && packed(g));
    const c = packed(state);
    const gates = empty([rows, 4 * n], float32),
      outC = empty(state.shape, float32);
    kernels.lstmCellBackward_f32(
      gh ? addressOf(gh) : 0,
      gc ? addressOf(gc) : 0,
      addressOf(c),
      addressOf(kept),
      addressOf(gates),
      addressOf(outC),
      n,
      0,
      rows,
    );
    written(gates);
    return [gates, gates, written(outC)];
  },
};

/** [h', c'] of an LSTM from the shares [B, 4 H] that the input and h have in the gates (i, f, g, o), and c [B, H]. */
export function lstmCell(x: Tensor, h: Tensor, c: Tensor): [h: Tensor, c: Tensor] {
  if (!isFused(x, h, c)) return composedLstm(x, h, c);
  const [rows, n] = c.shape as [number, number];
  const outH = empty(c.shape, float32),
    outC = empty(c.shape, float32),
    kept = empty([rows, 5 * n], float32);
  const from = [x, h, c].map((t) => packed(t));
  const [ax, ah, ac] = from.map(addressOf) as [number, number, number];
  kernels.lstmCell_f32(ax, ah, ac, addressOf(outH), addressOf(outC), addressOf(kept), n, 0, rows);
  for (const out of [outH, outC, kept]) written(out);
  return tracksAny([x, h, c])
    ? recordAll(LSTM_CELL, [x, h, c], [outH, outC], { x, h, state: c, kept })
    : [outH, outC];
}

const GRU_CELL: FusedRecord<Saved> = {
  name: "gruCell",
  inputs: ["x", "h", "state"],
  backward: ([g], { x, h, state, kept }, needs) => {
    if (modes.grad) return gradientsOf(composedGru, [x, h, state], [g!], needs);
    const [rows, n] = state.shape as [number, number];
    const from = [g!, h, state].map((t) => packed(t));
    const outX = empty(x.shape, float32),
      outH = empty(h.shape, float32),
      outState = empty(state.shape, float32);
    const [ag, ah, as] = from.map(addressOf) as [number, number, number];
    kernels.gruCellBackward_f32(
      ag,
      ah,
      as,
      addressOf(kept),
      addressOf(outX),
      addressOf(outH),
      addressOf(outState),
      n,
      0,
      rows,
    );
    return [written(outX), written(outH), written(outState)];
  },
};

/** h' of a GRU from the shares [B, 3 H] that the input and h have in the gates (r, z, n), and h [B, H]. */
export function gruCell(x: Tensor, h: Tensor, state: Tensor): Tensor {
  if (!isFused(x, h, state)) return composedGru(x, h, state)[0];
  const [rows, n] = state.shape as [number, number];
  const out = empty(state.shape, float32),
    kept = empty([rows, 3 * n], float32);
  const [ax, ah, as] = [x, h, state].map((t) => packed(t)).map(addressOf) as [number, number, number];
  kernels.gruCell_f32(ax, ah, as, addressOf(out), addressOf(kept), n, 0, rows);
  written(out);
  written(kept);
  return tracksAny([x, h, state]) ? record(GRU_CELL, [x, h, state], out, { x, h, state, kept }) : out;
}
