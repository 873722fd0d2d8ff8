import { ShapeError, ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { shapeText } from "../../core/shape.ts";
import { cat } from "../../ops/join.ts";
import { linear } from "../../ops/matmullinear.ts";
import { pad } from "../../ops/pad.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { nameInputs } from "../forwardnames.ts";
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
    const timeFirst = (x: Tensor) => (single ? x.unsqueeze(1) : this.batchFirst ? x.transpose(0, 1) : x);
    const [q, k, v] = this.projected(timeFirst(query), timeFirst(key), timeFirst(value));
    const paddingOfBatch = padding !== null && single ? padding.unsqueeze(0) : padding;
    const [out, weights] = this.attend(q, k, v, paddingOfBatch, mask, query);
    const output = single ? out.squeeze(1) : this.batchFirst ? out.transpose(0, 1) : out;
    if (!wantsWeights) return [output, null];
    const seen = average ? weights.mean(1) : weights;
    return [output, single ? seen.squeeze(0) : seen];
  }

  private projected(query: Tensor, key: Tensor, value: Tensor): [Tensor, Tensor, Tensor] {
    const width = this.embedDim,
      all = this.in_proj_weight;
    const bias = (i: number) =>
      this.in_proj_bias === null ? null : this.in_proj_bias.narrow(0, i * width, width);
    if (all !== null && query === key && key === value) {
      const both = linear(query, all, this.in_proj_bias);
      return [both.narrow(-1, 0, width), both.narrow(-1, width, width), both.narrow(-1, 2 * width, width)];
    }
    const weight = (i: number, own: Parameter | null) => own ?? all!.narrow(0, i * width, width);
    return [
      linear(query, weight(0, this.q_proj_weight), bias(0)),
      linear(key, weight(1, this.k_proj_weight), bias(1)),
      linear(value, weight(2, this.v_proj_weight), bias(2)),
    ];
  }

  /** From projections [length, batch, width] to the output of the same layout and the weights [batch, heads, queries, keys]. */
  private attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    padding: Tensor | null,
    attnMask: Tensor | null,
    like: Tensor,
  ): [Tensor, Tensor] {
    const { numHeads, headDim } = this,
      [length, batch] = query.shape as [number, number];
    let k = key,
      v = value,
      extra = 0;
    if (this.bias_k !== null && this.bias_v !== null) {
      k = cat([k, this.bias_k.expand(1, batch, -1)], 0);
      v = cat([v, this.bias_v.expand(1, batch, -1)], 0);
      extra++;
    }
    const heads = (x: Tensor) => x.reshape([x.shape[0]!, batch * numHeads, headDim]).transpose(0, 1);
    const q = heads(query);
    [k, v] = [heads(k), heads(v)];
    if (this.addZeroAttn) {
      [k, v] = [pad(k, [0, 0, 0, 1]), pad(v, [0, 0, 0, 1])];
      extra++;
    }
    let scores = q.div(Math.sqrt(headDim)).matmul(k.transpose(1, 2));
    for (const [mask, shape] of [
      [attnMask, null],
      [padding, [batch, 1, 1, -1]],
    ] as const) {
      if (mask === null) continue;
      const grown = additive(
        extra > 0 ? pad(mask.dtype.name === "bool" ? mask.byte() : mask, [0, extra]) : mask,
        mask.dtype.name === "bool",
        like,
      );
      scores =
        shape === null
          ? scores.add(grown)
          : scores.add(
              grown
                .reshape(shape)
                .expand(batch, numHeads, 1, -1)
                .reshape([batch * numHeads, 1, -1]),
            );
    }
    const weights = scores.softmax(-1);
    const mixed = dropout(weights, this.dropout, this.training)
      .matmul(v)
      .transpose(0, 1)
      .reshape([length, batch, this.embedDim]);
    return [this.out_proj(mixed), weights.reshape([batch, numHeads, length, -1])];
  }
}

/** A mask as what is added to the scores: -Infinity where a bool one is true. */
function additive(mask: Tensor, isBool: boolean, like: Tensor): Tensor {
  return isBool
    ? mask.newZeros(mask.shape).to(like.dtype).maskedFill(mask.bool(), Number.NEGATIVE_INFINITY)
    : mask;
}

nameInputs(INPUTS, MultiheadAttention);
