import { expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { argumentsOf, expanded, type Sample, sizesOf, strided } from "./sample.ts";
import { COMPOSED } from "./samples/composed.ts";
import { SAMPLES } from "./samples.ts";

type Tensor = torch.Tensor;
const { float32, float64, float16, bfloat16, int64, int32, int16, int8, uint8, bool } = torch;
const DTYPES = [float64, float32, float16, bfloat16, int64, int32, int16, int8, uint8, bool];
/** Calls with a product, which goes another way for another layout, and rounds otherwise: relative to the largest element. */
const PRODUCTS = /^(linear|mm|inner|attention|linalg\.(eig|eigvals|choleskyEx))$/;
const ROUNDING = new Map([
  [float64, 1e-12],
  [float32, 1e-5],
]);

/** A call's results, or the words it is refused with. Any other error is a defect. */
function answer({ call }: Sample, args: readonly Tensor[]): Tensor[] | string {
  try {
    const out = call(...args);
    return Array.isArray(out) ? [...out] : [out as Tensor];
  } catch (error) {
    if (error instanceof torch.TorchError) return error.message;
    throw error;
  }
}

const valuesOf = (x: Tensor) => Array.from(x.detach().toTypedArray(), Number);

function same(a: Tensor, b: Tensor, name = ""): boolean {
  if (a.dtype !== b.dtype || String(a.shape) !== String(b.shape)) return false;
  const values = valuesOf(a),
    others = valuesOf(b);
  const scale = others.reduce((most, v) => (Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most), 0);
  const bound = (PRODUCTS.test(name) ? (ROUNDING.get(a.dtype) ?? 0) : 0) * scale;
  return values.every((v, i) => Object.is(v, others[i]) || Math.abs(v - others[i]!) <= bound);
}

test.each(DTYPES.map((dtype) => [dtype.name, dtype] as const))(
  "%s: every op gives the same in every layout, and leaves its arguments as they were",
  (_, dtype) => {
    const wrong: string[] = [];
    for (const [name, samples] of Object.entries({ ...SAMPLES, ...COMPOSED }))
      samples.forEach((sample, i) => {
        for (const n of sizesOf(sample).filter((size) => size === 0 || size === 5))
          for (const form of sample.distinct ? [strided] : [strided, expanded]) {
            const args = argumentsOf(sample, n);
            const data = args.some((x) => x.dtype.isFloatingPoint)
              ? (x: Tensor) => x.dtype.isFloatingPoint
              : (x: Tensor) => x.dtype !== bool;
            const laid = args.map((x) => form(data(x) ? x.detach().to(dtype) : x.detach()));
            const plain = laid.map((x) => x.clone().contiguous());
            const copies = plain.map((x) => x.clone());
            const [got, want] = [answer(sample, laid), answer(sample, plain)];
            const agree =
              typeof got === "string" || typeof want === "string"
                ? got === want
                : got.every((x, k) => same(x, want[k]!, name));
            if (!agree) wrong.push(`${name}, sample ${i}, size ${n}, ${form.name}`);
            if (!plain.every((x, k) => same(x, copies[k]!) && same(laid[k]!, copies[k]!)))
              wrong.push(`${name}, sample ${i}: an argument was changed`);
          }
      });
    expect(wrong).toEqual([]);
  },
);
