import { IndexError, ShapeError, ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { namedResults } from "../../core/results.ts";
import { shapeText } from "../../core/shape.ts";
import { checkTensors, sizesOf } from "../../ops/arguments.ts";
import { cat } from "../../ops/join.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import { Module } from "../module.ts";
import type { FactoryOptions } from "./build.ts";
import { ModuleList, Sequential } from "./containers.ts";
import { Linear } from "./linear.ts";

export interface AdaptiveSoftmaxOptions extends FactoryOptions {
  /** How much smaller the projection of each further cluster is; default 4. */
  divValue?: number;
  /** Whether the head has a bias; default false. */
  headBias?: boolean;
}

/**
 * Softmax over many classes sorted by frequency: the frequent ones in a head, the others in clusters that `cutoffs`
 * divide (Grave et al., "Efficient softmax approximation for GPUs", 2016). `m(input, target)` gives `{ output, loss }`:
 * the log-probability of each target, and minus their mean.
 */
export class AdaptiveLogSoftmaxWithLoss extends Module {
  protected static get inputs(): Names {
    return ["input", "target"];
  }
  readonly inFeatures: number;
  readonly nClasses: number;
  readonly cutoffs: readonly number[];
  readonly divValue: number;
  readonly headBias: boolean;
  readonly shortlistSize: number;
  readonly nClusters: number;
  head: Linear;
  tail: ModuleList;

  constructor(
    inFeatures: number,
    nClasses: number,
    cutoffs: readonly number[],
    divValue?: number | AdaptiveSoftmaxOptions,
    headBias?: boolean | AdaptiveSoftmaxOptions,
    options?: AdaptiveSoftmaxOptions,
  ) {
    super();
    const [features, classes, cuts, ratio = 4, bias = false, , dtype] = positional(
      "AdaptiveLogSoftmaxWithLoss",
      ["inFeatures", "nClasses", "cutoffs", "divValue", "headBias", "device", "dtype"],
      [inFeatures, nClasses, cutoffs, divValue, headBias, options],
    );
    const list = sizesOf("AdaptiveLogSoftmaxWithLoss", "cutoffs", cuts);
    if (
      list.length === 0 ||
      list.some((c, i) => !Number.isInteger(c) || c <= (i === 0 ? 0 : list[i - 1]!) || c >= classes)
    )
      throw new ValueError(
        `AdaptiveLogSoftmaxWithLoss: cutoffs should be rising positive integers below nClasses (${classes}), got [${list.join(", ")}]`,
      );
    this.inFeatures = features;
    this.nClasses = classes;
    this.cutoffs = [...list, classes];
    this.divValue = ratio;
    this.headBias = bias;
    this.shortlistSize = list[0]!;
    this.nClusters = list.length;
    const factory = dtype ? { dtype } : {};
    this.head = new Linear(features, this.shortlistSize + this.nClusters, { bias, ...factory });
    this.tail = new ModuleList(
      list.map((from, i) => {
        const width = Math.floor(features / ratio ** (i + 1));
        return new Sequential(
          new Linear(features, width, { bias: false, ...factory }),
          new Linear(width, this.cutoffs[i + 1]! - from, { bias: false, ...factory }),
        );
      }),
    );
  }
  resetParameters(): void {
    this.head.resetParameters();
    for (const cluster of this.tail)
      for (const layer of cluster as Sequential) (layer as Linear).resetParameters();
  }
  private inCluster(i: number, input: Tensor): Tensor {
    return (this.tail[i] as Sequential)(input).logSoftmax(1);
  }
  override forward(input: Tensor, target: Tensor): { output: Tensor; loss: Tensor } {
    checkTensors("AdaptiveLogSoftmaxWithLoss", [input, target]);
    const batched = target.ndim === 1;
    if (target.ndim > 1 || input.ndim !== target.ndim + 1 || (batched && input.shape[0] !== target.shape[0]))
      throw new ShapeError(
        `AdaptiveLogSoftmaxWithLoss: expected an input [N, ${this.inFeatures}] with a target [N], or [${this.inFeatures}] with [], got ${shapeText(input.shape)} and ${shapeText(target.shape)}`,
      );
    const rows = batched ? input : input.unsqueeze(0),
      labels = target.detach().reshape([-1]);
    const n = labels.shape[0]!;
    if (n > 0 && labels.lt(0).logicalOr(labels.ge(this.nClasses)).any().item())
      throw new IndexError(
        `AdaptiveLogSoftmaxWithLoss: target values should be in the range [0, ${this.nClasses - 1}]`,
      );
    const head = this.head(rows).logSoftmax(1);
    // The place in the head: the class itself, or its cluster.
    let place = labels,
      output = head.newZeros([n]);
    for (let i = 0; i < this.nClusters; i++) {
      const from = this.cutoffs[i]!,
        mask = labels.ge(from).logicalAnd(labels.lt(this.cutoffs[i + 1]!));
      const which = mask.nonzero().reshape([-1]);
      if (which.numel() === 0) continue;
      place = place.maskedFill(mask, this.shortlistSize + i);
      const inner = labels.indexSelect(0, which).sub(from).unsqueeze(1);
      const local = this.inCluster(i, rows.indexSelect(0, which)).gather(1, inner).squeeze(1);
      output = output.indexAdd(0, which, local);
    }
    output = output.add(head.gather(1, place.unsqueeze(1)).squeeze(1));
    return namedResults({ output: batched ? output : output.squeeze(0), loss: output.neg().mean() });
  }
  /** Log-probabilities of all classes: [N, nClasses]. */
  logProb(input: Tensor): Tensor {
    const head = this.head(input).logSoftmax(1);
    const clusters = Array.from({ length: this.nClusters }, (_, i) =>
      this.inCluster(i, input).add(head.narrow(1, this.shortlistSize + i, 1)),
    );
    return cat([head.narrow(1, 0, this.shortlistSize), ...clusters], 1);
  }
  /** The likeliest class of each sample. A cluster is looked into only where its place in the head is the likeliest. */
  predict(input: Tensor): Tensor {
    const best = this.head(input).argmax(1),
      beyond = best.ge(this.shortlistSize).nonzero().reshape([-1]);
    if (beyond.numel() === 0) return best;
    return best.indexCopy(0, beyond, this.logProb(input.indexSelect(0, beyond)).argmax(1));
  }
}
