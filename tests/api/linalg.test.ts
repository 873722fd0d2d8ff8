import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { eye, leaf, positive, regular, sines } from "./matrices.ts";
import { closeTo } from "./sines.ts";

const { linalg } = torch;

describe("factorisations rebuild their input", () => {
  test("QR: reduced, complete and R alone, tall, wide, in batches", () => {
    for (const shape of [
      [5, 3],
      [3, 5],
      [4, 4],
      [2, 3, 6, 2],
    ]) {
      const A = sines(shape, 7);
      for (const mode of ["reduced", "complete"] as const) {
        const { Q, R } = linalg.qr(A, mode);
        closeTo(Q.matmul(R), A, 1e-12);
        const QtQ = Q.mT.matmul(Q);
        closeTo(QtQ, eye(QtQ.shape.at(-1)!).expand(QtQ.shape), 1e-12);
        expect(R.tril(-1).abs().max().item()).toBe(0);
      }
      closeTo(linalg.qr(A, { mode: "r" }).R, linalg.qr(A).R, 1e-12);
    }
    // LAPACK's signs
    const { Q, R } = linalg.qr(
      torch.tensor([
        [3, 1],
        [4, 2],
      ]),
    );
    closeTo(R, [-5, -2.2, 0, 0.4], 1e-6);
    closeTo(Q, [-0.6, -0.8, -0.8, 0.6], 1e-6);
    const { a, tau } = torch.geqrf(sines([5, 3], 7));
    closeTo(torch.orgqr(a, tau), linalg.qr(sines([5, 3], 7)).Q, 1e-12);
    expect(() => linalg.qr(Q, "full" as never)).toThrow(torch.ValueError);
  });

  test("LU with partial pivoting, and what its parts solve", () => {
    for (const shape of [
      [4, 4],
      [5, 3],
      [3, 5],
      [2, 3, 3],
    ]) {
      const A = sines(shape, 5);
      const { P, L, U } = linalg.lu(A);
      closeTo(P.matmul(L).matmul(U), A, 1e-12);
      expect(L.abs().max().item()).toBe(1);
      const { LU, pivots } = linalg.luFactor(A);
      expect(pivots.dtype).toBe(torch.int32);
      const parts = torch.luUnpack(LU, pivots);
      closeTo(parts.P.matmul(parts.L).matmul(parts.U), A, 1e-12);
    }
    const A = regular([2, 4, 4]),
      B = sines([2, 4, 3], 3);
    const { LU, pivots } = linalg.luFactor(A);
    closeTo(A.matmul(linalg.luSolve(LU, pivots, B)), B, 1e-12);
    closeTo(A.mT.matmul(linalg.luSolve(LU, pivots, B, { adjoint: true })), B, 1e-12);
    closeTo(linalg.luSolve(LU, pivots, B.mT, { left: false }).matmul(A), B.mT, 1e-12);
    closeTo(A.matmul(torch.luSolve(B, LU, pivots)), B, 1e-12);
    expect(() => linalg.luSolve(LU, pivots.add(9).int(), B)).toThrow(torch.ValueError);
  });

  test("Cholesky, lower and upper, and its refusals", () => {
    const A = positive([2, 4, 4]);
    const L = linalg.cholesky(A);
    closeTo(L.matmul(L.mT), A, 1e-12);
    expect(L.triu(1).abs().max().item()).toBe(0);
    const U = linalg.cholesky(A, { upper: true });
    closeTo(U, L.mT, 1e-12);
    closeTo(torch.choleskyInverse(L), linalg.inv(A), 1e-10);
    const B = sines([2, 4, 2]);
    closeTo(A.matmul(torch.choleskySolve(B, U, true)), B, 1e-11);
    expect(() => linalg.cholesky(eye(3).neg())).toThrow(/not positive-definite/);
    expect(
      linalg
        .choleskyEx(
          torch.tensor([
            [1, 0],
            [0, -1],
          ]),
        )
        .info.item(),
    ).toBe(2);
  });

  test("singular values: tall, wide, of lower rank, full and reduced", () => {
    for (const shape of [
      [5, 3],
      [3, 5],
      [2, 4, 4],
    ]) {
      const A = sines(shape, 7);
      for (const full of [false, true]) {
        const { U, S, Vh } = linalg.svd(A, full);
        const k = S.shape.at(-1)!;
        closeTo(
          U.narrow(-1, 0, k)
            .mul(S.unsqueeze(-2))
            .matmul(Vh.narrow(-2, 0, k)),
          A,
          1e-12,
        );
        const UtU = U.mT.matmul(U);
        closeTo(UtU, eye(UtU.shape.at(-1)!).expand(UtU.shape), 1e-12);
      }
      closeTo(linalg.svdvals(A), linalg.svd(A).S, 1e-12);
    }
    const ones = torch.ones([4, 3], { dtype: torch.float64 });
    const { U, S } = linalg.svd(ones);
    closeTo(S, [Math.sqrt(12), 0, 0], 1e-12);
    closeTo(U.mT.matmul(U), eye(4), 1e-12);
    expect(linalg.matrixRank(ones).item()).toBe(1);
    expect(linalg.matrixRank(eye(4)).dtype).toBe(torch.int64);
    expect(linalg.matrixRank(sines([3, 3]).triu().add(eye(3)), { atol: 100 }).item()).toBe(0);
    expect(() =>
      linalg.svd(
        torch.tensor([
          [Number.NaN, 1],
          [1, 2],
        ]),
      ),
    ).toThrow(torch.ValueError);
    closeTo(torch.svd(sines([3, 2])).S, linalg.svdvals(sines([3, 2])), 1e-12);
  });

  test("symmetric eigenvalues rise and read one triangle", () => {
    const A = positive([2, 5, 5]);
    const { eigenvalues, eigenvectors } = linalg.eigh(A);
    closeTo(eigenvectors.mul(eigenvalues.unsqueeze(-2)).matmul(eigenvectors.mT), A, 1e-12);
    closeTo(linalg.eigvalsh(A.triu(), "U"), eigenvalues, 1e-12);
    closeTo(linalg.eigvalsh(A.tril(), { UPLO: "L" }), eigenvalues, 1e-12);
    closeTo(
      linalg.eigvalsh(
        torch.tensor([
          [2, 1],
          [1, 2],
        ]),
      ),
      [1, 3],
      1e-6,
    );
    expect(() => linalg.eigh(A, "X" as never)).toThrow(torch.ValueError);
  });
});

