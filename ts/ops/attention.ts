// Attention of several heads: float32 in one kernel each way, other dtypes composed.
import { gradientsOf } from "../autograd/again.ts";
import { type FusedRecord, recordAll, tracks, tracksAny } from "../autograd/record.ts";
import { float32 } from "../core/dtype.ts";
import { scratch } from "../memory/scratch.ts";
import { kernels, words } from "../memory/wasm.ts";
import { modes } from "../tensor/modes.ts";
import { packed } from "../tensor/raw.ts";
import { addressOf, empty, type Tensor, written } from "../tensor/tensor.ts";
import { getNumThreads } from "../threads/pool.ts";
import { spread } from "./gemm.ts";
import { matmul } from "./matmul.ts";

interface Inputs {
  /** Projections of query, key and value, side by side or one by one. */
  parts: readonly Tensor[];
  heads: number;
  batchFirst: boolean;
  mask: Tensor | null;
}
/** Tensors lie in fields of their own, where their versions are checked. */
interface Saved extends Omit<Inputs, "parts"> {
  first: Tensor;
  key: Tensor | null;
  value: Tensor | null;
  weights: Tensor;
}
const inputsOf = ({ first, key, value, heads, batchFirst, mask }: Saved): Inputs => ({
  parts: key === null || value === null ? [first] : [first, key, value],
  heads,
  batchFirst,
  mask,
});

/** Query, key and value. */
function split(parts: readonly Tensor[]): Tensor[] {
  if (parts.length > 1) return [...parts];
  const width = parts[0]!.shape[2]! / 3;
  return [0, 1, 2].map((i) => parts[0]!.narrow(2, i * width, width));
}

/** The same of recorded ops; `change` is done to the weights before they are used. */
export function composedAttention(
  { parts, heads, batchFirst, mask }: Inputs,
  change: (weights: Tensor) => Tensor = (x) => x,
): [out: Tensor, weights: Tensor] {
  const [q, k, v] = split(parts).map((x) =>
    x
      .reshape([x.shape[0]!, x.shape[1]!, heads, x.shape[2]! / heads])
      .permute(batchFirst ? [0, 2, 1, 3] : [1, 2, 0, 3]),
  ) as [Tensor, Tensor, Tensor];
  const scores = matmul(q.div(Math.sqrt(q.shape[3]!)), k.transpose(2, 3));
  const weights = (mask === null ? scores : scores.add(mask)).softmax(-1);
  const mixed = matmul(change(weights), v).permute(batchFirst ? [0, 2, 1, 3] : [2, 0, 1, 3]);
  return [mixed.reshape([mixed.shape[0]!, mixed.shape[1]!, -1]), weights];
}

/** Sizes, the projections' steps from row to row, and where they begin in their tensors. */
function sizesOf({ parts, heads, batchFirst }: Inputs) {
  const [first] = parts as [Tensor],
    last = parts[parts.length - 1]!,
    all = first.shape[2]!;
  const width = parts.length > 1 ? all : all / 3;
  const [l, batch] = batchFirst ? [first.shape[1]!, first.shape[0]!] : [first.shape[0]!, first.shape[1]!];
  const s = last.shape[batchFirst ? 1 : 0]!;
  const row = (wide: number) => (batchFirst ? wide : batch * wide);
  return { l, s, batch, width, e: width / heads, all, row, units: batch * heads };
}

/** The table of the kernels, for tensors of `all` elements in a row and results of `width`. */
function writeTable(p: Inputs, address: number): void {
  const { l, s, batch, width, e, all } = sizesOf(p);
  const { heads, batchFirst, mask } = p;
  const step = (size: number, n: number) => (batchFirst ? n * size : size);
  const [stepB = 0, stepH = 0] =
    mask === null ? [] : mask.shape.slice(0, 2).map((n, d) => (n > 1 ? mask.strides[d]! : 0));
  let to = address >>> 2;
  for (let b = 0; b < batch; b++)
    for (let h = 0; h < heads; h++) {
      const key = b * step(all, s) + h * e;
      for (const offset of [
        b * step(all, l) + h * e,
        key,
        key,
        b * step(width, l) + h * e,
        b * stepB + h * stepH,
      ])
        words[to++] = offset;
    }
}

/** Arguments that both kernels begin with: addresses and steps of query, key and value. */
function projections(p: Inputs): number[] {
  const { width, all, row } = sizesOf(p);
  return [0, 1, 2].flatMap((i) => [
    p.parts.length > 1 ? addressOf(p.parts[i]!) : addressOf(p.parts[0]!) + 4 * i * width,
    row(all),
  ]);
}

