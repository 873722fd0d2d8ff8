// One step of a recurrent network: modules of their own, and what RNN, LSTM and GRU repeat over time.
import { ShapeError, ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { pythonText } from "../../core/pythontext.ts";
import { shapeText } from "../../core/shape.ts";
import { linear } from "../../ops/matmullinear.ts";
import { gruCell, lstmCell } from "../../ops/recurrent.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import { uniform_ } from "../init.ts";
import { Module } from "../module.ts";
import type { Parameter } from "../parameter.ts";
import { checkSizes, type FactoryOptions, parameter } from "./build.ts";

export type Nonlinearity = "tanh" | "relu";
/** What a step carries on: h, and c of an LSTM. */
export type StepState = readonly [h: Tensor, c?: Tensor];
/** The next state, from the input's share of the gates, [B, gates * hidden]. */
export type Step = (
  gates: Tensor,
  state: StepState,
  weightHh: Tensor,
  biasHh: Tensor | null,
  weightHr?: Tensor,
) => [Tensor, Tensor?];

const plain =
  (activate: (x: Tensor) => Tensor): Step =>
  (gates, [h], weight, bias) => [activate(gates.add(linear(h, weight, bias)))];

const lstm: Step = (gates, [h, c], weight, bias, weightHr) => {
  const [hidden, cell] = lstmCell(gates, linear(h, weight, bias), c!);
  return [weightHr === undefined ? hidden : linear(hidden, weightHr), cell];
};

const gru: Step = (gates, [h], weight, bias) => [gruCell(gates, linear(h, weight, bias), h)];

export const STEPS: Record<"RNN_TANH" | "RNN_RELU" | "LSTM" | "GRU", { gates: number; step: Step }> = {
  RNN_TANH: { gates: 1, step: plain((x) => x.tanh()) },
  RNN_RELU: { gates: 1, step: plain((x) => x.clampMin(0)) },
  LSTM: { gates: 4, step: lstm },
  GRU: { gates: 3, step: gru },
};

export interface CellOptions extends FactoryOptions {
  /** Whether there are biases; default true. */
  bias?: boolean;
}
export interface RNNCellOptions extends CellOptions {
  /** Default "tanh". */
  nonlinearity?: Nonlinearity;
}

abstract class Cell extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  weight_ih: Parameter;
  weight_hh: Parameter;
  bias_ih: Parameter | null;
  bias_hh: Parameter | null;

  constructor(gates: number, inputSize: number, hiddenSize: number, bias: boolean, options: FactoryOptions) {
    super();
    checkSizes(this.constructor.name, { inputSize, hiddenSize });
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    const { dtype } = options;
    this.weight_ih = parameter([gates * hiddenSize, inputSize], dtype);
    this.weight_hh = parameter([gates * hiddenSize, hiddenSize], dtype);
    this.bias_ih = bias ? parameter([gates * hiddenSize], dtype) : null;
    this.bias_hh = bias ? parameter([gates * hiddenSize], dtype) : null;
    this.resetParameters();
  }
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.hiddenSize);
    for (const p of this.parameters()) uniform_(p, -bound, bound);
  }
  override extraRepr(): string {
    return `${this.inputSize}, ${this.hiddenSize}${this.bias_ih === null ? `, bias=${pythonText(false)}` : ""}`;
  }

  /** Runs one step for a batch [B, inputSize], or for a single input without the batch dimension. */
  protected advance(
    step: Step,
    input: Tensor,
    state: readonly (Tensor | undefined)[] | null,
    count: number,
  ): Tensor[] {
    const { name } = this.constructor;
    if ((input.ndim !== 1 && input.ndim !== 2) || input.shape[input.ndim - 1] !== this.inputSize)
      throw new ShapeError(
        `${name}: expected an input [batch, ${this.inputSize}] or [${this.inputSize}], got ${shapeText(input.shape)}`,
      );
    const single = input.ndim === 1,
      x = single ? input.unsqueeze(0) : input;
    const given = state ?? Array.from({ length: count }, () => x.newZeros(x.shape[0]!, this.hiddenSize));
    const states = given.map((h) => (state !== null && single ? h!.unsqueeze(0) : h!));
    for (const h of states)
      if (h.ndim !== 2 || h.shape[0] !== x.shape[0] || h.shape[1] !== this.hiddenSize)
        throw new ShapeError(
          `${name}: expected a state of shape [${x.shape[0]}, ${this.hiddenSize}], got ${shapeText(h.shape)}`,
        );
    const next = step(
      linear(x, this.weight_ih, this.bias_ih),
      states as unknown as StepState,
      this.weight_hh,
      this.bias_hh,
    );
    return next.map((h) => (single ? h!.squeeze(0) : h!));
  }
}

