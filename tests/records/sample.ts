import * as torch from "../../ts/index.ts";

type Tensor = torch.Tensor;

/** Sizes around the width of a vector and of a block. */
export const SIZES = [0, 1, 3, 4, 5, 127, 128, 129];

/** Makes one argument of a sample, of size class `n`; `k` tells the arguments of a call apart. */
export type Make = (n: number, k: number) => Tensor;
type Shape = readonly (number | "n")[] | ((n: number) => number[]);

export interface Options {
  /** Least and greatest size class; the default is all of them. */
  from?: number;
  to?: number;
  /** Equal elements are a kink of the function: no expanded inputs. */
  distinct?: true;
  /** PyTorch has no second derivative either, or the record names the reason. */
  once?: true;
  /** The record names the reason why there is no gradient at all. */
  none?: true;
  /** Relative bound on what float32 may differ by from float64, results and gradients; default 1e-4. */
  float32?: number;
  /** Step of the differences; default 1e-6. */
  eps?: number;
}

/** A call of an op, and how its tensors are made for each size class. */
export interface Sample extends Options {
  call: (...xs: Tensor[]) => Tensor | readonly Tensor[];
  makes: readonly Make[];
}

export const of = (call: Sample["call"], makes: readonly Make[], options: Options = {}): Sample => ({
  call,
  makes,
  ...options,
});

const shaped = (shape: Shape, n: number): number[] =>
  typeof shape === "function" ? shape(n) : shape.map((size) => (size === "n" ? n : size));
const countOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Multiples of an irrational number modulo 1: without order, and evenly apart. */
const scattered = (count: number, k: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => ((i + 1) * 0.6180339887498949 + k * 0.2236) % 1);

/** Differentiable float64 numbers between `low` and `high`, all different. */
export const real =
  (shape: Shape, low = -2, high = 2): Make =>
  (n, k) => {
    const sizes = shaped(shape, n);
    const values = scattered(countOf(sizes), k).map((v) => low + (high - low) * v);
    return torch.tensor(values).reshape(sizes).requiresGrad_();
  };

/** The same without a gradient. */
export const fixed =
  (make: Make): Make =>
  (n, k) =>
    make(n, k).detach();

/** Differentiable matrices of full rank, off singularity by `diagonal` on it. */
export const matrix =
  (shape: Shape, diagonal = 0): Make =>
  (n, k) => {
    const sizes = shaped(shape, n);
    const values = scattered(countOf(sizes), k).map((v, i) => Math.sin(9 * v + i * i + k));
    const x = torch.tensor(values).reshape(sizes);
    const [rows, columns] = sizes.slice(-2) as [number, number];
    return x
      .add(torch.eye(rows, columns, { dtype: torch.float64 }).mul(diagonal))
      .detach()
      .requiresGrad_();
  };

/** Integers in [0, bound), int64; without repetition while there are enough of them. */
export const integers =
  (shape: Shape, bound: number | "n" | ((n: number) => number)): Make =>
  (n, k) => {
    const sizes = shaped(shape, n);
    const limit = typeof bound === "function" ? bound(n) : bound === "n" ? n : bound;
    const step = [7, 5, 3, 2, 1].find((s) => limit % s !== 0) ?? 1;
    const values = Array.from({ length: countOf(sizes) }, (_, i) => BigInt((i * step + k) % limit));
    return torch.tensor(BigInt64Array.from(values)).reshape(sizes);
  };

/** Two of three elements true. */
export const mask =
  (shape: Shape): Make =>
  (n) => {
    const sizes = shaped(shape, n);
    const values = Array.from({ length: countOf(sizes) }, (_, i) => i % 3 !== 1);
    return torch.tensor(values, { dtype: torch.bool }).reshape(sizes);
  };

type Interval = readonly [low: number, high: number];
type One = (x: Tensor) => Tensor;
type Two = (x: Tensor, y: Tensor) => Tensor;
type Three = (x: Tensor, y: Tensor, z: Tensor) => Tensor;

/** A function of each element, smooth between `low` and `high`. */
export const elementwise = (f: One, low = -2, high = 2, options: Options = {}): Sample[] => [
  of(f, [real(["n"], low, high)], options),
  of(f, [real([3, "n", 2], low, high)], options),
];

const PAIRS: readonly [Shape, Shape][] = [
  [["n"], ["n"]],
  [[3, 1], ["n"]],
  [[], ["n"]],
  [["n", 2], []],
  [
    [2, "n"],
    [2, 1],
  ],
];
/** A function of pairs of elements that broadcast. */
export const pairwise = (
  f: Two,
  a: Interval = [-2, 2],
  b: Interval = [-2, 2],
  options: Options = {},
): Sample[] => PAIRS.map(([sa, sb]) => of(f, [real(sa, ...a), real(sb, ...b)], options));

const TRIPLES: readonly [Shape, Shape, Shape][] = [
  [["n"], ["n"], ["n"]],
  [[3, 1], ["n"], []],
  [["n"], [2, 1], [2, "n"]],
];
/** A function of three that broadcast. */
export const threefold = (
  f: Three,
  a: Interval = [-2, 2],
  b: Interval = [-2, 2],
  c: Interval = [-2, 2],
  options: Options = {},
): Sample[] =>
  TRIPLES.map(([sa, sb, sc]) => of(f, [real(sa, ...a), real(sb, ...b), real(sc, ...c)], options));

/** The size classes of a sample. */
export const sizesOf = ({ from = 0, to = 129 }: Sample): number[] =>
  SIZES.filter((n) => n >= from && n <= to);

export const argumentsOf = (sample: Sample, n: number): Tensor[] => sample.makes.map((make, k) => make(n, k));

const again = (like: Tensor, x: Tensor): Tensor => x.requiresGrad_(like.requiresGrad);

/** The same numbers, every second element of a block whose dimensions lie in reverse. */
export function strided(x: Tensor): Tensor {
  if (x.ndim === 0) return x;
  const block = torch.zeros([...x.shape].reverse().concat(2), { dtype: x.dtype });
  const view = block.select(-1, 1).permute(x.shape.map((_, d) => x.ndim - 1 - d));
  view.copy_(x.detach());
  return again(x, view);
}

/** The first row again and again: stride 0 along dimension 0. */
export function expanded(x: Tensor): Tensor {
  if (x.ndim === 0 || x.numel() === 0 || !x.dtype.isFloatingPoint) return x;
  return again(x, x.detach().narrow(0, 0, 1).clone().expand(x.shape));
}