test("general eigenvalues where they are real", () => {
  const V = regular([2, 5, 5]),
    L = torch.tensor(Float64Array.of(3, -1, 0.5, 7, 2));
  const A = V.mul(L).matmul(linalg.inv(V));
  const { eigenvalues, eigenvectors } = linalg.eig(A);
  closeTo(eigenvalues.sort(-1).values, L.sort().values.expand([2, 5]), 1e-11);
  closeTo(A.matmul(eigenvectors), eigenvectors.mul(eigenvalues.unsqueeze(-2)), 1e-11);
  closeTo(eigenvectors.square().sum(-2), torch.ones([2, 5]).double(), 1e-12);
  closeTo(linalg.eigvals(eye(3)), [1, 1, 1]);
  closeTo(linalg.eig(eye(3)).eigenvectors.abs().det(), [1]);
  const slow = torch.triu(torch.ones([6, 6])).double();
  closeTo(linalg.eigvals(slow), Array(6).fill(1));
  expect(() =>
    linalg.eigvals(
      torch.tensor([
        [0, 1],
        [-1, 0],
      ]),
    ),
  ).toThrow(/complex eigenvalues/);
});

describe("systems", () => {
  test("solve: matrices, vectors, from the right, broadcast", () => {
    const A = regular([2, 4, 4]),
      B = sines([4, 3], 3);
    closeTo(A.matmul(linalg.solve(A, B)), B.expand([2, 4, 3]), 1e-12);
    const v = sines([2, 4]);
    closeTo(A.matmul(linalg.solve(A, v).unsqueeze(-1)).squeeze(-1), v, 1e-12);
    closeTo(linalg.solve(A, B.mT, { left: false }).matmul(A), B.mT.expand([2, 3, 4]), 1e-12);
    closeTo(linalg.inv(A).matmul(A), eye(4).expand([2, 4, 4]), 1e-12);
    closeTo(linalg.solveTriangular(A, B, { upper: true }), linalg.solve(A.triu(), B), 1e-10);
    closeTo(
      linalg.solveTriangular(A, B, { upper: false, unitriangular: true }),
      linalg.solve(A.tril(-1).add(eye(4)), B),
      1e-10,
    );
    const { solution } = torch.triangularSolve(B, A.at(0), { transpose: true });
    closeTo(solution, linalg.solve(A.at(0).triu().mT, B), 1e-10);
    expect(linalg.solve(torch.zeros([0, 0]), torch.zeros([0, 2])).shape).toEqual([0, 2]);
  });

  test("refusals name the rule", () => {
    const flat = torch.ones([3, 3]);
    expect(() => linalg.inv(flat)).toThrow(/singular/);
    expect(() => linalg.solve(flat, torch.ones([3]))).toThrow(torch.ValueError);
    expect(linalg.invEx(flat).info.item()).toBe(2);
    expect(() => linalg.inv(torch.ones([2, 3]))).toThrow(torch.ShapeError);
    expect(() => linalg.inv(torch.ones([3]))).toThrow(torch.ShapeError);
    expect(() => linalg.solve(flat, torch.ones([4, 1]))).toThrow(torch.ShapeError);
    expect(() => linalg.inv(torch.tensor([[1n]]))).toThrow(torch.DtypeError);
    expect(() => linalg.solve(flat, torch.ones([3], { dtype: torch.float64 }))).toThrow(torch.DtypeError);
    expect(() => linalg.inv(flat, { oops: 1 } as never)).toThrow(/unknown option/);
  });

  test("least squares and pseudo-inverses", () => {
    for (const shape of [
      [6, 3],
      [3, 6],
      [2, 4, 4],
    ]) {
      const A = sines(shape, 7);
      const P = linalg.pinv(A);
      closeTo(A.matmul(P).matmul(A), A, 1e-11);
      closeTo(P.matmul(A).matmul(P), P, 1e-11);
      const B = sines([...shape.slice(0, -1), 2], 4);
      closeTo(linalg.lstsq(A, B).solution, P.matmul(B), 1e-11);
    }
    const A = sines([6, 3], 7),
      B = sines([6, 2], 4);
    const { solution, residuals, rank, singularValues } = linalg.lstsq(A, B, { driver: "gelsd" });
    closeTo(residuals, A.matmul(solution).sub(B).square().sum(0), 1e-11);
    expect(rank.item()).toBe(3);
    closeTo(singularValues, linalg.svdvals(A));
    closeTo(
      linalg.pinv(torch.ones([2, 3])),
      [1, 1, 1, 1, 1, 1].map((x) => x / 6),
      1e-6,
    );
    closeTo(linalg.pinv(positive([3, 3]), { hermitian: true }), linalg.inv(positive([3, 3])), 1e-10);
  });

  test("tensorinv and tensorsolve", () => {
    const A = regular([6, 6]).reshape([2, 3, 6]);
    closeTo(torch.tensordot(linalg.tensorinv(A, 2), A, 2).reshape([6, 6]), eye(6), 1e-11);
    const B = sines([2, 3]);
    closeTo(torch.tensordot(A, linalg.tensorsolve(A, B), 1), B, 1e-11);
    expect(() => linalg.tensorinv(sines([2, 3, 4]))).toThrow(torch.ShapeError);
  });
});

