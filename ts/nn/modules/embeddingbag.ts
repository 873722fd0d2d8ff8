import { ShapeError, ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { floatText, pythonText } from "../../core/pythontext.ts";
import { shapeText } from "../../core/shape.ts";
import { type EmbeddingBagArguments, embeddingBag } from "../../ops/embeddingbag.ts";
import { isTensor, type Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import { normal_ } from "../init.ts";
import { Module } from "../module.ts";
import { Parameter } from "../parameter.ts";
import { checkSizes, type FactoryOptions, parameter } from "./build.ts";

export interface EmbeddingBagOptions extends FactoryOptions {
  numEmbeddings?: number;
  embeddingDim?: number;
  /** Rows that are looked up are first scaled down to at most this norm. */
  maxNorm?: number | null;
  /** Kind of that norm; default 2. */
  normType?: number;
  /** Divide each row's gradient by how often it was looked up; default false. */
  scaleGradByFreq?: boolean;
  /** Default "mean". */
  mode?: "sum" | "mean" | "max";
  /** Accepted, and without effect. */
  sparse?: boolean;
  /** Whether the last offset is the end of the last bag; default false. */
  includeLastOffset?: boolean;
  /** A row that counts for nothing and gets no gradient; negative ones count from the end. */
  paddingIdx?: number | null;
}
type Rest = (number | boolean | string | null | EmbeddingBagOptions | undefined)[];
const NAMES = [
  "numEmbeddings",
  "embeddingDim",
  "maxNorm",
  "normType",
  "scaleGradByFreq",
  "mode",
  "sparse",
  "_weight",
  "includeLastOffset",
  "paddingIdx",
  "device",
  "dtype",
];

/** Sums, means or maxima over bags of rows of a table: `m(indices, offsets)`, or a 2-d tensor with a bag in each row. */
export class EmbeddingBag extends Module {
  protected static get inputs(): Names {
    return ["input", "offsets", "perSampleWeights"];
  }
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  readonly maxNorm: number | null;
  readonly normType: number;
  readonly scaleGradByFreq: boolean;
  readonly mode: "sum" | "mean" | "max";
  readonly sparse: boolean;
  readonly includeLastOffset: boolean;
  readonly paddingIdx: number | null;
  weight: Parameter;

  constructor(numEmbeddings: number | EmbeddingBagOptions, ...rest: Rest) {
    super();
    const [
      rows,
      width,
      maxNorm = null,
      normType = 2,
      scale = false,
      mode = "mean",
      sparse = false,
      weight = null,
      includeLastOffset = false,
      paddingIdx = null,
      ,
      dtype,
    ] = positional("EmbeddingBag", NAMES, [numEmbeddings, ...rest]);
    checkSizes("EmbeddingBag", { numEmbeddings: rows, embeddingDim: width }, 0);
    if (paddingIdx !== null && (paddingIdx >= rows || paddingIdx < -rows))
      throw new ValueError(
        `EmbeddingBag: paddingIdx must be within numEmbeddings (${rows}), got ${paddingIdx}`,
      );
    this.numEmbeddings = rows;
    this.embeddingDim = width;
    this.maxNorm = maxNorm;
    this.normType = normType;
    this.scaleGradByFreq = scale;
    this.mode = mode;
    this.sparse = sparse;
    this.includeLastOffset = includeLastOffset;
    this.paddingIdx = paddingIdx !== null && paddingIdx < 0 ? rows + paddingIdx : paddingIdx;
    if (isTensor(weight)) {
      if (weight.ndim !== 2 || weight.shape[0] !== rows || weight.shape[1] !== width)
        throw new ShapeError(
          `EmbeddingBag: the shape of _weight ${shapeText(weight.shape)} does not match numEmbeddings and embeddingDim`,
        );
      this.weight = weight instanceof Parameter ? weight : new Parameter(weight);
    } else {
      this.weight = parameter([rows, width], dtype);
      this.resetParameters();
    }
  }
  /** A table with given vectors, frozen unless `freeze` is false. */
  static fromPretrained(
    embeddings: Tensor,
    freeze: boolean | (EmbeddingBagOptions & { freeze?: boolean }) = true,
  ): EmbeddingBag {
    if (embeddings.ndim !== 2)
      throw new ShapeError(
        `EmbeddingBag.fromPretrained: expected vectors as rows of a matrix, got shape ${shapeText(embeddings.shape)}`,
      );
    const { freeze: frozen, ...rest } =
      typeof freeze === "boolean" ? { freeze } : { freeze: true, ...freeze };
    const [rows, width] = embeddings.shape as [number, number];
    const made = new EmbeddingBag(rows, width, { ...rest, _weight: embeddings } as EmbeddingBagOptions);
    made.weight.requiresGrad = !frozen;
    return made;
  }
  resetParameters(): void {
    normal_(this.weight);
    if (this.paddingIdx !== null) this.weight.detach().select(0, this.paddingIdx).zero_();
  }
  override forward(
    input: Tensor,
    offsets?: Tensor | null | EmbeddingBagArguments,
    perSampleWeights?: Tensor | null | EmbeddingBagArguments,
  ): Tensor {
    const [starts = null, factors = null] = positional<[(Tensor | null)?, (Tensor | null)?]>(
      "EmbeddingBag",
      ["offsets", "perSampleWeights"],
      [offsets, perSampleWeights],
    );
    const { maxNorm, normType, scaleGradByFreq, mode, includeLastOffset, paddingIdx } = this;
    return embeddingBag(input, this.weight, starts, {
      maxNorm,
      normType,
      scaleGradByFreq,
      mode,
      perSampleWeights: factors,
      includeLastOffset,
      paddingIdx,
    });
  }
  override extraRepr(): string {
    let text = `${this.numEmbeddings}, ${this.embeddingDim}`;
    if (this.maxNorm !== null) text += `, max_norm=${pythonText(this.maxNorm)}`;
    if (this.normType !== 2) text += `, norm_type=${floatText(this.normType)}`;
    if (this.scaleGradByFreq) text += ", scale_grad_by_freq=True";
    text += `, mode=${this.mode}`;
    if (this.paddingIdx !== null) text += `, padding_idx=${this.paddingIdx}`;
    return text;
  }
}
