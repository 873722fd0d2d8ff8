// Casts between dtypes, by the codes of README.md. Floats go through f64, integers through i64, one block at a time.

const enum Dtype { float32, float64, int64, int32, int16, int8, uint8, bool, float16, bfloat16 }

function halfToFloat(h: u32): f64 {
  const sign = h & 0x8000 ? -1.0 : 1.0, exponent = (h >> 10) & 31, fraction = <f64>(h & 1023);
  if (exponent == 31) return fraction != 0 ? NaN : sign * Infinity;
  if (exponent == 0) return sign * fraction * 5.9604644775390625e-8; // 2^-24
  return sign * (1.0 + fraction / 1024.0) * reinterpret<f64>((<i64>exponent - 15 + 1023) << 52);
}

/** Rounds to nearest even, subnormals included. */
function floatToHalf(x: f32): u16 {
  const bits = reinterpret<u32>(x), sign = (bits >> 16) & 0x8000, magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return <u16>(sign | 0x7e00);
  // From 65520 on the nearest half is infinite.
  if (magnitude >= 0x477ff000) return <u16>(sign | 0x7c00);
  if (magnitude < 0x38800000) {
    // Below 2^-14: adding 0.5 lines the half's last place up with the float's.
    return <u16>(sign | (reinterpret<u32>(reinterpret<f32>(magnitude) + <f32>0.5) - 0x3f000000));
  }
  return <u16>(sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >> 13) & 1)) >> 13));
}

function floatToBfloat(x: f32): u16 {
  const bits = reinterpret<u32>(x);
  if ((bits & 0x7fffffff) > 0x7f800000) return 0x7fc0;
  return <u16>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

function loadFloat(type: i32, at: usize): f64 {
  switch (type) {
    case Dtype.float32: return load<f32>(at);
    case Dtype.float64: return load<f64>(at);
    case Dtype.float16: return halfToFloat(load<u16>(at));
    case Dtype.bfloat16: return reinterpret<f32>(<u32>load<u16>(at) << 16);
    default: return <f64>loadInteger(type, at);
  }
}

function loadInteger(type: i32, at: usize): i64 {
  switch (type) {
    case Dtype.int64: return load<i64>(at);
    case Dtype.int32: return load<i32>(at);
    case Dtype.int16: return load<i16>(at);
    case Dtype.int8: return load<i8>(at);
    default: return load<u8>(at);
  }
}

function storeFloat(type: i32, at: usize, x: f64): void {
  switch (type) {
    case Dtype.float32: store<f32>(at, <f32>x); break;
    case Dtype.float64: store<f64>(at, x); break;
    case Dtype.float16: store<u16>(at, floatToHalf(<f32>x)); break;
    default: store<u16>(at, floatToBfloat(<f32>x));
  }
}

function storeInteger(type: i32, at: usize, x: i64): void {
  switch (type) {
    case Dtype.int64: store<i64>(at, x); break;
    case Dtype.int32: store<i32>(at, <i32>x); break;
    case Dtype.int16: store<i16>(at, <i16>x); break;
    case Dtype.bool: store<u8>(at, <u8>(x != 0)); break;
    default: store<u8>(at, <u8>x);
  }
}

// @ts-ignore: decorator
@inline function sizeOf(type: i32): i32 {
  return type == Dtype.float64 || type == Dtype.int64 ? 8 : type == Dtype.float32 || type == Dtype.int32 ? 4
    : type == Dtype.int16 || type >= Dtype.float16 ? 2 : 1;
}

// @ts-ignore: decorator
@inline function isFloat(type: i32): bool {
  return type <= Dtype.float64 || type >= Dtype.float16;
}

/** Numbers to floats without asking for the types at each. */
// @ts-ignore: decorator
@inline function toFloats<S, D>(from: usize, to: usize, n: i32): void {
  for (; n > 0; --n, from += sizeof<S>(), to += sizeof<D>()) store<D>(to, <D><f64>load<S>(from));
}

/** The most common casts; false where this is none of them. */
function castPlainly(from: usize, srcType: i32, to: usize, dstType: i32, n: i32): bool {
  if (dstType == Dtype.float32) {
    if (srcType == Dtype.bool || srcType == Dtype.uint8) toFloats<u8, f32>(from, to, n);
    else if (srcType == Dtype.int64) toFloats<i64, f32>(from, to, n);
    else if (srcType == Dtype.float64) toFloats<f64, f32>(from, to, n);
    else return false;
  } else if (dstType == Dtype.float64) {
    if (srcType == Dtype.float32) toFloats<f32, f64>(from, to, n);
    else if (srcType == Dtype.int64) toFloats<i64, f64>(from, to, n);
    else return false;
  } else return false;
  return true;
}

/** Casts elements [begin, end), both contiguous. Floats truncate to integers as on x86: what int64, or int32 for narrower types, cannot hold becomes its least number, whose low bits count; anything not 0 is true. */
export function cast(src: usize, srcType: i32, dst: usize, dstType: i32, begin: i32, end: i32): void {
  const ss = <usize>sizeOf(srcType), sd = <usize>sizeOf(dstType);
  let from = src + <usize>begin * ss, to = dst + <usize>begin * sd;
  if (castPlainly(from, srcType, to, dstType, end - begin)) return;
  if (isFloat(dstType)) {
    for (let i = begin; i < end; ++i, from += ss, to += sd) storeFloat(dstType, to, loadFloat(srcType, from));
  } else if (isFloat(srcType)) {
    for (let i = begin; i < end; ++i, from += ss, to += sd) {
      const x = loadFloat(srcType, from);
      storeInteger(dstType, to, dstType == Dtype.bool ? <i64>(x != 0)
        : dstType == Dtype.int64 ? (abs(x) < 9223372036854775808.0 ? <i64>x : i64.MIN_VALUE)
        : x > -2147483649.0 && x < 2147483648.0 ? <i64>x : <i64>i32.MIN_VALUE);
    }
  } else {
    for (let i = begin; i < end; ++i, from += ss, to += sd) storeInteger(dstType, to, loadInteger(srcType, from));
  }
}

/** Stores one element, cast, into elements [begin, end). */
export function fill(src: usize, srcType: i32, dst: usize, dstType: i32, begin: i32, end: i32): void {
  if (begin >= end) return;
  const size = <usize>sizeOf(dstType), first = dst + <usize>begin * size;
  cast(src, srcType, first, dstType, 0, 1);
  const total = <usize>(end - begin) * size;
  // Doubling keeps every copy apart from its source, up to what stays in the first cache.
  for (let done = size; done < total; ) {
    const part = min(min(done, total - done), 16384);
    memory.copy(first + done, first, part);
    done += part;
  }
}

/** Stores start + i * step into elements [begin, end): counted in i64 for integer types, else in f64. */
export function sequence(dst: usize, dstType: i32, start: f64, step: f64, begin: i32, end: i32): void {
  const size = <usize>sizeOf(dstType);
  let to = dst + <usize>begin * size;
  if (dstType == Dtype.float32) {
    for (let i = begin; i < end; ++i, to += 4) store<f32>(to, <f32>(start + <f64>i * step));
  } else if (isFloat(dstType)) {
    for (let i = begin; i < end; ++i, to += size) storeFloat(dstType, to, start + <f64>i * step);
  } else {
    const first = <i64>start, pace = <i64>step;
    if (dstType == Dtype.int64) for (let i = begin; i < end; ++i, to += 8) store<i64>(to, first + <i64>i * pace);
    else for (let i = begin; i < end; ++i, to += size) storeInteger(dstType, to, first + <i64>i * pace);
  }
}
