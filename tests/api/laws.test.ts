// Laws that hold whatever the values: views alias, parts make the whole, products associate, a sort is a permutation,
// what is saved comes back.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";

const size = fc.integer({ min: 0, max: 4 });
const shape = fc.array(size, { minLength: 0, maxLength: 4 });
const numel = (sizes: readonly number[]) => sizes.reduce((n, s) => n * s, 1);
/** 0, 1, 2, ...: each element says where it lies. */
const places = (sizes: readonly number[]) =>
  torch.arange(numel(sizes), { dtype: torch.int64 }).reshape([...sizes]);
const flat = (x: torch.Tensor) => x.reshape([-1]).tolist() as (number | bigint)[];
const numbers = (x: torch.Tensor) => flat(x).map(Number);

/** A step from a tensor to a view of it, chosen by two numbers. */
type Step = [kind: number, choice: number];
function viewOf(x: torch.Tensor, [kind, choice]: Step): torch.Tensor {
  if (x.ndim === 0) return x.unsqueeze(0);
  const d = choice % x.ndim,
    n = x.shape[d]!;
  switch (kind) {
    case 0:
      return x.transpose(d, x.ndim - 1);
    case 1:
      return x.narrow(d, choice % (n + 1), n - (choice % (n + 1)));
    case 2:
      return n === 0 ? x : x.select(d, choice % n);
    case 3:
      return x.unsqueeze(d);
    case 4:
      return x.view(-1);
    case 5:
      return n === 0 ? x : x.unfold(d, 1 + (choice % n), 1 + (choice % n));
    case 6:
      return x.ndim < 2 ? x : x.diagonal(0, 0, x.ndim - 1);
    case 7:
      return x.chunk(2, d)[0]!;
    default:
      return x.at(`::${1 + (choice % 3)}`);
  }
}
const step: fc.Arbitrary<Step> = fc.tuple(fc.integer({ min: 0, max: 8 }), fc.nat({ max: 20 }));

/** The view, where the chain has one: PyTorch too refuses `view` on some layouts. */
function chain(base: torch.Tensor, steps: Step[]): torch.Tensor {
  let view = base;
  for (const s of steps)
    try {
      view = viewOf(view, s);
    } catch (error) {
      expect(error).toBeInstanceOf(torch.TorchError);
    }
  return view;
}

describe("views", () => {
  test("share every element: what is written through one is read through the other", () => {
    fc.assert(
      fc.property(shape, fc.array(step, { maxLength: 5 }), (sizes, steps) => {
        const base = places(sizes);
        const view = chain(base, steps);
        const seen = new Set(numbers(view));
        view.fill_(-1);
        expect(numbers(base)).toEqual(Array.from({ length: numel(sizes) }, (_, i) => (seen.has(i) ? -1 : i)));
        base.copy_(places(sizes).add(100));
        expect(numbers(view).every((place) => seen.has(place - 100))).toBe(true);
      }),
    );
  });

  test("pass gradients to exactly the elements they show", () => {
    fc.assert(
      fc.property(shape, fc.array(step, { maxLength: 5 }), (sizes, steps) => {
        const base = places(sizes).to(torch.float64).requiresGrad_();
        const view = chain(base, steps);
        const count = new Array<number>(numel(sizes)).fill(0);
        for (const place of numbers(view.detach())) count[place]!++;
        view.sum().backward();
        expect(numbers(base.grad ?? torch.zerosLike(base))).toEqual(count);
      }),
    );
  });
});

describe("parts", () => {
  const cut = fc.tuple(
    fc.array(size, { minLength: 1, maxLength: 4 }),
    fc.nat({ max: 3 }),
    fc.integer({ min: 1, max: 5 }),
  );
  test("put together again are the whole, and their sums add up", () => {
    fc.assert(
      fc.property(cut, ([sizes, where, pieces]) => {
        const x = places(sizes);
        const d = where % sizes.length;
        for (const parts of [x.split(pieces, d), x.chunk(pieces, d), x.tensorSplit(pieces, d)]) {
          expect(torch.equal(torch.cat(parts, d), x)).toBe(true);
          const total = parts.reduce((sum, part) => sum + Number(part.sum().item()), 0);
          expect(total).toBe(Number(x.sum().item()));
        }
      }),
    );
  });

  test("sums over some dimensions and then the others are sums over all", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }),
        fc.nat({ max: 3 }),
        (sizes, where) => {
          const x = places(sizes);
          const whole = x.sum().item();
          expect(
            x
              .sum(where % sizes.length)
              .sum()
              .item(),
          ).toBe(whole);
          expect(
            x
              .cumsum(where % sizes.length)
              .select(where % sizes.length, -1)
              .sum()
              .item(),
          ).toBe(whole);
        },
      ),
    );
  });
});

