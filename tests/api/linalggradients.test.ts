import { expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { leaf, positive, regular, sines, type T } from "./matrices.ts";
import { weighted } from "./sines.ts";

const { linalg } = torch;
const { gradcheck, gradgradcheck } = torch.autograd;

const symmetric = (x: T) => x.add(x.mT);
const GRADIENTS: [string, (...x: T[]) => T, T[]][] = [
  ["inv", (a) => linalg.inv(a), [regular([2, 3, 3])]],
  ["solve", (a, b) => linalg.solve(a, b), [regular([2, 3, 3]), sines([3, 2])]],
  ["solve from the right", (a, b) => linalg.solve(a, b, { left: false }), [regular([3, 3]), sines([2, 3])]],
  ["solve for a vector", (a, b) => linalg.solve(a, b), [regular([3, 3]), sines([3])]],
  [
    "solveTriangular",
    (a, b) => linalg.solveTriangular(a, b, { upper: true }),
    [regular([3, 3]), sines([3, 2])],
  ],
  ["det", (a) => linalg.det(a), [regular([2, 3, 3])]],
  ["slogdet", (a) => linalg.slogdet(a).logabsdet, [regular([3, 3])]],
  ["cholesky", (a) => linalg.cholesky(symmetric(a)), [positive([3, 3])]],
  ["cholesky, upper", (a) => linalg.cholesky(symmetric(a), true), [positive([3, 3])]],
  ["qr of tall", (a) => torch.cat([...linalg.qr(a)] as T[]), [sines([4, 3], 7)]],
  ["qr of wide", (a) => torch.cat([...linalg.qr(a)] as T[], 1), [sines([3, 4], 7)]],
  ["svdvals", (a) => linalg.svdvals(a), [sines([3, 4], 7)]],
  // Only what does not depend on the vectors' signs has a gradient.
  [
    "svd of tall",
    (a) => {
      const { U, S, Vh } = linalg.svd(a, false);
      return U.square().matmul(Vh.square()).mul(S.sum());
    },
    [sines([4, 3], 7)],
  ],
  [
    "svd of wide",
    (a) => {
      const { U, S, Vh } = linalg.svd(a, false);
      return U.square().matmul(Vh.square()).mul(S.sum());
    },
    [sines([2, 3], 7)],
  ],
  [
    "eigh",
    (a) => {
      const { eigenvalues, eigenvectors } = linalg.eigh(symmetric(a));
      return eigenvectors.square().mul(eigenvalues.unsqueeze(-2));
    },
    [sines([3, 3], 7)],
  ],
  ["eigvalsh", (a) => linalg.eigvalsh(symmetric(a)), [sines([3, 3], 7)]],
  [
    "eig",
    (a) => {
      const { eigenvalues, eigenvectors } = linalg.eig(a.add(torch.diag(torch.arange(3)).mul(4)));
      return eigenvectors.square().mul(eigenvalues.unsqueeze(-2));
    },
    [sines([3, 3], 7)],
  ],
  ["eigvals", (a) => linalg.eigvals(a.add(torch.diag(torch.arange(3)).mul(4))), [sines([3, 3], 7)]],
  ["pinv of tall", (a) => linalg.pinv(a), [sines([4, 2], 7)]],
  ["pinv of wide", (a) => linalg.pinv(a), [sines([2, 4], 7)]],
  ["lstsq", (a, b) => linalg.lstsq(a, b).solution, [sines([4, 2], 7), sines([4, 2])]],
  [
    "lu",
    (a) => {
      const { L, U } = linalg.lu(a);
      return L.matmul(L).add(U);
    },
    [sines([3, 3], 7)],
  ],
  [
    "lu of tall",
    (a) => {
      const { L, U } = linalg.lu(a);
      return torch.cat([L, U]);
    },
    [sines([4, 2], 7)],
  ],
  ["luFactor of wide", (a) => linalg.luFactor(a).LU, [sines([2, 4], 7)]],
  [
    "luSolve",
    (a, b) => linalg.luSolve(...(Object.values(linalg.luFactor(a)) as [T, T]), b, { adjoint: true }),
    [regular([3, 3]), sines([3, 2])],
  ],
  ["matrixExp", (a) => linalg.matrixExp(a), [sines([3, 3], 7)]],
  ["matrixPower", (a) => linalg.matrixPower(a, -3), [regular([3, 3])]],
  ["cross", (a, b) => linalg.cross(a, b), [sines([2, 3]), sines([1, 3], 2)]],
  ["householderProduct", (a, tau) => linalg.householderProduct(a, tau), [sines([4, 2], 7), sines([2], 3)]],
  ["matrixNorm", (a) => linalg.matrixNorm(a, "nuc"), [sines([3, 2], 7)]],
  ["vectorNorm", (a) => linalg.vectorNorm(a, 3, 1), [sines([3, 2], 7)]],
  ["cond", (a) => linalg.cond(a, 1), [regular([3, 3])]],
];
test.each(GRADIENTS)("%s: first and second derivatives agree with differences", (_, f, inputs) => {
  const leaves = inputs.map(leaf);
  const g = (...x: T[]) => weighted(f(...x));
  expect(gradcheck(g, leaves)).toBe(true);
  expect(gradgradcheck(g, leaves)).toBe(true);
});

test.each([
  ["of rank 2", [1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ["of rank 1", [1, 2, 3, 2, 4, 6, 3, 6, 9]],
  ["of rank 0", [0, 0, 0, 0, 0, 0, 0, 0, 0]],
])("det of a matrix %s: its second derivative is that of the polynomial", (_, elements) => {
  const A = leaf(torch.tensor(elements, { dtype: torch.float64 }).reshape(3, 3));
  const [a, b, c] = A.unbind() as [T, T, T];
  const second = (det: T) => {
    const [g] = torch.autograd.grad(det, [A], { createGraph: true }) as [T];
    return torch.autograd.grad(weighted(g), [A])[0] as T;
  };
  const off = second(linalg.det(A)).sub(second(a.dot(linalg.cross(b, c))));
  expect(off.abs().max().item()).toBeLessThan(1e-6);
});
