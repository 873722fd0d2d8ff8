import { ShapeError, ValueError } from "../../core/errors.ts";
import { positional } from "../../core/options.ts";
import { pythonText } from "../../core/pythontext.ts";
import { sameShape, shapeText } from "../../core/shape.ts";
import { cat, stack } from "../../ops/join.ts";
import { linear } from "../../ops/matmullinear.ts";
import { walk } from "../../ops/recurrentwalk.ts";
import { unbind } from "../../ops/splits.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Names } from "../forwardnames.ts";
import { dropout } from "../functional/dropout.ts";
import { uniform_ } from "../init.ts";
import { Module } from "../module.ts";
import type { Parameter } from "../parameter.ts";
import { checkSizes, type FactoryOptions, parameter } from "./build.ts";
import { type Nonlinearity, STEPS } from "./rnncells.ts";

export interface RecurrentOptions extends FactoryOptions {
  /** Layers on top of each other; default 1. */
  numLayers?: number;
  /** Whether there are biases; default true. */
  bias?: boolean;
  /** Inputs and outputs are [batch, time, features] instead of [time, batch, features]; default false. */
  batchFirst?: boolean;
  /** Probability of dropout between layers; default 0. */
  dropout?: number;
  /** Also run backwards in time; default false. */
  bidirectional?: boolean;
}
export interface RNNOptions extends RecurrentOptions {
  /** Default "tanh". */
  nonlinearity?: Nonlinearity;
}
export interface LSTMOptions extends RecurrentOptions {
  /** Size that h is projected to; default 0, which is none. */
  projSize?: number;
}

const NAMES = [
  "inputSize",
  "hiddenSize",
  "numLayers",
  "bias",
  "batchFirst",
  "dropout",
  "bidirectional",
  "projSize",
  "nonlinearity",
  "device",
  "dtype",
];
type Mode = keyof typeof STEPS;

/** What RNN, LSTM and GRU share: parameters per layer and direction, and the walk through layers and time. */
abstract class Recurrent extends Module {
  readonly mode: Mode;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bias: boolean;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;
  readonly projSize: number;

