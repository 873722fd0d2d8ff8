import { positional } from "../../core/options.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import { Module } from "../module.ts";

/** "mean" and "sum" of the elements' losses, or "none" for all of them. */
export type Reduction = "mean" | "sum" | "none";

export interface LossOptions {
  /** Default "mean". */
  reduction?: Reduction;
}

/** Factors that belong to the module's state, and their keys there. */
const FACTORS = { weight: "weight", posWeight: "pos_weight" } as const;

/** A loss with options: `names` are the constructor's arguments in PyTorch's order. */
export abstract class Loss<O extends LossOptions> extends Module {
  readonly reduction: Reduction;
  /** The options of the function, but for the factors, which are buffers. */
  private readonly settings: Record<string, unknown>;

  constructor(names: readonly string[], defaults: O, args: readonly unknown[]) {
    super();
    const given = positional<unknown[]>(this.constructor.name, [...names, "sizeAverage", "reduce"], args);
    const options = { reduction: "mean", ...(defaults as object) } as Record<string, unknown>;
    names.forEach((name, i) => {
      if (name in FACTORS)
        this.registerBuffer(FACTORS[name as "weight"], (given[i] ?? null) as Tensor | null);
      else if (given[i] !== undefined) options[name] = given[i];
    });
    this.settings = options;
    this.reduction = options.reduction as Reduction;
  }
  protected get options(): O {
    const factors: Record<string, unknown> = {};
    for (const [name, key] of Object.entries(FACTORS)) {
      const factor = (this as unknown as Record<string, unknown>)[key];
      if (factor) factors[name] = factor;
    }
    return { ...this.settings, ...factors } as unknown as O;
  }
}

/** A loss of inputs against targets: `functional` does the work. */
export abstract class TargetLoss<O extends LossOptions> extends Loss<O> {
  protected static get inputs(): Names {
    return ["input", "target"];
  }
  protected abstract get functional(): (input: Tensor, target: Tensor, options: O) => Tensor;
  override forward(input: Tensor, target: Tensor): Tensor {
    return this.functional(input, target, this.options);
  }
}
