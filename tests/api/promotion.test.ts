import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";

const DTYPES = [
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
] as const;
type Name = (typeof DTYPES)[number];
const dtype = fc.constantFrom(...DTYPES);
const vector = (name: Name) => torch.ones([2], { dtype: name });
const scalar = (name: Name) => torch.ones([], { dtype: name });
const nameOf = (x: torch.Tensor) => x.dtype.name;

describe("promotion of dtypes", () => {
  test("is commutative, idempotent, and has bool as its neutral element", () => {
    fc.assert(
      fc.property(dtype, dtype, (a, b) => {
        const met = torch.promoteTypes(a, b);
        expect(torch.promoteTypes(b, a)).toBe(met);
        expect(torch.promoteTypes(a, "bool").name).toBe(a);
        expect(torch.promoteTypes(a, a).name).toBe(a);
        expect(torch.canCast(a, met) && torch.canCast(b, met)).toBe(true);
      }),
    );
  });

  test("is associative", () => {
    fc.assert(
      fc.property(dtype, dtype, dtype, (a, b, c) => {
        const left = torch.promoteTypes(torch.promoteTypes(a, b), c),
          right = torch.promoteTypes(a, torch.promoteTypes(b, c));
        expect(left).toBe(right);
      }),
    );
  });

  test("joins in the lattice of PyTorch", () => {
    for (const [a, b, want] of [
      ["uint8", "int8", "int16"],
      ["uint8", "int64", "int64"],
      ["float16", "bfloat16", "float32"],
      ["int64", "float16", "float16"],
      ["bool", "int8", "int8"],
      ["float32", "float64", "float64"],
    ] as const)
      expect(torch.promoteTypes(a, b).name).toBe(want);
  });

  test("of vectors is that of their dtypes, whatever the values", () => {
    fc.assert(
      fc.property(dtype, dtype, (a, b) => {
        expect(torch.mul(vector(a), vector(b)).dtype).toBe(torch.promoteTypes(a, b));
        expect(torch.where(torch.tensor([true, false]), vector(a), vector(b)).dtype).toBe(
          torch.promoteTypes(a, b),
        );
      }),
    );
  });

  test("lets a 0-d tensor or a number count only by its kind", () => {
    const kind = (name: Name) => torch.DType[name].category;
    fc.assert(
      fc.property(dtype, dtype, (a, b) => {
        const want = kind(b) > kind(a) ? torch.promoteTypes(a, b).name : a;
        expect(nameOf(torch.mul(vector(a), scalar(b)))).toBe(want);
        expect(nameOf(torch.mul(scalar(b), vector(a)))).toBe(want);
      }),
    );
    for (const name of DTYPES) {
      const number = kind(name);
      expect(nameOf(torch.mul(vector(name), 2))).toBe(number === 0 ? "int64" : name);
      expect(nameOf(torch.mul(vector(name), 0.5))).toBe(number === 2 ? name : "float32");
      expect(nameOf(torch.mul(vector(name), true))).toBe(name);
    }
  });

  test("shifts see the lower bits of the places, as the processor does", () => {
    const x = torch.tensor([1n, -2n], { dtype: torch.int32 });
    expect(torch.bitwiseLeftShift(x, 33).tolist()).toEqual([2, -4]);
    expect(torch.bitwiseRightShift(x, torch.tensor([-1n, 32n])).dtype).toBe(torch.int64);
    expect(torch.bitwiseRightShift(torch.tensor(200, { dtype: torch.uint8 }), 33).dtype).toBe(torch.uint8);
    expect(torch.bitwiseLeftShift(x.long(), 65).tolist()).toEqual([2, -4]);
  });

  test("follows the default dtype", () => {
    torch.setDefaultDtype(torch.float64);
    try {
      expect(nameOf(torch.div(vector("int32"), 2))).toBe("float64");
      expect(nameOf(torch.exp(vector("bool")))).toBe("float64");
      expect(nameOf(torch.mul(vector("int64"), 0.5))).toBe("float64");
      expect(nameOf(torch.mul(vector("float32"), 0.5))).toBe("float32");
    } finally {
      torch.setDefaultDtype(torch.float32);
    }
  });

  test("true division, atan2 and their kin give floats, comparisons bools", () => {
    for (const name of DTYPES) {
      const float = torch.DType[name].isFloatingPoint ? name : "float32";
      expect(nameOf(torch.div(vector(name), vector(name)))).toBe(float);
      expect(nameOf(torch.atan2(vector(name), vector(name)))).toBe(float);
      expect(nameOf(torch.sqrt(vector(name)))).toBe(float);
      expect(nameOf(torch.le(vector(name), 2.5))).toBe("bool");
      expect(nameOf(torch.floatPower(vector(name), 2))).toBe("float64");
    }
  });
});

/** A shape, and one that broadcasts with it. */
const pair = fc
  .array(fc.record({ size: fc.integer({ min: 0, max: 3 }), left: fc.boolean(), right: fc.boolean() }), {
    maxLength: 4,
  })
  .chain((dims) =>
    fc.record({
      a: fc.constant(dims.map((d) => (d.left ? 1 : d.size))),
      b: fc.nat(dims.length).map((skip) => dims.map((d) => (d.right ? 1 : d.size)).slice(skip)),
    }),
  );
const counted = (shape: number[], from: number) => {
  const n = shape.reduce((p, s) => p * s, 1);
  return torch.tensor(Float64Array.from({ length: n }, (_, i) => from + i)).reshape(shape);
};

describe("broadcasting", () => {
  test("is commutative and equals the op on expanded operands", () => {
    fc.assert(
      fc.property(pair, ({ a, b }) => {
        const x = counted(a, 1),
          y = counted(b, 100),
          sum = torch.add(x, y);
        expect(torch.equal(sum, torch.add(y, x))).toBe(true);
        const [p, q] = [x.expand(sum.shape), y.expand(sum.shape)];
        expect(torch.equal(torch.sub(x, y), torch.sub(p.contiguous(), q.contiguous()))).toBe(true);
        expect(torch.equal(torch.sub(x, y), torch.sub(p, q))).toBe(true);
        expect(torch.equal(torch.where(x.gt(2), x, y), torch.where(p.gt(2), p, q))).toBe(true);
      }),
    );
  });

  test("gives each operand a gradient of its own shape", () => {
    fc.assert(
      fc.property(pair, ({ a, b }) => {
        const x = counted(a, 1).requiresGrad_(),
          y = counted(b, 100).requiresGrad_();
        const out = torch.mul(x, y);
        out.sum().backward();
        expect([x.grad!.shape, y.grad!.shape]).toEqual([a, b]);
        const along = y.detach().expand(out.shape).sumToSize(a);
        expect(torch.equal(x.grad!, along)).toBe(true);
      }),
    );
  });

  test("of transposed and stepped views reads the right elements", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), (n, m) => {
        const x = counted([n, 2 * m], 0).at(":", "::2"),
          y = counted([m, n], 50).t();
        expect(torch.add(x, y).tolist()).toEqual(torch.add(x.contiguous(), y.contiguous()).tolist());
      }),
    );
  });

  test("refuses other shapes", () => {
    expect(() => torch.mul(torch.ones([2, 3]), torch.ones([2]))).toThrow(torch.ShapeError);
    expect(() => torch.addcmul(torch.ones([2]), torch.ones([3]), torch.ones([1]))).toThrow(torch.ShapeError);
    expect(() => torch.clamp(torch.ones([2]), torch.ones([3]))).toThrow(torch.ShapeError);
    expect(() => torch.where(torch.tensor([true, false]), torch.ones([3]), 0)).toThrow(torch.ShapeError);
  });
});
