import { ShapeError, ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { shapeText } from "../../core/shape.ts";
import { attention, composedAttention } from "../../ops/attention.ts";
import { cat } from "../../ops/join.ts";
import { linear } from "../../ops/matmullinear.ts";
import { pad } from "../../ops/pad.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import { dropout } from "../functional/dropout.ts";
import { constant_, xavierNormal_, xavierUniform_ } from "../init.ts";
import { Module } from "../module.ts";
import type { Parameter } from "../parameter.ts";
import { checkSizes, type FactoryOptions, parameter } from "./build.ts";
import { NonDynamicallyQuantizableLinear } from "./linear.ts";

export interface MultiheadAttentionOptions extends FactoryOptions {
  /** Dropout of the weights; default 0. */
  dropout?: number;
  /** Whether the projections have a bias; default true. */
  bias?: boolean;
  /** Learnable key and value that every position may attend to; default false. */
  addBiasKv?: boolean;
  /** A key and value of zeros that every position may attend to; default false. */
  addZeroAttn?: boolean;
  /** Widths of keys and values; default embedDim. */
  kdim?: number | null;
  vdim?: number | null;
  /** Inputs and outputs are [batch, length, width] instead of [length, batch, width]; default false. */
  batchFirst?: boolean;
}
export interface AttentionInputs {
  /** [batch, keys]: true (or -Infinity) for keys that nobody attends to. */
  keyPaddingMask?: Tensor | null;
  /** Also return the weights; default true. */
  needWeights?: boolean;
  /** [queries, keys] or [batch * heads, queries, keys]: true where not to attend, or what is added to the scores. */
  attnMask?: Tensor | null;
  /** The mean of the heads' weights instead of each head's; default true. */
  averageAttnWeights?: boolean;
}

const NAMES = [
  "embedDim",
  "numHeads",
  "dropout",
  "bias",
  "addBiasKv",
  "addZeroAttn",
  "kdim",
  "vdim",
  "batchFirst",
  "device",
  "dtype",
];
const INPUTS = ["query", "key", "value", "keyPaddingMask", "needWeights", "attnMask", "averageAttnWeights"];

/** Attention of several heads, each in its own projection: `[output, weights or null]`. */
export class MultiheadAttention extends Module {
  protected static get inputs(): Names {
    return INPUTS;
  }
  readonly embedDim: number;
  readonly numHeads: number;
  readonly headDim: number;
  readonly dropout: number;
  readonly kdim: number;
  readonly vdim: number;
  readonly batchFirst: boolean;
  readonly addZeroAttn: boolean;
  declare q_proj_weight: Parameter | null;
  declare k_proj_weight: Parameter | null;
  declare v_proj_weight: Parameter | null;
  declare in_proj_weight: Parameter | null;
  declare in_proj_bias: Parameter | null;
  declare out_proj: NonDynamicallyQuantizableLinear;
  declare bias_k: Parameter | null;
  declare bias_v: Parameter | null;

  constructor(
    embedDim: number,
    numHeads: number,
    ...rest: (number | boolean | null | MultiheadAttentionOptions)[]
  ) {
    super();
    const [
      width,
      heads,
      drop = 0,
      bias = true,
      addBiasKv = false,
      addZeroAttn = false,
      kdim,
      vdim,
      batchFirst = false,
      ,
      dtype,
    ] = positional("MultiheadAttention", NAMES, [embedDim, numHeads, ...rest]);
    checkSizes("MultiheadAttention", { embedDim: width, numHeads: heads });
    if (width % heads !== 0)
      throw new ValueError(
        `MultiheadAttention: embedDim (${width}) must be divisible by numHeads (${heads})`,
      );
    this.embedDim = width;
    this.numHeads = heads;
    this.headDim = width / heads;
    this.dropout = drop;
    this.kdim = kdim ?? width;
    this.vdim = vdim ?? width;
    this.batchFirst = batchFirst;
    this.addZeroAttn = addZeroAttn;
    const same = this.kdim === width && this.vdim === width;
    this.in_proj_weight = same ? parameter([3 * width, width], dtype) : null;
    this.q_proj_weight = same ? null : parameter([width, width], dtype);
    this.k_proj_weight = same ? null : parameter([width, this.kdim], dtype);
    this.v_proj_weight = same ? null : parameter([width, this.vdim], dtype);
    this.in_proj_bias = bias ? parameter([3 * width], dtype) : null;
    this.out_proj = new NonDynamicallyQuantizableLinear(width, width, { bias, dtype });
    this.bias_k = addBiasKv ? parameter([1, 1, width], dtype) : null;
    this.bias_v = addBiasKv ? parameter([1, 1, width], dtype) : null;
    this.resetParameters();
  }
  resetParameters(): void {
    for (const weight of [this.in_proj_weight, this.q_proj_weight, this.k_proj_weight, this.v_proj_weight])
      if (weight !== null) xavierUniform_(weight);
    if (this.in_proj_bias !== null) {
      constant_(this.in_proj_bias, 0);
      constant_(this.out_proj.bias!, 0);
    }
    if (this.bias_k !== null) xavierNormal_(this.bias_k);
    if (this.bias_v !== null) xavierNormal_(this.bias_v);
  }

  override forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    keyPaddingMask?: Tensor | null | AttentionInputs,
    needWeights?: boolean | AttentionInputs,
    attnMask?: Tensor | null | AttentionInputs,
    averageAttnWeights?: boolean | AttentionInputs,
  ): [output: Tensor, weights: Tensor | null] {
    const [padding = null, wantsWeights = true, mask = null, average = true] = positional<
      [(Tensor | null)?, boolean?, (Tensor | null)?, boolean?]
    >("MultiheadAttention.forward", INPUTS.slice(3), [
      keyPaddingMask,
      needWeights,
      attnMask,
      averageAttnWeights,
    ]);
    const single = query.ndim === 2;
    if (![2, 3].includes(query.ndim) || key.ndim !== query.ndim || value.ndim !== query.ndim)
      throw new ShapeError(
        `MultiheadAttention: expected query, key and value of 2 or 3 dimensions alike, got ${shapeText(query.shape)}, ${shapeText(key.shape)} and ${shapeText(value.shape)}`,
      );
    const batched = (x: Tensor) => (single ? x.unsqueeze(this.batchFirst ? 0 : 1) : x);
    const q = batched(query),
      k = key === query ? q : batched(key),
      v = value === query ? q : value === key ? k : batched(value);
    const parts = this.projected(q, k, v);
    const paddingOfBatch = padding !== null && single ? padding.unsqueeze(0) : padding;
    const [out, weights] = this.attend(parts, paddingOfBatch, mask, query);
    const output = single ? out.squeeze(this.batchFirst ? 0 : 1) : out;
    if (!wantsWeights) return [output, null];
    const seen = average ? weights.mean(1) : weights;
    return [output, single ? seen.squeeze(0) : seen];
  }

  /** Projections of query, key and value, side by side in one tensor where these are the same. */
  private projected(query: Tensor, key: Tensor, value: Tensor): Tensor[] {
    const width = this.embedDim,
      all = this.in_proj_weight;
    if (all !== null && query === key && key === value) return [linear(query, all, this.in_proj_bias)];
    const bias = (i: number) =>
      this.in_proj_bias === null ? null : this.in_proj_bias.narrow(0, i * width, width);
    const weight = (i: number, own: Parameter | null) => own ?? all!.narrow(0, i * width, width);
    return [
      linear(query, weight(0, this.q_proj_weight), bias(0)),
      linear(key, weight(1, this.k_proj_weight), bias(1)),
      linear(value, weight(2, this.v_proj_weight), bias(2)),
    ];
  }

  /** The output, laid out as the query, and the weights [batch, heads, queries, keys]. */
  private attend(
    given: Tensor[],
    padding: Tensor | null,
    attnMask: Tensor | null,
    like: Tensor,
  ): [Tensor, Tensor] {
    const { numHeads, batchFirst } = this,
      dim = batchFirst ? 1 : 0,
      batch = given[0]!.shape[1 - dim]!;
    let parts = given,
      extra = 0;
    const grow = (change: (x: Tensor, i: number) => Tensor) => {
      if (parts.length === 1)
        parts = [0, 1, 2].map((i) => given[0]!.narrow(2, i * this.embedDim, this.embedDim));
      parts = parts.map((x, i) => (i === 0 ? x : change(x, i)));
      extra++;
    };
    if (this.bias_k !== null && this.bias_v !== null) {
      const biases = [this.bias_k, this.bias_v];
      grow((x, i) => cat([x, biases[i - 1]!.expand(batchFirst ? [batch, 1, -1] : [1, batch, -1])], dim));
    }
    if (this.addZeroAttn) grow((x) => pad(x, batchFirst ? [0, 0, 0, 1] : [0, 0, 0, 0, 0, 1]));
    const additiveOf = (one: Tensor, lead: number[]): Tensor => {
      const isBool = one.dtype.name === "bool";
      const grown = additive(extra > 0 ? pad(isBool ? one.byte() : one, [0, extra]) : one, isBool, like);
      return grown.reshape([...lead, ...grown.shape.slice(-1)]);
    };
    const length = given[0]!.shape[dim]!;
    let mask =
      attnMask === null
        ? null
        : additiveOf(attnMask, attnMask.ndim === 3 ? [batch, numHeads, length] : [1, 1, length]);
    if (padding !== null) {
      const own = additiveOf(padding, [batch, 1, 1]);
      mask = mask === null ? own : mask.add(own);
    }
    const inputs = { parts, heads: numHeads, batchFirst, mask };
    const [out, weights] =
      this.dropout > 0 && this.training
        ? composedAttention(inputs, (x) => dropout(x, this.dropout, true))
        : attention(inputs);
    return [this.out_proj(out), weights];
  }
}

/** A mask as what is added to the scores: -Infinity where a bool one is true. */
function additive(mask: Tensor, isBool: boolean, like: Tensor): Tensor {
  return isBool
    ? mask.newZeros(mask.shape).to(like.dtype).maskedFill(mask.bool(), Number.NEGATIVE_INFINITY)
    : mask;
}