/** Scratch memory with the table at its start: the room behind it has `each` bytes for every range of `share` matrices. */
function prepare(p: Inputs, each: number): { table: number; room: number; share: number; work: number } {
  const { l, s, e, units } = sizesOf(p),
    work = 2 * units * l * s * e;
  const share = Math.ceil(units / (4 * getNumThreads()));
  const tableBytes = Math.ceil((20 * units) / 64) * 64;
  const table = scratch(tableBytes + each * Math.ceil(units / share) + 64);
  writeTable(p, table);
  return { table, room: table + tableBytes, share, work };
}

function forward(p: Inputs, out: Tensor, weights: Tensor): void {
  const { l, s, e, units, width, row } = sizesOf(p),
    { mask } = p;
  const { table, room, share, work } = prepare(p, 4 * (e * (s + 7) + l * Math.max(e, s)));
  const maskRow = mask !== null && mask.shape[2]! > 1 ? mask.strides[2]! : 0;
  const args = [
    ...projections(p),
    addressOf(out),
    row(width),
    addressOf(weights),
    mask === null ? 0 : addressOf(mask),
  ];
  const more = [maskRow, table, l, s, e, 1 / Math.sqrt(e), room, share];
  spread(kernels.attention_f32, work, units, share, [...args, ...more]);
}

function backward([gOut, gWeights]: readonly (Tensor | null)[], saved: Saved): Tensor[] {
  const given = inputsOf(saved),
    p = { ...given, parts: given.parts.map(packed) };
  const { l, s, e, units, width, row } = sizesOf(p);
  const shape = p.batchFirst ? [p.parts[0]!.shape[0]!, l, width] : [l, p.parts[0]!.shape[1]!, width];
  const grad = gOut ? packed(gOut) : p.parts[0]!.newZeros(shape),
    more = gWeights ? packed(gWeights) : null,
    outs = p.parts.map((x) => empty(x.shape, float32));
  const { table, room, share, work } = prepare(p, 4 * (e * (s + 7) + l * s + l * Math.max(e, s)));
  const to = [0, 1, 2].map((i) =>
    outs.length > 1 ? addressOf(outs[i]!) : addressOf(outs[0]!) + 4 * i * width,
  );
  const args = [
    ...projections(p),
    addressOf(grad),
    row(width),
    addressOf(saved.weights),
    more === null ? 0 : addressOf(more),
  ];
  const rest = [...to, table, l, s, e, 1 / Math.sqrt(e), room, share];
  spread(kernels.attentionBackward_f32, 2 * work, units, share, [...args, ...rest]);
  return outs.map(written);
}

const record = (inputs: readonly string[]): FusedRecord<Saved> => ({
  name: "multiheadAttention",
  node: "ViewBackward0",
  inputs,
  backward: (grads, saved, needs) => {
    if (!modes.grad) return backward(grads, saved);
    const given = inputsOf(saved);
    return gradientsOf((...parts) => composedAttention({ ...given, parts }), given.parts, grads, needs);
  },
});
const TOGETHER = record(["projections"]);
const APART = record(["query", "key", "value"]);

/**
 * softmax(q k^T / sqrt(width of a head) + mask) v for each head, from projections [length, batch, heads * width] (with
 * `batchFirst` [batch, length, heads * width]) of query, key and value, one by one or side by side in one tensor. `mask`
 * broadcasts to [batch, heads, queries, keys]. Gives the result, laid out as the query, and the weights of that shape.
 */
export function attention(p: Inputs): [out: Tensor, weights: Tensor] {
  const { parts, mask } = p;
  const fused = [...parts, mask].every((x) => x === null || x.dtype === float32);
  if (!fused || tracks(mask)) return composedAttention(p);
  const own = { ...p, parts: parts.map(packed), mask: mask && packed(mask) };
  const { l, s, batch, width } = sizesOf(own);
  const out = empty(p.batchFirst ? [batch, l, width] : [l, batch, width], float32),
    weights = empty([batch, p.heads, l, s], float32);
  if (weights.numel() > 0) forward(own, out, weights);
  else if (out.numel() > 0) return composedAttention(p);
  written(out);
  written(weights);
  const outs: [Tensor, Tensor] = [out, weights];
  if (!tracksAny(parts)) return outs;
  const [first, key = null, value = null] = parts as [Tensor, Tensor?, Tensor?];
  const { heads, batchFirst } = p;
  return recordAll(key === null ? TOGETHER : APART, parts, outs, {
    first,
    key,
    value,
    heads,
    batchFirst,
    mask,
    weights,
  });
}
