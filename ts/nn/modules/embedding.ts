import { untaped } from "../../autograd/untaped.ts";
import { ShapeError, ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { floatText, pythonText } from "../../core/pythontext.ts";
import { shapeText } from "../../core/shape.ts";
import { embedding } from "../../ops/embedding.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import { normal_ } from "../init.ts";
import { Module } from "../module.ts";
import { Parameter } from "../parameter.ts";
import { checkSizes, type FactoryOptions, parameter } from "./build.ts";

export interface EmbeddingOptions extends FactoryOptions {
  /** A row of zeros that gets no gradient; negative ones count from the end. */
  paddingIdx?: number | null;
  /** Rows that are looked up are first scaled down to at most this norm. */
  maxNorm?: number | null;
  /** Kind of that norm; default 2. */
  normType?: number;
  /** Divide each row's gradient by how often it was looked up; default false. */
  scaleGradByFreq?: boolean;
  /** Accepted, and without effect. */
  sparse?: boolean;
}
type Rest = (number | boolean | null | EmbeddingOptions | undefined)[];
const NAMES = [
  "numEmbeddings",
  "embeddingDim",
  "paddingIdx",
  "maxNorm",
  "normType",
  "scaleGradByFreq",
  "sparse",
  "_weight",
  "device",
  "dtype",
];

/** A table of vectors looked up by index: int64 indices [...] to [..., embeddingDim]. */
export class Embedding extends Module {
  protected static get inputs(): Names {
    return ["input"];
  }
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  readonly paddingIdx: number | null;
  readonly maxNorm: number | null;
  readonly normType: number;
  readonly scaleGradByFreq: boolean;
  readonly sparse: boolean;
  weight: Parameter;

  constructor(numEmbeddings: number, embeddingDim: number, ...rest: Rest) {
    super();
    const [
      rows,
      width,
      paddingIdx = null,
      maxNorm = null,
      normType = 2,
      scale = false,
      sparse = false,
      weight,
      ,
      dtype,
    ] = positional("Embedding", NAMES, [numEmbeddings, embeddingDim, ...rest]);
    checkSizes("Embedding", { numEmbeddings: rows, embeddingDim: width }, 0);
    if (paddingIdx !== null && (paddingIdx >= rows || paddingIdx < -rows))
      throw new ValueError(`Embedding: paddingIdx must be within numEmbeddings (${rows}), got ${paddingIdx}`);
    this.numEmbeddings = rows;
    this.embeddingDim = width;
    this.paddingIdx = paddingIdx !== null && paddingIdx < 0 ? rows + paddingIdx : paddingIdx;
    this.maxNorm = maxNorm;
    this.normType = normType;
    this.scaleGradByFreq = scale;
    this.sparse = sparse;
    if (weight !== undefined && weight !== null)
      this.weight = weight instanceof Parameter ? weight : new Parameter(weight);
    else {
      this.weight = parameter([rows, width], dtype);
      this.resetParameters();
    }
  }
  /** An embedding with given vectors, frozen unless `freeze` is false. */
  static fromPretrained(
    embeddings: Tensor,
    freeze: boolean | (EmbeddingOptions & { freeze?: boolean }) = true,
  ): Embedding {
    if (embeddings.ndim !== 2)
      throw new ShapeError(
        `Embedding.fromPretrained: expected vectors as rows of a matrix, got shape ${shapeText(embeddings.shape)}`,
      );
    const options = typeof freeze === "boolean" ? { freeze } : { freeze: true, ...freeze };
    const { freeze: frozen, ...rest } = options;
    const [rows, width] = embeddings.shape as [number, number];
    const made = new Embedding(rows, width, { ...rest, _weight: embeddings } as EmbeddingOptions);
    made.weight.requiresGrad = !frozen;
    return made;
  }
  resetParameters(): void {
    normal_(this.weight);
    const row = this.paddingIdx;
    if (row !== null) untaped(() => this.weight.select(0, row).mul_(0));
  }
  override forward(input: Tensor): Tensor {
    return embedding(input, this.weight, this.paddingIdx, this.maxNorm, this.normType, this.scaleGradByFreq);
  }
  override extraRepr(): string {
    let text = `${this.numEmbeddings}, ${this.embeddingDim}`;
    if (this.paddingIdx !== null) text += `, padding_idx=${this.paddingIdx}`;
    if (this.maxNorm !== null) text += `, max_norm=${pythonText(this.maxNorm)}`;
    if (this.normType !== 2) text += `, norm_type=${floatText(this.normType)}`;
    if (this.scaleGradByFreq) text += ", scale_grad_by_freq=True";
    if (this.sparse) text += ", sparse=True";
    return text;
  }
}
