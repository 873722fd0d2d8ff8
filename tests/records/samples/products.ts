import * as torch from "../../../ts/index.ts";
import { matrix, of, real, type Sample } from "../sample.ts";

type Tensor = torch.Tensor;
const { linalg } = torch;
const F = torch.nn.functional;

/** Matrices of up to 5 rows, well away from singular ones. */
const small = { to: 5, distinct: true, float32: 2e-3 } as const;
const positive = (x: Tensor) => x.matmul(x.mT).add(torch.eye(x.shape.at(-1)!, { dtype: x.dtype }));
const symmetric = (x: Tensor) => x.add(x.mT);
const square = matrix(["n", "n"], 3),
  batch = matrix([2, "n", "n"], 3);

export const PRODUCTS: Record<string, Sample[]> = {
  mm: [
    of((a, b) => torch.mm(a, b), [real([3, "n"]), real(["n", 2])]),
    of((a, b) => torch.mm(a, b), [real(["n", 5]), real([5, "n"])]),
    of((a, b) => torch.mm(a, b.t()), [real([1, "n"]), real([4, "n"])]),
  ],
  bmm: [of((a, b) => torch.bmm(a, b), [real([2, 3, "n"]), real([2, "n", 2])])],
  mv: [
    of((a, b) => torch.mv(a, b), [real([3, "n"]), real(["n"])]),
    of((a, b) => torch.mv(a, b), [real(["n", 3]), real([3])]),
  ],
  dot: [of((a, b) => torch.dot(a, b), [real(["n"]), real(["n"])])],
  matmul: [
    of((a, b) => torch.matmul(a, b), [real([2, 1, 3, "n"]), real([3, "n", 2])]),
    of((a, b) => torch.matmul(a, b), [real([2, 3, "n"]), real(["n", 2])]),
    of((a, b) => torch.matmul(a, b), [real(["n"]), real([2, "n", 3])]),
    of((a, b) => torch.matmul(a, b), [real([2, 3, "n"]), real(["n"])]),
  ],
  addmm: [
    of(
      (x, a, b) => torch.addmm(x, a, b, { beta: 0.5, alpha: 2 }),
      [real(["n"]), real([3, 2]), real([2, "n"])],
    ),
    of((x, a, b) => torch.addmm(x, a, b), [real([3, 2]), real([3, "n"]), real(["n", 2])]),
  ],
  baddbmm: [
    of(
      (x, a, b) => torch.baddbmm(x, a, b, { beta: 0.5, alpha: 2 }),
      [real([1, 2]), real([2, 3, "n"]), real([2, "n", 2])],
    ),
  ],
  addbmm: [
    of(
      (x, a, b) => torch.addbmm(x, a, b, { alpha: 2 }),
      [real([3, 2]), real([2, 3, "n"]), real([2, "n", 2])],
    ),
  ],
  addmv: [of((x, a, v) => torch.addmv(x, a, v, { beta: 2 }), [real(["n"]), real(["n", 3]), real([3])])],
  addr: [of((x, a, b) => torch.addr(x, a, b, { alpha: 3 }), [real([3, "n"]), real([3]), real(["n"])])],
  linear: [
    of((x, w, b) => F.linear(x, w, b), [real([3, "n"]), real([2, "n"]), real([2])]),
    of((x, w) => F.linear(x, w), [real(["n", 3]), real([4, 3])]),
    of((x, w) => F.linear(x, w), [real([2, 2, "n"]), real([3, "n"])]),
    of((x, w, b) => F.linear(x, w, b), [real([2, 2, "n"]), real([3, "n"]), real([3])]),
    of((x, w, b) => F.linear(x, w, b), [real([2, 1, 3, "n"]), real([2, "n"]), real([2])]),
  ],
  "linalg.cross": [
    of((a, b) => linalg.cross(a, b), [real(["n", 3]), real(["n", 3])]),
    of((a, b) => linalg.cross(a, b, { dim: 0 }), [real([3, "n"]), real([3, 1])]),
  ],
  matrixExp: [
    of((x) => torch.matrixExp(x), [real(["n", "n"])], small),
    of((x) => torch.matrixExp(x), [real([2, "n", "n"])], small),
  ],

  "linalg.det": [of((x) => linalg.det(x), [square], small), of((x) => linalg.det(x), [batch], small)],
  "linalg.slogdet": [
    of((x) => linalg.slogdet(x).logabsdet, [square], small),
    of((x) => linalg.slogdet(x).logabsdet, [batch], small),
  ],
  "linalg.invEx": [of((x) => linalg.inv(x), [square], small), of((x) => linalg.inv(x), [batch], small)],
  "linalg.solveEx": [
    of((a, b) => linalg.solve(a, b), [square, real(["n", 2])], small),
    of((a, b) => linalg.solve(a, b), [square, real(["n"])], small),
    of((a, b) => linalg.solve(a, b), [batch, real([2, "n", 2])], small),
    of((a, b) => linalg.solve(a, b, { left: false }), [batch, real([2, 3, "n"])], small),
  ],
  "linalg.solveTriangular": [
    of((a, b) => linalg.solveTriangular(a, b, { upper: true }), [square, real(["n", 2])], small),
    of(
      (a, b) => linalg.solveTriangular(a, b, { upper: false, left: false }),
      [batch, real([2, 3, "n"])],
      small,
    ),
    of(
      (a, b) => linalg.solveTriangular(a, b, { upper: false, unitriangular: true }),
      [square, real(["n", 2])],
      small,
    ),
  ],
  "linalg.choleskyEx": [
    of((x) => linalg.cholesky(positive(x)), [square], small),
    of((x) => linalg.cholesky(positive(x), { upper: true }), [batch], small),
  ],
  choleskyInverse: [
    of((x) => torch.choleskyInverse(x.tril()), [square], small),
    of((x) => torch.choleskyInverse(x.triu(), true), [square], small),
  ],
  choleskySolve: [
    of((b, x) => torch.choleskySolve(b, x.tril()), [real(["n", 2]), square], small),
    of((b, x) => torch.choleskySolve(b, x.triu(), true), [real([2, "n", 2]), batch], small),
  ],
  "linalg.eigh": [
    of(
      (x) => [linalg.eigh(symmetric(x)).eigenvalues, linalg.eigh(symmetric(x)).eigenvectors.abs()],
      [square],
      small,
    ),
    of((x) => linalg.eigh(symmetric(x), "U").eigenvalues, [batch], small),
  ],
  "linalg.eigvalsh": [
    of((x) => linalg.eigvalsh(symmetric(x)), [square], small),
    of((x) => linalg.eigvalsh(symmetric(x), "U"), [batch], small),
  ],
  "linalg.eig": [
    of((x) => linalg.eig(positive(x)).eigenvalues, [square], small),
    of((x) => linalg.eig(positive(x)).eigenvectors.abs(), [square], small),
  ],
  "linalg.eigvals": [of((x) => linalg.eigvals(positive(x)), [square], small)],
  luFactor: [
    of((x) => linalg.luFactor(x).LU, [square], small),
    of((x) => linalg.luFactor(x).LU, [matrix([2, "n", 2], 3)], small),
  ],
  lu: [
    of((x) => [linalg.lu(x).L, linalg.lu(x).U], [square], small),
    of((x) => [linalg.lu(x).L, linalg.lu(x).U], [matrix([2, 3, "n"], 3)], small),
  ],
  luSolve: [
    of(
      (x, b) => {
        const { LU, pivots } = linalg.luFactor(x);
        return linalg.luSolve(LU, pivots, b);
      },
      [square, real(["n", 2])],
      small,
    ),
  ],
  "linalg.qr": [
    of((x) => [linalg.qr(x).Q, linalg.qr(x).R], [square], small),
    of((x) => [linalg.qr(x).Q, linalg.qr(x).R], [matrix([2, 5, "n"], 3)], small),
  ],
  "linalg.svd": [
    of((x) => [linalg.svd(x).S, linalg.svd(x, false).U.abs()], [square], small),
    of((x) => linalg.svd(x, false).Vh.abs(), [matrix([2, 4, "n"])], { ...small, to: 3 }),
  ],
  "linalg.svdvals": [
    of((x) => linalg.svdvals(x), [square], small),
    of((x) => linalg.svdvals(x), [matrix([2, 3, "n"])], small),
  ],
  "linalg.pinv": [
    of((x) => linalg.pinv(x), [square], small),
    of((x) => linalg.pinv(x), [matrix([2, 3, "n"], 2)], small),
  ],
  "linalg.lstsq": [
    of((a, b) => linalg.lstsq(a, b).solution, [matrix([6, "n"], 2), real([6, 2])], { ...small, from: 1 }),
  ],
};
