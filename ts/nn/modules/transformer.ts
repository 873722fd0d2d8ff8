import type { DTypeLike } from "../../core/dtype.ts";
import { float32 } from "../../core/dtype.ts";
import { ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { filled } from "../../ops/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import * as F from "../functional/index.ts";
import { xavierUniform_ } from "../init.ts";
import { copyModule, Module } from "../module.ts";
import { MultiheadAttention } from "./attention.ts";
import type { FactoryOptions } from "./build.ts";
import { ModuleList } from "./containers.ts";
import { Dropout } from "./dropout.ts";
import { Linear } from "./linear.ts";
import { LayerNorm } from "./normalization.ts";

export type Activation = "relu" | "gelu" | ((x: Tensor) => Tensor);
export interface TransformerLayerOptions extends FactoryOptions {
  dModel?: number;
  nhead?: number;
  /** Width of the hidden layer; default 2048. */
  dimFeedforward?: number;
  /** Default 0.1. */
  dropout?: number;
  /** Default "relu". */
  activation?: Activation;
  /** Added to the variance in layer norms; default 1e-5. */
  layerNormEps?: number;
  /** Inputs and outputs are [batch, length, width] instead of [length, batch, width]; default false. */
  batchFirst?: boolean;
  /** Normalise before attention and feed-forward instead of after; default false. */
  normFirst?: boolean;
}
type Rest<O> = (number | boolean | string | null | Activation | O | undefined)[];
type Mask = Tensor | null;
const LAYER_NAMES = [
  "dModel",
  "nhead",
  "dimFeedforward",
  "dropout",
  "activation",
  "layerNormEps",
  "batchFirst",
  "normFirst",
  "device",
  "dtype",
];

interface LayerSettings {
  dModel: number;
  nhead: number;
  hidden: number;
  drop: number;
  activation: Activation;
  eps: number;
  batchFirst: boolean;
  normFirst: boolean;
  dtype: DTypeLike | null | undefined;
}

function settingsOf(name: string, args: readonly unknown[]): LayerSettings {
  const [
    dModel,
    nhead,
    hidden = 2048,
    drop = 0.1,
    activation = "relu",
    eps = 1e-5,
    batchFirst = false,
    normFirst = false,
    ,
    dtype,
  ] = positional(name, LAYER_NAMES, args);
  if (typeof activation !== "function" && activation !== "relu" && activation !== "gelu")
    throw new ValueError(
      `${name}: activation must be "relu", "gelu" or a function, got ${String(activation)}`,
    );
  return { dModel, nhead, hidden, drop, activation, eps, batchFirst, normFirst, dtype };
}

const activate = (activation: Activation, x: Tensor): Tensor =>
  typeof activation === "function" ? activation(x) : activation === "relu" ? F.relu(x) : F.gelu(x);

/** Self-attention and feed-forward, each with a residual connection and layer norm. */
export class TransformerEncoderLayer extends Module {
  protected static get inputs(): Names {
    return ["src", "srcMask", "srcKeyPaddingMask"];
  }
  self_attn: MultiheadAttention;
  linear1: Linear;
  dropout: Dropout;
  linear2: Linear;
  readonly normFirst: boolean;
  norm1: LayerNorm;
  norm2: LayerNorm;
  dropout1: Dropout;
  dropout2: Dropout;
  readonly activation: Activation;

  constructor(
    dModel: number | TransformerLayerOptions,
    nhead?: number,
    ...rest: Rest<TransformerLayerOptions>
  ) {
    super();
    const s = settingsOf("TransformerEncoderLayer", [dModel, nhead, ...rest]),
      { dtype } = s;
    this.self_attn = new MultiheadAttention(s.dModel, s.nhead, {
      dropout: s.drop,
      batchFirst: s.batchFirst,
      dtype,
    });
    this.linear1 = new Linear(s.dModel, s.hidden, { dtype });
    this.dropout = new Dropout(s.drop);
    this.linear2 = new Linear(s.hidden, s.dModel, { dtype });
    this.normFirst = s.normFirst;
    this.norm1 = new LayerNorm(s.dModel, { eps: s.eps, dtype });
    this.norm2 = new LayerNorm(s.dModel, { eps: s.eps, dtype });
    this.dropout1 = new Dropout(s.drop);
    this.dropout2 = new Dropout(s.drop);
    this.activation = s.activation;
  }
  override forward(src: Tensor, srcMask: Mask = null, srcKeyPaddingMask: Mask = null): Tensor {
    const attend = (x: Tensor) =>
      this.dropout1(
        this.self_attn(x, x, x, {
          keyPaddingMask: srcKeyPaddingMask,
          needWeights: false,
          attnMask: srcMask,
        })[0],
      );
    const feed = (x: Tensor) =>
      this.dropout2(this.linear2(this.dropout(activate(this.activation, this.linear1(x)))));
    if (this.normFirst) {
      const x = src.add(attend(this.norm1(src)));
      return x.add(feed(this.norm2(x)));
    }
    const x = this.norm1(src.add(attend(src)));
    return this.norm2(x.add(feed(x)));
  }
}

/** Self-attention, attention to the encoder's output, and feed-forward, each with a residual connection and layer norm. */
export class TransformerDecoderLayer extends Module {
  protected static get inputs(): Names {
    return ["tgt", "memory", "tgtMask", "memoryMask", "tgtKeyPaddingMask", "memoryKeyPaddingMask"];
  }
  self_attn: MultiheadAttention;
  multihead_attn: MultiheadAttention;
  linear1: Linear;
  dropout: Dropout;
  linear2: Linear;
  readonly normFirst: boolean;
  norm1: LayerNorm;
  norm2: LayerNorm;
  norm3: LayerNorm;
  dropout1: Dropout;
  dropout2: Dropout;
  dropout3: Dropout;
  readonly activation: Activation;

  constructor(
    dModel: number | TransformerLayerOptions,
    nhead?: number,
    ...rest: Rest<TransformerLayerOptions>
  ) {
    super();
    const s = settingsOf("TransformerDecoderLayer", [dModel, nhead, ...rest]),
      { dtype } = s;
    const options = { dropout: s.drop, batchFirst: s.batchFirst, dtype };
    this.self_attn = new MultiheadAttention(s.dModel, s.nhead, options);
    this.multihead_attn = new MultiheadAttention(s.dModel, s.nhead, options);
    this.linear1 = new Linear(s.dModel, s.hidden, { dtype });
    this.dropout = new Dropout(s.drop);
    this.linear2 = new Linear(s.hidden, s.dModel, { dtype });
    this.normFirst = s.normFirst;
    this.norm1 = new LayerNorm(s.dModel, { eps: s.eps, dtype });
    this.norm2 = new LayerNorm(s.dModel, { eps: s.eps, dtype });
    this.norm3 = new LayerNorm(s.dModel, { eps: s.eps, dtype });
    this.dropout1 = new Dropout(s.drop);
    this.dropout2 = new Dropout(s.drop);
    this.dropout3 = new Dropout(s.drop);
    this.activation = s.activation;
  }
  override forward(
    tgt: Tensor,
    memory: Tensor,
    tgtMask: Mask = null,
    memoryMask: Mask = null,
    tgtKeyPaddingMask: Mask = null,
    memoryKeyPaddingMask: Mask = null,
  ): Tensor {
    const own = (x: Tensor) =>
      this.dropout1(
        this.self_attn(x, x, x, {
          keyPaddingMask: tgtKeyPaddingMask,
          needWeights: false,
          attnMask: tgtMask,
        })[0],
      );
    const across = (x: Tensor) =>
      this.dropout2(
        this.multihead_attn(x, memory, memory, {
          keyPaddingMask: memoryKeyPaddingMask,
          needWeights: false,
          attnMask: memoryMask,
        })[0],
      );
    const feed = (x: Tensor) =>
      this.dropout3(this.linear2(this.dropout(activate(this.activation, this.linear1(x)))));
    if (this.normFirst) {
      let x = tgt.add(own(this.norm1(tgt)));
      x = x.add(across(this.norm2(x)));
      return x.add(feed(this.norm3(x)));
    }
    let x = this.norm1(tgt.add(own(tgt)));
    x = this.norm2(x.add(across(x)));
    return this.norm3(x.add(feed(x)));
  }
}

const copiesOf = <M extends Module>(layer: M, count: number): ModuleList =>
  new ModuleList(Array.from({ length: count }, () => copyModule(layer)));

/** Copies of an encoder layer, one after another, and a norm at the end where one is given. */
export class TransformerEncoder extends Module {
  protected static get inputs(): Names {
    return ["src", "mask", "srcKeyPaddingMask"];
  }
  layers: ModuleList;
  readonly numLayers: number;
  norm: Module | null;

  constructor(encoderLayer: TransformerEncoderLayer, numLayers: number, norm: Module | null = null) {
    super();
    this.layers = copiesOf(encoderLayer, numLayers);
    this.numLayers = numLayers;
    this.norm = norm;
  }
  override forward(src: Tensor, mask: Mask = null, srcKeyPaddingMask: Mask = null): Tensor {
    let x = src;
    for (const layer of this.layers) x = (layer as TransformerEncoderLayer)(x, mask, srcKeyPaddingMask);
    return this.norm === null ? x : this.norm(x);
  }
}

/** Copies of a decoder layer, one after another, and a norm at the end where one is given. */
export class TransformerDecoder extends Module {
  protected static get inputs(): Names {
    return ["tgt", "memory", "tgtMask", "memoryMask", "tgtKeyPaddingMask", "memoryKeyPaddingMask"];
  }
  layers: ModuleList;
  readonly numLayers: number;
  norm: Module | null;

  constructor(decoderLayer: TransformerDecoderLayer, numLayers: number, norm: Module | null = null) {
    super();
    this.layers = copiesOf(decoderLayer, numLayers);
    this.numLayers = numLayers;
    this.norm = norm;
  }
  override forward(
    tgt: Tensor,
    memory: Tensor,
    tgtMask: Mask = null,
    memoryMask: Mask = null,
    tgtKeyPaddingMask: Mask = null,
    memoryKeyPaddingMask: Mask = null,
  ): Tensor {
    let x = tgt;
    for (const layer of this.layers)
      x = (layer as TransformerDecoderLayer)(
        x,
        memory,
        tgtMask,
        memoryMask,
        tgtKeyPaddingMask,
        memoryKeyPaddingMask,
      );
    return this.norm === null ? x : this.norm(x);
  }
}

export interface TransformerOptions extends TransformerLayerOptions {
  /** Default 6. */
  numEncoderLayers?: number;
  /** Default 6. */
  numDecoderLayers?: number;
  /** Modules of the user's in place of encoder and decoder. */
  customEncoder?: Module | null;
  customDecoder?: Module | null;
}
const TRANSFORMER_NAMES = [
  "dModel",
  "nhead",
  "numEncoderLayers",
  "numDecoderLayers",
  "dimFeedforward",
  "dropout",
  "activation",
  "customEncoder",
  "customDecoder",
  "layerNormEps",
  "batchFirst",
  "normFirst",
  "device",
  "dtype",
];

/** Encoder and decoder of "Attention is all you need". */
export class Transformer extends Module {
  protected static get inputs(): Names {
    return [
      "src",
      "tgt",
      "srcMask",
      "tgtMask",
      "memoryMask",
      "srcKeyPaddingMask",
      "tgtKeyPaddingMask",
      "memoryKeyPaddingMask",
    ];
  }
  encoder: Module;
  decoder: Module;
  readonly dModel: number;
  readonly nhead: number;

  constructor(dModel?: number | TransformerOptions, ...rest: (Module | Rest<TransformerOptions>[number])[]) {
    super();
    const [
      width = 512,
      heads = 8,
      encoders = 6,
      decoders = 6,
      dimFeedforward,
      dropout,
      activation,
      customEncoder,
      customDecoder,
      layerNormEps,
      batchFirst,
      normFirst,
      ,
      dtype,
    ] = positional("Transformer", TRANSFORMER_NAMES, [dModel, ...rest]);
    const options = { dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, dtype };
    const norm = () => new LayerNorm(width, { eps: layerNormEps ?? 1e-5, dtype });
    this.encoder =
      customEncoder ??
      new TransformerEncoder(new TransformerEncoderLayer(width, heads, options), encoders, norm());
    this.decoder =
      customDecoder ??
      new TransformerDecoder(new TransformerDecoderLayer(width, heads, options), decoders, norm());
    this.dModel = width;
    this.nhead = heads;
    for (const p of this.parameters()) if (p.ndim > 1) xavierUniform_(p);
  }
  override forward(
    src: Tensor,
    tgt: Tensor,
    srcMask: Mask = null,
    tgtMask: Mask = null,
    memoryMask: Mask = null,
    srcKeyPaddingMask: Mask = null,
    tgtKeyPaddingMask: Mask = null,
    memoryKeyPaddingMask: Mask = null,
  ): Tensor {
    const memory: Tensor = this.encoder(src, srcMask, srcKeyPaddingMask);
    return this.decoder(tgt, memory, tgtMask, memoryMask, tgtKeyPaddingMask, memoryKeyPaddingMask);
  }
  /** [size, size]: -Infinity above the diagonal, so that no position attends to a later one. */
  static generateSquareSubsequentMask(size: number): Tensor {
    return filled([size, size], Number.NEGATIVE_INFINITY, float32).triu(1);
  }
}
