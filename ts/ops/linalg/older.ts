// The functions of linear algebra that stand in `torch` itself and are methods too.
export { det, logdet, slogdet } from "./det.ts";
export { luUnpack, oldLuSolve as luSolve } from "./lu.ts";
export { matrixExp, matrixPower, oldCross as cross } from "./products.ts";
export { geqrf, householderProduct as orgqr, oldQr as qr } from "./qr.ts";
export { inv as inverse } from "./solve.ts";
export { oldSvd as svd, pinv as pinverse } from "./svd.ts";
export { cholesky, choleskyInverse, choleskySolve, triangularSolve } from "./triangular.ts";
