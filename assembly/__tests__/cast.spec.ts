/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as k from "../cast";

const X = heap.alloc(256), OUT = heap.alloc(256);
const F32 = 0, F64 = 1, I64 = 2, I32 = 3, I16 = 4, I8 = 5, U8 = 6, BOOL = 7, F16 = 8, BF16 = 9;

/** Casts one float64. */
function from(x: f64, type: i32): void {
  store<f64>(X, x);
  k.cast(X, F64, OUT, type, 0, 1);
}

describe("casts", () => {
  it("truncate floats to integers; what is out of range becomes the least int64, or int32 and its low bits", () => {
    from(-2.9, I16);
    expect<i16>(load<i16>(OUT)).toBe(-2);
    from(300, U8);
    expect<u8>(load<u8>(OUT)).toBe(44);
    from(200, I8);
    expect<i8>(load<i8>(OUT)).toBe(-56);
    from(1e30, I64);
    expect<i64>(load<i64>(OUT)).toBe(i64.MIN_VALUE);
    from(3e9, I32);
    expect<i32>(load<i32>(OUT)).toBe(i32.MIN_VALUE);
    from(NaN, U8);
    expect<u8>(load<u8>(OUT)).toBe(0);
    from(-2147483648.5, I32);
    expect<i32>(load<i32>(OUT)).toBe(i32.MIN_VALUE);
  });
  it("make true of anything but 0", () => {
    const xs: f64[] = [0.25, 0, -0.0, NaN];
    for (let i = 0; i < 4; i++) store<f64>(X + (<usize>i << 3), xs[i]);
    k.cast(X, F64, OUT, BOOL, 0, 2);
    k.cast(X, F64, OUT, BOOL, 2, 4);
    const want: u8[] = [1, 0, 0, 1];
    for (let i = 0; i < 4; i++) expect<u8>(load<u8>(OUT + i)).toBe(want[i]);
    k.cast(OUT, BOOL, X, F32, 0, 4);
    expect<f32>(load<f32>(X)).toBe(1);
    expect<f32>(load<f32>(X, 4)).toBe(0);
  });
  it("round halves to even, subnormals and overflow included", () => {
    const xs: f64[] = [1, -2, 65504, 65519, 65520, 5.9604644775390625e-8, 2.98e-8, 2.99e-8, 1.00048828125, 1.00146484375];
    const bits: u16[] = [0x3c00, 0xc000, 0x7bff, 0x7bff, 0x7c00, 1, 0, 1, 0x3c00, 0x3c02];
    for (let i = 0; i < xs.length; i++) {
      from(xs[i], F16);
      expect<u16>(load<u16>(OUT)).toBe(bits[i]);
    }
    from(1.00390625, BF16);
    expect<u16>(load<u16>(OUT)).toBe(0x3f80);
    from(NaN, BF16);
    expect<u16>(load<u16>(OUT)).toBe(0x7fc0);
  });
  it("bring every half back to itself", () => {
    for (let h = 0; h < 0x10000; h += 7) {
      store<u16>(X, <u16>h);
      k.cast(X, F16, OUT, F32, 0, 1);
      k.cast(OUT, F32, X, F16, 0, 1);
      const isNan = (h & 0x7c00) == 0x7c00 && (h & 0x3ff) != 0;
      if (isNan ? (load<u16>(X) & 0x7fff) <= 0x7c00 : load<u16>(X) != <u16>h) expect<i32>(h).toBe(-1);
    }
  });
});

describe("fill", () => {
  it("writes one value into a range and nothing else", () => {
    for (let i = 0; i < 20; i++) store<i16>(OUT + (<usize>i << 1), -1);
    store<f64>(X, 7.9);
    k.fill(X, F64, OUT, I16, 2, 15);
    k.fill(X, F64, OUT, I16, 17, 17);
    for (let i = 0; i < 20; i++) expect<i16>(load<i16>(OUT + (<usize>i << 1))).toBe(i >= 2 && i < 15 ? 7 : -1);
    store<i64>(X, i64.MAX_VALUE);
    k.fill(X, I64, OUT, I64, 0, 3);
    expect<i64>(load<i64>(OUT, 16)).toBe(i64.MAX_VALUE);
    const long = heap.alloc(40008);
    store<i64>(long, -1, 40000);
    k.fill(X, I64, long, I64, 0, 5000);
    for (let i = 0; i < 5000; i++) if (load<i64>(long + (<usize>i << 3)) != i64.MAX_VALUE) expect<i32>(i).toBe(-1);
    expect<i64>(load<i64>(long, 40000)).toBe(-1);
    heap.free(long);
  });
});

describe("sequence", () => {
  it("counts in the type's own arithmetic, a range at a time", () => {
    k.sequence(OUT, F32, 1, -0.5, 0, 2);
    k.sequence(OUT, F32, 1, -0.5, 2, 4);
    for (let i = 0; i < 4; i++) expect<f32>(load<f32>(OUT + (<usize>i << 2))).toBe(1 - <f32>i * 0.5);
    k.sequence(OUT, I64, 9007199254740992, 3, 0, 3);
    expect<i64>(load<i64>(OUT, 16)).toBe(9007199254740998);
    k.sequence(OUT, U8, 250, 4, 0, 3);
    expect<u8>(load<u8>(OUT, 2)).toBe(2);
  });
});