describe("determinants, norms and products", () => {
  test("det, slogdet, logdet", () => {
    const A = torch.tensor([
      [0, 2],
      [3, 4],
    ]);
    expect(linalg.det(A).item()).toBeCloseTo(-6, 5);
    const { sign, logabsdet } = linalg.slogdet(A);
    expect(sign.item()).toBe(-1);
    expect(logabsdet.item()).toBeCloseTo(Math.log(6), 5);
    expect(torch.logdet(A).item()).toBeNaN();
    expect(linalg.det(torch.zeros([0, 0])).item()).toBe(1);
    expect(linalg.slogdet(torch.zeros([2, 2])).logabsdet.item()).toBe(Number.NEGATIVE_INFINITY);
  });

  test("the gradient of det at singular matrices is their adjugate", () => {
    const A = leaf(
      torch
        .tensor([
          [1, 2],
          [2, 4],
        ])
        .double(),
    );
    linalg.det(A).backward();
    closeTo(A.grad!, [4, -2, -2, 1], 1e-12);
    const Z = leaf(torch.zeros([3, 3], { dtype: torch.float64 }));
    linalg.det(Z).backward();
    closeTo(Z.grad!, Array(9).fill(0));
  });

  test("norms of matrices and vectors", () => {
    const A = torch.tensor([
      [1, -2],
      [3, 4],
    ]);
    expect(linalg.norm(A).item()).toBeCloseTo(Math.sqrt(30), 5);
    expect(linalg.matrixNorm(A, 1).item()).toBe(6);
    expect(linalg.matrixNorm(A, -1).item()).toBe(4);
    expect(linalg.matrixNorm(A, Number.POSITIVE_INFINITY).item()).toBe(7);
    expect(linalg.matrixNorm(A, "nuc").item()).toBeCloseTo(linalg.svdvals(A).sum().item() as number, 5);
    expect(linalg.norm(A, 2, { keepdim: true }).shape).toEqual([1, 1]);
    expect(linalg.matrixNorm(sines([2, 3, 4]), 2, [0, 2], true).shape).toEqual([1, 3, 1]);
    expect(linalg.vectorNorm(A, 3, 0).shape).toEqual([2]);
    expect(linalg.vectorNorm(A, 0).item()).toBe(4);
    expect(
      linalg
        .cond(
          torch.tensor([
            [2, 0],
            [0, 1],
          ]),
        )
        .item(),
    ).toBeCloseTo(2, 5);
    expect(linalg.cond(torch.ones([2, 2]), 1).item()).toBe(Number.POSITIVE_INFINITY);
    expect(() => linalg.norm(sines([2, 2, 2]), 2)).toThrow(torch.ShapeError);
    expect(() => linalg.norm(A, "fro", 1)).toThrow(torch.ValueError);
    expect(() => linalg.vectorNorm(torch.tensor([1n]))).toThrow(torch.DtypeError);
  });

  test("powers, exponentials, chains, cross and inner products", () => {
    const A = regular([3, 3]);
    closeTo(linalg.matrixPower(A, 5), A.matmul(A).matmul(A).matmul(A).matmul(A), 1e-12);
    closeTo(linalg.matrixPower(A, -2).matmul(A).matmul(A), eye(3), 1e-11);
    closeTo(linalg.matrixPower(A, 0), eye(3));
    closeTo(linalg.matrixExp(A).matmul(linalg.matrixExp(A.neg())), eye(3), 1e-11);
    closeTo(
      linalg.matrixExp(
        torch
          .tensor([
            [0, -Math.PI],
            [Math.PI, 0],
          ])
          .double(),
      ),
      [-1, 0, 0, -1],
      1e-6,
    );
    const chain = [sines([2, 10]), sines([10, 3]), sines([3, 7])];
    closeTo(linalg.multiDot(chain), chain[0]!.matmul(chain[1]!).matmul(chain[2]!), 1e-12);
    expect(linalg.multiDot([sines([3]), sines([3, 3]), sines([3])]).shape).toEqual([]);
    const x = torch.tensor([1, 0, 0]),
      y = torch.tensor([0, 1, 0]);
    expect(linalg.cross(x, y).tolist()).toEqual([0, 0, 1]);
    expect(torch.cross(sines([3, 4]), sines([3, 4], 2)).shape).toEqual([3, 4]);
    expect(linalg.vecdot(sines([2, 3]), sines([3], 2)).shape).toEqual([2]);
    expect(linalg.vander(torch.tensor([2n, 3n]), { N: 3 }).tolist()).toEqual([
      [1, 2, 4],
      [1, 3, 9],
    ]);
    expect(() => linalg.cross(sines([4]), sines([4]))).toThrow(torch.ShapeError);
    expect(() => linalg.multiDot([sines([2, 3])])).toThrow(torch.ValueError);
  });
});

