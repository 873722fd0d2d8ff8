import { afterEach, describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";

const { init } = torch.nn;
afterEach(() => {
  torch.manualSeed(0);
});

/** Numbers to the precision in which they are quoted here. */
function near(x: torch.Tensor, want: number[], digits = 4): void {
  const got = x.flatten().tolist() as number[];
  expect(got.map((v) => v.toFixed(digits))).toEqual(want.map((v) => v.toFixed(digits)));
}

describe("the stream is PyTorch's", () => {
  test("torch.manual_seed(0): rand, randn, randint, randperm", () => {
    torch.manualSeed(0);
    near(torch.rand(4), [0.4963, 0.7682, 0.0885, 0.132]);
    torch.manualSeed(0);
    near(torch.randn(2, 3), [1.541, -0.2934, -2.1788, 0.5684, -1.0845, -1.3986]);
    torch.manualSeed(0);
    expect(torch.randint(10, [5]).tolist()).toEqual([4, 9, 3, 0, 3]);
    torch.manualSeed(0);
    expect(torch.randperm(10).tolist()).toEqual([4, 1, 7, 5, 3, 9, 0, 8, 6, 2]);
  });

  test("blocks of sixteen do not touch the cached normal value", () => {
    torch.manualSeed(5);
    const [a, b, c] = torch.randn(3).tolist() as number[];
    torch.manualSeed(5);
    expect(torch.randn(1).item()).toBe(a);
    torch.randn(20);
    expect(torch.randn([]).item()).toBe(b);
    expect(c).not.toBe(torch.randn([]).item());
  });

  test("only the low 32 bits of a seed count; negative ones wrap", () => {
    torch.manualSeed(7);
    const first = torch.rand(3).tolist();
    torch.manualSeed(2 ** 33 + 7);
    expect(torch.rand(3).tolist()).toEqual(first);
    expect(torch.manualSeed(-1).initialSeed()).toBe(2n ** 64n - 1n);
    expect(() => torch.manualSeed(0.5)).toThrow(torch.ValueError);
  });

  test("a strided tensor is filled in the order of its memory", () => {
    torch.manualSeed(3);
    const x = torch.zeros(4, 3).t().uniform_();
    torch.manualSeed(3);
    expect(x.t().tolist()).toEqual(torch.rand(4, 3).tolist());
  });
});

describe("generators", () => {
  test("are independent streams, saved and restored whole", () => {
    const g = new torch.Generator().manualSeed(42);
    torch.manualSeed(42);
    expect(torch.randn([3], { generator: g }).tolist()).toEqual(torch.randn(3).tolist());
    const state = g.getState();
    const ahead = torch.randn([5], { generator: g }).tolist();
    expect(torch.randn([5], { generator: g }).tolist()).not.toEqual(ahead);
    expect(torch.randn([5], { generator: g.setState(state) }).tolist()).toEqual(ahead);
    expect(g.initialSeed()).toBe(42);
    const global = torch.getRngState();
    const next = torch.rand(2).tolist();
    torch.setRngState(global);
    expect(torch.rand(2).tolist()).toEqual(next);
    expect(() => torch.setRngState(torch.zeros(3))).toThrow(torch.ValueError);
    expect(() => torch.rand([2], { generator: {} as never })).toThrow(torch.ValueError);
    expect(g.seed()).toBe(g.initialSeed());
  });
});

describe("distributions", () => {
  const mean = (x: torch.Tensor) => x.double().mean().item() as number;
  test("have their moments", () => {
    torch.manualSeed(1);
    const n = [20000];
    expect(mean(torch.empty(n).uniform_(2, 4))).toBeCloseTo(3, 1);
    expect(mean(torch.empty(n).exponential_(2))).toBeCloseTo(0.5, 1);
    expect(mean(torch.empty(n).geometric_(0.25))).toBeCloseTo(4, 0);
    expect(mean(torch.empty(n).logNormal_(0, 0.25))).toBeCloseTo(Math.exp(1 / 32), 1);
    expect(mean(torch.empty(n).bernoulli_(0.2))).toBeCloseTo(0.2, 1);
    expect(torch.empty(n).cauchy_(1, 2).median().item()).toBeCloseTo(1, 0);
    expect(mean(torch.poisson(torch.full(n, 3)))).toBeCloseTo(3, 1);
    expect(mean(torch.poisson(torch.full([2000], 40)))).toBeCloseTo(40, 0);
    expect(mean(torch.normal(5, 2, n))).toBeCloseTo(5, 1);
    expect(torch.randn(n).std().item()).toBeCloseTo(1, 1);
  });

  test("keep dtypes, shapes, and the requires-grad flag", () => {
    expect(torch.randint(5, [2], { dtype: torch.float32 }).dtype).toBe(torch.float32);
    expect(torch.randLike(torch.zeros([2, 3], { dtype: torch.float64 })).dtype).toBe(torch.float64);
    expect(torch.randnLike(torch.zeros(2, 3)).shape).toEqual([2, 3]);
    expect(torch.randintLike(torch.zeros(4), 2, 3).tolist()).toEqual([2, 2, 2, 2]);
    expect(torch.randn([2], { requiresGrad: true }).requiresGrad).toBe(true);
    expect(torch.rand([0, 3]).shape).toEqual([0, 3]);
    expect(torch.rand([3], { dtype: torch.bfloat16 }).dtype).toBe(torch.bfloat16);
    expect(torch.empty([3], { dtype: torch.uint8 }).random_().le(255).all().item()).toBe(true);
    // 2^53 is drawn too: the words are taken modulo 2^53 + 1
    torch.manualSeed(0);
    const [word] = torch.empty([1], { dtype: torch.int64 }).random_().toTypedArray() as BigInt64Array;
    torch.manualSeed(0);
    expect(torch.empty([1], { dtype: torch.float64 }).random_().item()).toBe(8737460674930124); // PyTorch 2.13
    expect(word).toBe(900450186894289455n);
    const big = torch.empty([1], { dtype: torch.int64 }).random_();
    expect(big.toTypedArray()[0]).toBeGreaterThanOrEqual(0n);
  });

  test("bernoulli and multinomial obey certain weights", () => {
    expect(torch.bernoulli(torch.tensor([0, 1, 1, 0])).tolist()).toEqual([0, 1, 1, 0]);
    const weights = torch.tensor([
      [0, 1, 0],
      [0, 0, 3],
    ]);
    expect(torch.multinomial(weights, 1).tolist()).toEqual([[1], [2]]);
    expect(torch.multinomial(weights, 3, true).tolist()).toEqual([
      [1, 1, 1],
      [2, 2, 2],
    ]);
    expect((torch.multinomial(torch.ones(5), 5).tolist() as number[]).sort()).toEqual([0, 1, 2, 3, 4]);
  });

  test("refuse what they cannot do and leave the tensor as it was", () => {
    const x = torch.ones(3);
    expect(() => x.uniform_(1, 0)).toThrow(torch.ValueError);
    expect(() => x.normal_(0, -1)).toThrow(torch.ValueError);
    expect(() => x.exponential_(0)).toThrow(torch.ValueError);
    expect(() => x.geometric_(1)).toThrow(torch.ValueError);
    expect(() => x.bernoulli_(1.5)).toThrow(torch.ValueError);
    expect(() => x.random_(3, 3)).toThrow(torch.ValueError);
    expect(() => torch.ones([2], { dtype: torch.int64 }).normal_()).toThrow(torch.DtypeError);
    expect(() => torch.bernoulli(torch.tensor([2]))).toThrow(torch.ValueError);
    expect(() => torch.multinomial(torch.tensor([1, -1]), 1)).toThrow(torch.ValueError);
    expect(() => torch.multinomial(torch.tensor([1, 0]), 2)).toThrow(torch.ValueError);
    expect(() => torch.randint(3, 3, [1])).toThrow(torch.ValueError);
    expect(() => torch.poisson(torch.tensor([-1]))).toThrow(torch.ValueError);
    expect(() => torch.randperm(-1)).toThrow(torch.ValueError);
    expect(() => torch.rand([2], { sead: 1 } as never)).toThrow(/unknown option "sead"/);
    expect(() => torch.ones(2).requiresGrad_().uniform_()).toThrow(torch.AutogradError);
    expect(() => torch.ones(1).expand([3]).uniform_()).toThrow(torch.ShapeError);
    expect(x.tolist()).toEqual([1, 1, 1]);
  });
});

describe("nn.init", () => {
  test("orthogonal_ gives orthonormal rows or columns", () => {
    for (const shape of [
      [4, 6],
      [6, 4],
      [3, 2, 2],
    ]) {
      const w = init.orthogonal_(torch.empty(shape), 2).reshape([shape[0]!, -1]);
      const small = shape[0]! <= w.shape[1]! ? w.matmul(w.t()) : w.t().matmul(w);
      expect(torch.allclose(small, torch.eye(small.shape[0]!).mul(4), { atol: 1e-5 })).toBe(true);
    }
  });

  test("bounds, constants and patterns", () => {
    expect(init.truncNormal_(torch.empty(1000), 0, 3, -1, 1).abs().le(1).all().item()).toBe(true);
    expect(init.xavierUniform_(torch.empty(3, 3)).abs().le(1).all().item()).toBe(true);
    expect(init.eye_(torch.empty(2, 3)).tolist()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(init.constant_(torch.tensor([Number.NaN, 1]), 3).tolist()).toEqual([3, 3]);
    const conv = init.dirac_(torch.empty(4, 2, 3), { groups: 2 });
    const x = torch.randn(1, 4, 5);
    expect(torch.conv1d(x, conv, { padding: 1, groups: 2 }).tolist()).toEqual(x.tolist());
    const sparse = init.sparse_(torch.empty(10, 4), 0.3);
    expect(sparse.eq(0).sum(0).tolist()).toEqual([3, 3, 3, 3]);
    expect(init.calculateGain("leakyRelu", 1)).toBe(1);
    expect(init.kaimingNormal_(torch.empty(0, 3)).shape).toEqual([0, 3]);
  });

  test("refusals, and no trace on the tape", () => {
    expect(() => init.xavierNormal_(torch.empty(3))).toThrow(torch.ShapeError);
    expect(() => init.eye_(torch.empty(3))).toThrow(torch.ShapeError);
    expect(() => init.dirac_(torch.empty(3, 3))).toThrow(torch.ShapeError);
    expect(() => init.dirac_(torch.empty(3, 3, 3), 2)).toThrow(torch.ValueError);
    expect(() => init.calculateGain("swish" as never)).toThrow(torch.ValueError);
    const leaf = new torch.nn.Parameter(torch.empty(2, 2));
    expect(init.kaimingUniform_(leaf)).toBe(leaf);
    expect(leaf.isLeaf).toBe(true);
  });
});

test("dropout3d takes all but five dimensions for one sample", () => {
  const kept = torch.nn.functional.dropout3d(torch.ones(40, 2, 3)).flatten(1);
  const rows = kept.tolist() as number[][];
  expect(new Set(rows.map((row) => row.join())).size).toBe(2);
});
