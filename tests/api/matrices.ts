// Matrices whose values follow from a formula: regular, positive definite, the identity.
import * as torch from "../../ts/index.ts";
import { sines as waves } from "./sines.ts";

export type T = torch.Tensor;

/** Sines of sines: unlike those of a line, of full rank. */
export const sines = (shape: number[], k = 1): T => waves(shape, k).mul(9).sin();

export const eye = (n: number) => torch.eye(n, { dtype: torch.float64 });
/** Well-conditioned square matrices. */
export const regular = (shape: number[], k = 2): T =>
  sines(shape, k)
    .add(eye(shape.at(-1)!).mul(2))
    .detach();
export const positive = (shape: number[]): T => {
  const x = sines(shape, 3);
  return x
    .matmul(x.mT)
    .add(eye(shape.at(-1)!))
    .detach();
};
export const leaf = (x: T): T => x.clone().detach().requiresGrad_();