describe("products", () => {
  const dims = fc.tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 40 })));
  const seed = fc.nat({ max: 1e6 });
  /** Bound of the rounding of a chain of products of inner sizes k and l: Higham, Accuracy and Stability, 3.5. */
  const bound = (k: number, l: number, eps: number) => (k + l + 2) * eps;

  test.each([
    ["float32", 2 ** -24],
    ["float64", 2 ** -53],
  ] as const)("associate within the bound of their rounding in %s", (dtype, eps) => {
    fc.assert(
      fc.property(dims, seed, ([m, k, l, n], start) => {
        torch.manualSeed(start);
        const a = torch.randn([m, k], { dtype }),
          b = torch.randn([k, l], { dtype }),
          c = torch.randn([l, n], { dtype });
        const error = a
          .matmul(b)
          .matmul(c)
          .sub(a.matmul(b.matmul(c)))
          .abs();
        const size = a.abs().double().matmul(b.abs().double()).matmul(c.abs().double());
        expect(
          error
            .double()
            .le(size.mul(2 * bound(k, l, eps)))
            .all()
            .item(),
        ).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test("of transposes are transposed products", () => {
    fc.assert(
      fc.property(dims, seed, ([m, k, n], start) => {
        torch.manualSeed(start);
        const a = torch.randint(-9, 10, [m, k]).double(),
          b = torch.randint(-9, 10, [k, n]).double();
        expect(torch.equal(a.matmul(b).t(), b.t().matmul(a.t()))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe("sort", () => {
  const values = fc.array(
    fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0)),
    { maxLength: 150 },
  );
  test("is an ordered, stable permutation, NaN last", () => {
    fc.assert(
      fc.property(values, fc.boolean(), (list, descending) => {
        const x = torch.tensor(Float32Array.from(list));
        const { values: sorted, indices } = torch.sort(x, { dim: 0, descending, stable: true });
        const order = numbers(indices),
          out = numbers(sorted);
        expect([...order].sort((a, b) => a - b)).toEqual(list.map((_, i) => i));
        expect(out).toEqual(order.map((i) => (Object.is(list[i], -0) ? -0 : list[i])));
        const rank = (v: number) =>
          Number.isNaN(v) ? Number.POSITIVE_INFINITY : Math.min(v, Number.MAX_VALUE);
        for (let i = 1; i < out.length; i++) {
          const [before, after] = [rank(out[i - 1]!), rank(out[i]!)];
          expect(descending ? before >= after : before <= after).toBe(true);
          if (before === after) expect(order[i - 1]).toBeLessThan(order[i]!);
        }
      }),
    );
  });
});

describe("files", () => {
  const dtype = fc.constantFrom(
    ...([
      "bool",
      "uint8",
      "int8",
      "int16",
      "int32",
      "int64",
      "bfloat16",
      "float16",
      "float32",
      "float64",
    ] as const),
  );
  const name = fc.stringMatching(/^[a-z_]{1,8}$/);
  const made = fc.tuple(shape, dtype, fc.boolean()).map(([sizes, kind, turned]) => {
    const x = places(sizes).remainder(2).to(kind);
    return turned && x.ndim > 1 ? x.transpose(0, -1) : x;
  });
  const state = fc.dictionary(name, made, { maxKeys: 5 });
  const same = (a: Record<string, torch.Tensor>, b: Record<string, torch.Tensor>) => {
    expect(Object.keys(b).sort()).toEqual(Object.keys(a).sort());
    for (const key in a) {
      expect(b[key]!.dtype).toBe(a[key]!.dtype);
      expect([...b[key]!.shape]).toEqual([...a[key]!.shape]);
      expect(torch.equal(b[key]!, a[key]!)).toBe(true);
    }
  };
  test("give back names, dtypes, shapes and values", () => {
    fc.assert(
      fc.property(state, (tensors) => {
        same(tensors, torch.io.loadSafetensors(torch.io.saveSafetensors(tensors)));
      }),
      { numRuns: 60 },
    );
  });
});
