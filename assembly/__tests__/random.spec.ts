/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as k from "../random";

const S = heap.alloc(2504), T = heap.alloc(2504), X = heap.alloc(16384), Y = heap.alloc(16384);

describe("the Mersenne Twister", () => {
  it("gives the reference stream", () => {
    // The outputs of init_genrand(5489) that the C++ standard and the authors' file state.
    k.mtSeed(S, 5489);
    expect<u32>(k.mtNext(S)).toBe(3499211612);
    expect<u32>(k.mtNext(S)).toBe(581869302);
    for (let i = 2; i < 9999; i++) k.mtNext(S);
    expect<u32>(k.mtNext(S)).toBe(4123659995);
  });
  it("joins two words, the first one high", () => {
    k.mtSeed(S, 7);
    k.mtSeed(T, 7);
    const high = <u64><u32>k.mtNext(T), low = <u64><u32>k.mtNext(T);
    expect<f64>(k.mtNextDouble53(S)).toBe(<f64>(((high << 32) | low) & 0x1fffffffffffff) * 1.1102230246251565e-16);
  });
});

describe("fills", () => {
  it("take the words in order, whatever the position and the length", () => {
    k.mtSeed(S, 1);
    k.mtSeed(T, 1);
    for (let round = 0; round < 40; round++) {
      const n = 1 + ((round * 37) % 90);
      k.uniform_f32(S, X, n, 0, 1);
      let same = true;
      for (let i = 0; i < n; i++)
        same = same && load<f32>(X + (<usize>i << 2)) == <f32>(k.mtNext(T) & 0xffffff) * <f32>5.9604644775390625e-8;
      expect<bool>(same).toBe(true);
    }
  });
  it("round a range of float32 once", () => {
    k.mtSeed(S, 3);
    k.mtSeed(T, 3);
    k.uniform_f32(S, X, 7, -0.3, 0.7);
    const low = <f32>-0.3, width = <f32>((<f32>0.7) - low);
    for (let i = 0; i < 7; i++) {
      const u = <f64>(k.mtNext(T) & 0xffffff) * 5.9604644775390625e-8;
      expect<f32>(load<f32>(X + (<usize>i << 2))).toBe(<f32>(u * <f64>width + <f64>low));
    }
  });
  it("draw normal blocks, the last sixteen anew where the length is no multiple", () => {
    k.mtSeed(S, 5);
    k.mtSeed(T, 5);
    k.normal_f32(S, X, 35, 1, 2);
    k.uniform_f32(T, Y, 35, 0, 1);
    for (let j: usize = 0; j < 32; j += 4) {
      const u1 = 1.0 - <f64>load<f32>(Y + j), u2 = <f64>load<f32>(Y + j, 32), r = Math.sqrt(-2.0 * Math.log(u1));
      expect<bool>(abs(<f64>load<f32>(X + j) - (r * Math.cos(2 * Math.PI * u2) * 2 + 1)) < 4e-6).toBe(true);
      expect<bool>(abs(<f64>load<f32>(X + j, 32) - (r * Math.sin(2 * Math.PI * u2) * 2 + 1)) < 4e-6).toBe(true);
    }
    k.uniform_f32(T, Y, 16, 0, 1);
    const v1 = 1.0 - <f64>load<f32>(Y), v2 = <f64>load<f32>(Y, 32);
    const last = Math.sqrt(-2.0 * Math.log(v1)) * Math.cos(2 * Math.PI * v2) * 2 + 1;
    expect<bool>(abs(<f64>load<f32>(X, 19 * 4) - last) < 4e-6).toBe(true);
    expect<i32>(k.mtNext(S)).toBe(k.mtNext(T));
  });
  it("draw integers from one word, or from two where the range needs it", () => {
    k.mtSeed(S, 11);
    k.mtSeed(T, 11);
    k.randint_i64(S, X, 3, -5, 1005);
    for (let i = 0; i < 3; i++)
      expect<i64>(load<i64>(X + (<usize>i << 3))).toBe(-5 + <i64>(<u32>k.mtNext(T) % <u32>1005));
    k.randint_i64(S, X, 1, 0, 1099511627776);
    const high = <u64><u32>k.mtNext(T), low = <u64><u32>k.mtNext(T);
    expect<i64>(load<i64>(X)).toBe(((high << 32) | low) % 1099511627776);
  });
  it("permute", () => {
    k.mtSeed(S, 13);
    k.randperm(S, X, 1000);
    let sum: i64 = 0, moved = 0;
    memory.fill(Y, 0, 1000);
    for (let i = 0; i < 1000; i++) {
      const v = load<i64>(X + (<usize>i << 3));
      sum += v;
      if (v != i) moved++;
      store<u8>(Y + <usize>v, load<u8>(Y + <usize>v) + 1);
    }
    expect<i64>(sum).toBe(499500);
    for (let i = 0; i < 1000; i++) assert(load<u8>(Y + i) == 1);
    expect<i32>(moved).toBeGreaterThan(900);
  });
  it("toss coins by 53-bit numbers, from any position", () => {
    k.mtSeed(S, 17);
    k.mtSeed(T, 17);
    k.mtNext(S);
    k.mtNext(T);
    k.bernoulli_b1(S, X, 1001, 0.3);
    let same = true;
    for (let i = 0; i < 1001; i++) same = same && load<u8>(X + i) == u8(k.mtNextDouble53(T) < 0.3);
    expect<bool>(same).toBe(true);
    expect<i32>(k.mtNext(S)).toBe(k.mtNext(T));
    k.bernoulli_b1(S, X, 64, 1);
    k.bernoulli_b1(S, Y, 64, 0);
    for (let i = 0; i < 64; i++) expect<i32>(load<u8>(X + i) - load<u8>(Y + i)).toBe(1);
  });
  it("toss coins by each element's own chance", () => {
    k.mtSeed(S, 19);
    k.mtSeed(T, 19);
    for (let i = 0; i < 4; i++) store<f32>(X + (<usize>i << 2), <f32>i / 3);
    k.bernoulliTensor_f32(S, X, Y, 4);
    for (let i = 0; i < 4; i++) {
      const u = <f32>(k.mtNext(T) & 0xffffff) * <f32>5.9604644775390625e-8;
      expect<bool>(load<u8>(Y + i) != 0).toBe(u < load<f32>(X + (<usize>i << 2)));
    }
    store<f64>(X, 1);
    store<f64>(X, 0, 8);
    k.bernoulliTensor_f64(S, X, Y, 2);
    expect<i32>(load<u16>(Y)).toBe(1);
  });
  it("give exponential numbers", () => {
    k.mtSeed(S, 23);
    k.mtSeed(T, 23);
    k.exponential_f64(S, X, 2, 1.5);
    k.exponential_f32(S, Y, 1, 1.5);
    for (let i = 0; i < 2; i++) {
      const want = -1.0 / 1.5 * Math.log(1.0 - k.mtNextDouble53(T));
      expect<bool>(abs(load<f64>(X + (<usize>i << 3)) - want) < 1e-15).toBe(true);
    }
    expect<f32>(load<f32>(Y)).toBe(<f32>(-1.0 / 1.5 * Math.log(1.0 - k.mtNextDouble53(T))));
  });
  it("normal and uniform f64 agree with their definition", () => {
    k.mtSeed(S, 29);
    k.mtSeed(T, 29);
    k.normal_f64(S, X, 17, 0.5, 2);
    k.uniform_f64(T, Y, 17, 0, 1);
    const r = Math.sqrt(-2.0 * Math.log(1.0 - load<f64>(Y))), theta = 2 * Math.PI * load<f64>(Y, 64);
    expect<bool>(abs(load<f64>(X) - (r * Math.cos(theta) * 2 + 0.5)) < 1e-14).toBe(true);
    k.uniform_f64(T, Y, 16, 0, 1);
    const last = Math.sqrt(-2.0 * Math.log(1.0 - load<f64>(Y, 56))) * Math.sin(2 * Math.PI * load<f64>(Y, 120)) * 2 + 0.5;
    expect<bool>(abs(load<f64>(X, 128) - last) < 1e-14).toBe(true);
  });
});