  constructor(mode: Mode | null, args: readonly unknown[]) {
    super();
    const { name } = this.constructor;
    const [
      inputSize,
      hiddenSize,
      numLayers = 1,
      bias = true,
      batchFirst = false,
      drop = 0,
      bidirectional = false,
      projSize = 0,
      nonlinearity = "tanh",
      ,
      dtype,
    ] = positional(name, NAMES, args);
    checkSizes(name, { inputSize, hiddenSize, numLayers });
    if (!(drop >= 0 && drop <= 1))
      throw new ValueError(`${name}: dropout should be a number in [0, 1], got ${drop}`);
    if (projSize < 0 || projSize >= hiddenSize)
      throw new ValueError(`${name}: projSize has to be smaller than hiddenSize, got ${projSize}`);
    if (projSize > 0 && mode !== "LSTM") throw new ValueError(`${name}: projSize is for LSTM only`);
    if (nonlinearity !== "tanh" && nonlinearity !== "relu")
      throw new ValueError(`${name}: nonlinearity must be "tanh" or "relu", got ${String(nonlinearity)}`);
    this.mode = mode ?? (nonlinearity === "tanh" ? "RNN_TANH" : "RNN_RELU");
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.bias = bias;
    this.batchFirst = batchFirst;
    this.dropout = drop;
    this.bidirectional = bidirectional;
    this.projSize = projSize;
    const rows = STEPS[this.mode].gates * hiddenSize,
      outSize = projSize || hiddenSize;
    for (let layer = 0; layer < numLayers; layer++)
      for (const end of this.ends(layer)) {
        const from = layer === 0 ? inputSize : outSize * (bidirectional ? 2 : 1);
        this.registerParameter(`weight_ih_${end}`, parameter([rows, from], dtype));
        this.registerParameter(`weight_hh_${end}`, parameter([rows, outSize], dtype));
        if (bias) {
          this.registerParameter(`bias_ih_${end}`, parameter([rows], dtype));
          this.registerParameter(`bias_hh_${end}`, parameter([rows], dtype));
        }
        if (projSize > 0)
          this.registerParameter(`weight_hr_${end}`, parameter([projSize, hiddenSize], dtype));
      }
    this.resetParameters();
  }
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.hiddenSize);
    for (const p of this.parameters()) uniform_(p, -bound, bound);
  }
  /** Name endings of a layer's parameters, by direction. */
  private ends(layer: number): string[] {
    return this.bidirectional ? [`l${layer}`, `l${layer}_reverse`] : [`l${layer}`];
  }
  private get(name: string): Parameter | null {
    return ((this as unknown as Record<string, Parameter | undefined>)[name] ?? null) as Parameter | null;
  }

  /** Output [time, batch, directions * size] of the last layer, and the last states [layers * directions, batch, size]. */
  protected run(input: Tensor, given: readonly Tensor[] | null): [Tensor, Tensor[]] {
    const { name } = this.constructor;
    if ((input.ndim !== 2 && input.ndim !== 3) || input.shape[input.ndim - 1] !== this.inputSize)
      throw new ShapeError(
        `${name}: expected an input of 2 or 3 dimensions, the last of size ${this.inputSize}, got ${shapeText(input.shape)}`,
      );
    const single = input.ndim === 2;
    let x = single ? input.unsqueeze(1) : this.batchFirst ? input.transpose(0, 1) : input;
    if (x.shape[0] === 0) throw new ShapeError(`${name}: expected at least one step in time`);
    const count = this.mode === "LSTM" ? 2 : 1;
    const states = this.initialStates(x, given, single, count);
    const last: Tensor[][] = [];
    for (let layer = 0; layer < this.numLayers; layer++) {
      const outputs = this.ends(layer).map((end, direction) => {
        const index = layer * (this.bidirectional ? 2 : 1) + direction;
        const [out, state] = this.walk(
          x,
          end,
          states.map((s) => s.select(0, index)),
          direction === 1,
        );
        last.push(state);
        return out;
      });
      x = outputs.length === 1 ? outputs[0]! : cat(outputs, 2);
      if (this.dropout > 0 && layer < this.numLayers - 1) x = dropout(x, this.dropout, this.training);
    }
    const finals = Array.from({ length: count }, (_, k) =>
      stack(
        last.map((state) => state[k]!),
        0,
      ),
    );
    if (single) return [x.squeeze(1), finals.map((s) => s.squeeze(1))];
    return [this.batchFirst ? x.transpose(0, 1) : x, finals];
  }

  private initialStates(
    x: Tensor,
    given: readonly Tensor[] | null,
    single: boolean,
    count: number,
  ): Tensor[] {
    const layers = this.numLayers * (this.bidirectional ? 2 : 1),
      batch = x.shape[1]!;
    return Array.from({ length: count }, (_, k) => {
      const shape = [layers, batch, k === 0 && this.projSize > 0 ? this.projSize : this.hiddenSize];
      if (given === null) return x.newZeros(shape);
      const state = single && given[k]!.ndim === 2 ? given[k]!.unsqueeze(1) : given[k]!;
      if (!sameShape(state.shape, shape))
        throw new ShapeError(
          `${this.constructor.name}: expected a ${k === 0 ? "hidden" : "cell"} state of shape ${shapeText(shape)}, got ${shapeText(given[k]!.shape)}`,
        );
      return state;
    });
  }

  private walk(x: Tensor, end: string, start: Tensor[], backwards: boolean): [Tensor, Tensor[]] {
    const { step } = STEPS[this.mode];
    const shares = linear(x, this.get(`weight_ih_${end}`)!, this.get(`bias_ih_${end}`));
    const weight = this.get(`weight_hh_${end}`)!,
      bias = this.get(`bias_hh_${end}`),
      weightHr = this.get(`weight_hr_${end}`) ?? undefined,
      length = x.shape[0]!;
    if ((this.mode === "LSTM" || this.mode === "GRU") && weightHr === undefined) {
      const found = walk(this.mode, shares, weight, bias, start[0]!, start[1] ?? null, backwards);
      const [out, cell] = found as [Tensor, Tensor?];
      const last = out.select(0, backwards ? 0 : length - 1);
      return [out, cell === undefined ? [last] : [last, cell]];
    }
    const gates = unbind(shares),
      outputs = new Array<Tensor>(length);
    let state: [Tensor, Tensor?] = [start[0]!, start[1]];
    for (let i = 0; i < length; i++) {
      const t = backwards ? length - 1 - i : i;
      state = step(gates[t]!, state, weight, bias, weightHr);
      outputs[t] = state[0];
    }
    return [stack(outputs, 0), state as Tensor[]];
  }

  override extraRepr(): string {
    let text = `${this.inputSize}, ${this.hiddenSize}`;
    if (this.projSize !== 0) text += `, proj_size=${this.projSize}`;
    if (this.numLayers !== 1) text += `, num_layers=${this.numLayers}`;
    if (!this.bias) text += `, bias=${pythonText(this.bias)}`;
    if (this.batchFirst) text += ", batch_first=True";
    if (this.dropout !== 0) text += `, dropout=${pythonText(this.dropout)}`;
    if (this.bidirectional) text += ", bidirectional=True";
    return text;
  }
}

/** Elman network over a sequence: `[output, h]` from an input [time, batch, features] and a first state, zeros by default. */
export class RNN extends Recurrent {
  protected static get inputs(): Names {
    return ["input", "hx"];
  }
  constructor(inputSize: number, hiddenSize: number, ...rest: (number | boolean | RNNOptions)[]) {
    super(null, [inputSize, hiddenSize, ...rest]);
  }
  override forward(input: Tensor, hx?: Tensor | null): [output: Tensor, h: Tensor] {
    const [output, [h]] = this.run(input, hx ? [hx] : null);
    return [output, h!];
  }
}

/** LSTM over a sequence: `[output, [h, c]]` from an input [time, batch, features] and a first state [h, c], zeros by default. */
export class LSTM extends Recurrent {
  protected static get inputs(): Names {
    return ["input", "hx"];
  }
  constructor(inputSize: number, hiddenSize: number, ...rest: (number | boolean | LSTMOptions)[]) {
    super("LSTM", [inputSize, hiddenSize, ...rest]);
  }
  override forward(
    input: Tensor,
    hx?: readonly [Tensor, Tensor] | null,
  ): [output: Tensor, state: [h: Tensor, c: Tensor]] {
    const [output, state] = this.run(input, hx ?? null);
    return [output, state as [Tensor, Tensor]];
  }
}

/** Gated recurrent units over a sequence: `[output, h]` from an input [time, batch, features] and a first state, zeros by default. */
export class GRU extends Recurrent {
  protected static get inputs(): Names {
    return ["input", "hx"];
  }
  constructor(inputSize: number, hiddenSize: number, ...rest: (number | boolean | RecurrentOptions)[]) {
    super("GRU", [inputSize, hiddenSize, ...rest]);
  }
  override forward(input: Tensor, hx?: Tensor | null): [output: Tensor, h: Tensor] {
    const [output, [h]] = this.run(input, hx ? [hx] : null);
    return [output, h!];
  }
}
