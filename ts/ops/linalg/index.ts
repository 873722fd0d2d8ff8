// torch.linalg.

export { matmul } from "../matmul.ts";
export { det, slogdet } from "./det.ts";
export { eig, eigh, eigvals, eigvalsh } from "./eigen.ts";
export { lu, luFactor, luFactorEx, luSolve } from "./lu.ts";
export { cond, matrixNorm, norm, vectorNorm } from "./norms.ts";
export { cross, diagonal, matrixExp, matrixPower, multiDot, vander, vecdot } from "./products.ts";
export { householderProduct, qr } from "./qr.ts";
export { inv, invEx, solve, solveEx, tensorinv, tensorsolve } from "./solve.ts";
export { lstsq, matrixRank, pinv, svd, svdvals } from "./svd.ts";
export { cholesky, choleskyEx, solveTriangular } from "./triangular.ts";
