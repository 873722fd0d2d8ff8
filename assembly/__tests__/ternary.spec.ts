/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as k from "../ternary";

const C = heap.alloc(4096), A = heap.alloc(4096), B = heap.alloc(4096), D = heap.alloc(4096), OUT = heap.alloc(4096);
const PLAN = heap.alloc(256);
const sizes: i32[] = [0, 1, 3, 4, 5, 127, 128, 129];

function fill(): void {
  for (let i = 0; i < 1000; i++) {
    store<u8>(C + i, <u8>(i * 7 % 3 == 0));
    store<f32>(A + (<usize>i << 2), <f32>(i * 37 % 101 - 50) * 0.25);
    store<f32>(B + (<usize>i << 2), <f32>(i * 53 % 89 - 40) * 0.25);
    store<f32>(D + (<usize>i << 2), <f32>(i % 7 + 1));
  }
}

describe("where", () => {
  it("chooses for every size and stride", () => {
    fill();
    for (let s = 0; s < sizes.length; s++) {
      for (let t = 0; t < 54; t++) {
        const sc = t % 3, sa = t / 3 % 3, sb = t / 9 % 3, so = t < 27 ? 1 : 2, n = sizes[s];
        store<u32>(OUT + (<usize>(n * so) << 2), 0x5a5a5a5a);
        k.where_b4(C, A, B, OUT, n, sc, sa, sb, so);
        for (let i = 0; i < n; i++) {
          const want = load<u8>(C + i * sc) ? load<u32>(A + (<usize>(i * sa) << 2)) : load<u32>(B + (<usize>(i * sb) << 2));
          expect<u32>(load<u32>(OUT + (<usize>(i * so) << 2))).toBe(want);
        }
        expect<u32>(load<u32>(OUT + (<usize>(n * so) << 2))).toBe(0x5a5a5a5a);
      }
    }
  });
  it("moves elements of every size", () => {
    fill();
    k.where_b1(C, A, B, OUT, 50, 1, 1, 0, 1);
    for (let i = 0; i < 50; i++) expect<u8>(load<u8>(OUT + i)).toBe(load<u8>(C + i) ? load<u8>(A + i) : load<u8>(B));
    k.where_b2(C, A, B, OUT, 50, 1, 0, 1, 1);
    for (let i = 0; i < 50; i++) {
      expect<u16>(load<u16>(OUT + (<usize>i << 1))).toBe(load<u8>(C + i) ? load<u16>(A) : load<u16>(B + (<usize>i << 1)));
    }
    k.where_b8(C, A, B, OUT, 50, 1, 1, 1, 1);
    for (let i = 0; i < 50; i++) {
      expect<u64>(load<u64>(OUT + (<usize>i << 3))).toBe(load<u64>((load<u8>(C + i) ? A : B) + (<usize>i << 3)));
    }
  });
  it("over a plan, whole and in two parts", () => {
    fill();
    const dims: i32[] = [3, 3, 0, 20, 20, 4, 1, 5, 0, 5, 5, 0, 1, 1, 1];
    store<i32>(PLAN, 3);
    for (let i = 0; i < dims.length; i++) store<i32>(PLAN + (<usize>i << 2), dims[i], 4);
    for (let cut = 0; cut <= 12; cut++) {
      memory.fill(OUT, 0, 240);
      k.where_b4_nd(C, A, B, OUT, PLAN, 0, cut);
      k.where_b4_nd(C, A, B, OUT, PLAN, cut, 12);
      for (let h = 0; h < 3; h++) for (let i = 0; i < 4; i++) for (let j = 0; j < 5; j++) {
        const want = load<u8>(C + h * 3 + i) ? load<u32>(A + (<usize>(i * 5 + j) << 2)) : load<u32>(B + (<usize>(h * 20 + j) << 2));
        expect<u32>(load<u32>(OUT + (<usize>(h * 20 + i * 5 + j) << 2))).toBe(want);
      }
    }
  });
});

describe("combinations", () => {
  it("in f32, split anywhere", () => {
    fill();
    for (let s = 0; s < sizes.length; s++) {
      const n = sizes[s], cut = n / 3;
      k.addcmul_f32(A, B, D, OUT, 0, cut, 0.5);
      k.addcmul_f32(A, B, D, OUT, cut, n, 0.5);
      for (let i = 0; i < n; i++) {
        const at = <usize>i << 2;
        expect<f32>(load<f32>(OUT + at)).toBe(load<f32>(A + at) + <f32>0.5 * load<f32>(B + at) * load<f32>(D + at));
      }
      k.addcdiv_f32(A, B, D, OUT, 0, cut, 0.5);
      k.addcdiv_f32(A, B, D, OUT, cut, n, 0.5);
      for (let i = 0; i < n; i++) {
        const at = <usize>i << 2;
        expect<f32>(load<f32>(OUT + at)).toBe(load<f32>(A + at) + <f32>0.5 * load<f32>(B + at) / load<f32>(D + at));
      }
      k.lerp_f32(A, B, OUT, 0, cut, 0.25);
      k.lerp_f32(A, B, OUT, cut, n, 0.25);
      for (let i = 0; i < n; i++) {
        const at = <usize>i << 2, a = load<f32>(A + at), b = load<f32>(B + at);
        expect<f32>(load<f32>(OUT + at)).toBe(a + <f32>0.25 * (b - a));
      }
    }
    k.lerp_f32(A, B, OUT, 0, 9, 1);
    expect<i32>(memory.compare(OUT, B, 36)).toBe(0, "weight 1 gives the end itself");
  });
  it("in f64", () => {
    store<f64>(A, 1);
    store<f64>(B, 3);
    store<f64>(D, 4);
    k.addcmul_f64(A, B, D, OUT, 0, 1, 0.5);
    expect<f64>(load<f64>(OUT)).toBe(7);
    k.addcdiv_f64(A, B, D, OUT, 0, 1, 2);
    expect<f64>(load<f64>(OUT)).toBe(2.5);
    k.lerp_f64(A, B, OUT, 0, 1, 0.25);
    expect<f64>(load<f64>(OUT)).toBe(1.5);
    k.lerp_f64(A, B, OUT, 0, 1, 0.75);
    expect<f64>(load<f64>(OUT)).toBe(2.5);
  });
});