test("float32 in, float32 out; nothing of batches of none", () => {
  const A = torch.ones([0, 3, 3], { requiresGrad: true });
  for (const f of [linalg.inv, linalg.det, linalg.cholesky, linalg.svdvals, linalg.eigvalsh, linalg.pinv]) {
    const out = f(A);
    expect(out.dtype).toBe(torch.float32);
    expect(out.numel()).toBe(0);
    out.sum().backward();
  }
  expect(A.grad!.shape).toEqual([0, 3, 3]);
  expect(linalg.svdvals(torch.ones([3, 0])).shape).toEqual([0]);
  expect(linalg.pinv(torch.ones([3, 0])).shape).toEqual([0, 3]);
  expect(linalg.lstsq(torch.ones([3, 2]), torch.ones([3, 1])).solution.dtype).toBe(torch.float32);
});

// From PyTorch 1.13.1.
test("eigenvectors turn only: the gradient of eigh is symmetric", () => {
  const A = leaf(
    torch.tensor([
      [1, 2],
      [0, 4],
    ]),
  );
  const V = linalg.eigh(A, "U").eigenvectors;
  const w = torch.tensor([
    [1, 2],
    [3, 4],
  ]);
  V.mul(V.at(0).detach().sign()).pow(3).mul(w).sum().backward();
  closeTo(A.grad!, [-0.4723, -0.3542, -0.3542, 0.4723], 1e-4);
});

test("a norm of order 0 counts: it gives no gradient; order 2 at 0 gives 0 twice", () => {
  const x = leaf(torch.tensor([3, 0]));
  torch.norm(x, 0).backward();
  expect(x.grad).toBe(null);
  const g = torch.ones([], { requiresGrad: true });
  const zero = leaf(torch.zeros(2));
  const [slope] = torch.autograd.grad(linalg.norm(zero), zero, { gradOutputs: g, createGraph: true });
  const [second] = torch.autograd.grad(slope!.sum(), g);
  expect([slope!.tolist(), second!.item()]).toEqual([[0, 0], 0]);
});

test("vander of a single number is one row", () => {
  expect(linalg.vander(torch.tensor(3), { N: 3 }).tolist()).toEqual([[1, 3, 9]]);
});

test("torch.norm sums singular values too", () => {
  expect(torch.norm(torch.diag(torch.tensor([3, -4])), "nuc").item()).toBeCloseTo(7, 5);
  expect(torch.eye(2).expand([3, 2, 2]).norm("nuc", [1, 2]).tolist()).toEqual([2, 2, 2]);
  expect(() => torch.norm(torch.ones(2), "nuc")).toThrow(torch.ShapeError);
});
