/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as k from "../move";

const X = heap.alloc(256), OUT = heap.alloc(256), PLAN = heap.alloc(64);

function plan(words: i32[]): void {
  for (let i = 0; i < words.length; i++) store<i32>(PLAN + (<usize>i << 2), words[i]);
}
function number8(count: i32): void {
  for (let i = 0; i < count; i++) store<u8>(X + i, <u8>(i + 1));
}
function expectBytes(want: u8[]): void {
  for (let i = 0; i < want.length; i++) expect<u8>(load<u8>(OUT + i)).toBe(want[i]);
}

describe("strided copies", () => {
  it("transposes, a part of the rows at a time", () => {
    for (let i = 0; i < 6; i++) store<f32>(X + (<usize>i << 2), <f32>i);
    plan([2, 3, 1, 2, 2, 3, 1]);
    k.copy_b4_nd(X, OUT, PLAN, 0, 1);
    k.copy_b4_nd(X, OUT, PLAN, 1, 3);
    const want: f32[] = [0, 3, 1, 4, 2, 5];
    for (let i = 0; i < 6; i++) expect<f32>(load<f32>(OUT + (<usize>i << 2))).toBe(want[i]);
  });
  it("transposes tiles, their edges, and ranges that cut them, of each size", () => {
    const rows = 21, cols = 39, A = heap.alloc(8 * rows * cols), B = heap.alloc(8 * rows * cols);
    plan([2, cols, 1, rows, rows, cols, 1]); // source [rows, cols] read across
    for (let size = 0; size < 4; size++) {
      for (let i = 0; i < rows * cols; i++) {
        if (size == 0) store<u8>(A + i, <u8>i);
        else if (size == 1) store<u16>(A + (<usize>i << 1), <u16>i);
        else if (size == 2) store<u32>(A + (<usize>i << 2), i);
        else store<u64>(A + (<usize>i << 3), i);
      }
      for (let cut = 0; cut < 2; cut++) {
        const begin = cut ? 19 : 0, end = cut ? cols : 19;
        if (size == 0) k.copy_b1_nd(A, B, PLAN, begin, end);
        else if (size == 1) k.copy_b2_nd(A, B, PLAN, begin, end);
        else if (size == 2) k.copy_b4_nd(A, B, PLAN, begin, end);
        else k.copy_b8_nd(A, B, PLAN, begin, end);
      }
      let wrong = 0;
      for (let r = 0; r < cols; r++) {
        for (let c = 0; c < rows; c++) {
          const at = <usize>(r * rows + c), want = c * cols + r;
          if (size == 0 && load<u8>(B + at) != <u8>want) ++wrong;
          if (size == 1 && load<u16>(B + (at << 1)) != <u16>want) ++wrong;
          if (size == 2 && load<u32>(B + (at << 2)) != <u32>want) ++wrong;
          if (size == 3 && load<u64>(B + (at << 3)) != <u64>want) ++wrong;
        }
      }
      expect<i32>(wrong).toBe(0);
    }
  });
  it("repeats along stride 0 and walks backwards along a negative one", () => {
    number8(3);
    plan([2, 2, 0, 3, 3, 1, 1]);
    k.copy_b1_nd(X, OUT, PLAN, 0, 2);
    expectBytes([1, 2, 3, 1, 2, 3]);
    plan([1, 3, -1, 1]);
    k.copy_b1_nd(X + 2, OUT, PLAN, 0, 1);
    expectBytes([3, 2, 1]);
    plan([1, 3, 0, 1]);
    k.copy_b1_nd(X, OUT, PLAN, 0, 1);
    expectBytes([1, 1, 1]);
  });
  it("moves elements of two and eight bytes whole", () => {
    for (let i = 0; i < 4; i++) store<u64>(X + (<usize>i << 3), 0x0102030405060708 + i);
    plan([1, 2, 2, 1]);
    k.copy_b8_nd(X, OUT, PLAN, 0, 1);
    expect<u64>(load<u64>(OUT, 8)).toBe(0x010203040506070a);
    k.copy_b2_nd(X, OUT, PLAN, 0, 1);
    expect<u16>(load<u16>(OUT, 2)).toBe(0x0304);
  });
});

describe("triangles", () => {
  it("keep the lower or the upper part, over a batch", () => {
    number8(12);
    k.triangle(X, OUT, 1, 2, 3, 0, 0, 0, 4);
    expectBytes([1, 0, 0, 4, 5, 0, 7, 0, 0, 10, 11, 0]);
    k.triangle(X, OUT, 1, 2, 3, 1, 1, 0, 3);
    k.triangle(X, OUT, 1, 2, 3, 1, 1, 3, 4);
    expectBytes([0, 2, 3, 0, 0, 6, 0, 8, 9, 0, 0, 12]);
  });
  it("take diagonals beyond the matrix", () => {
    number8(6);
    k.triangle(X, OUT, 1, 2, 3, i32.MAX_VALUE, 0, 0, 2);
    expectBytes([1, 2, 3, 4, 5, 6]);
    k.triangle(X, OUT, 1, 2, 3, i32.MIN_VALUE, 0, 0, 2);
    expectBytes([0, 0, 0, 0, 0, 0]);
  });
});