const CELL_NAMES = ["inputSize", "hiddenSize", "bias", "device", "dtype"];

/** One step of an Elman network: tanh (or relu) of W_ih x + b_ih + W_hh h + b_hh. */
export class RNNCell extends Cell {
  protected static get inputs(): Names {
    return ["input", "hx"];
  }
  readonly nonlinearity: Nonlinearity;

  constructor(
    inputSize: number,
    hiddenSize: number,
    bias?: boolean | RNNCellOptions,
    nonlinearity?: Nonlinearity | RNNCellOptions,
    options?: RNNCellOptions,
  ) {
    const [from, to, hasBias = true, kind = "tanh", , dtype] = positional(
      "RNNCell",
      ["inputSize", "hiddenSize", "bias", "nonlinearity", "device", "dtype"],
      [inputSize, hiddenSize, bias, nonlinearity, options],
    );
    if (kind !== "tanh" && kind !== "relu")
      throw new ValueError(`RNNCell: nonlinearity must be "tanh" or "relu", got ${String(kind)}`);
    super(1, from, to, hasBias, { dtype });
    this.nonlinearity = kind;
  }
  override forward(input: Tensor, hx?: Tensor | null): Tensor {
    const { step } = STEPS[this.nonlinearity === "tanh" ? "RNN_TANH" : "RNN_RELU"];
    return this.advance(step, input, hx ? [hx] : null, 1)[0]!;
  }
  override extraRepr(): string {
    return super.extraRepr() + (this.nonlinearity === "tanh" ? "" : `, nonlinearity=${this.nonlinearity}`);
  }
}

/** One step of an LSTM: [h, c] from an input and the state [h, c]. */
export class LSTMCell extends Cell {
  protected static get inputs(): Names {
    return ["input", "hx"];
  }
  constructor(inputSize: number, hiddenSize: number, bias?: boolean | CellOptions, options?: CellOptions) {
    const [from, to, hasBias = true, , dtype] = positional("LSTMCell", CELL_NAMES, [
      inputSize,
      hiddenSize,
      bias,
      options,
    ]);
    super(4, from, to, hasBias, { dtype });
  }
  override forward(input: Tensor, hx?: readonly [Tensor, Tensor] | null): [Tensor, Tensor] {
    return this.advance(lstm, input, hx ?? null, 2) as [Tensor, Tensor];
  }
}

/** One step of a gated recurrent unit. */
export class GRUCell extends Cell {
  protected static get inputs(): Names {
    return ["input", "hx"];
  }
  constructor(inputSize: number, hiddenSize: number, bias?: boolean | CellOptions, options?: CellOptions) {
    const [from, to, hasBias = true, , dtype] = positional("GRUCell", CELL_NAMES, [
      inputSize,
      hiddenSize,
      bias,
      options,
    ]);
    super(3, from, to, hasBias, { dtype });
  }
  override forward(input: Tensor, hx?: Tensor | null): Tensor {
    return this.advance(gru, input, hx ? [hx] : null, 1)[0]!;
  }
}
