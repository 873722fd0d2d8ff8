// f64 functions that AssemblyScript computes with 2 to 8 KB of tables (exp, log, pow) or lacks (erf): here in
// their compact forms, after FreeBSD's msun, "Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
// Developed at SunSoft, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this
// software is freely granted, provided that this notice is preserved."
// Errors are below 1 ulp for exp, log, erf and pow, below 2 ulp for the others.

const LN2_HIGH = 6.93147180369123816490e-1, LN2_LOW = 1.90821492927058770002e-10;

/** Horner's rule over `count` coefficients in memory, the constant one first. */
function poly(table: usize, count: i32, x: f64): f64 {
  let p = 0.0;
  for (let k = count - 1; k >= 0; --k) p = p * x + load<f64>(table + (<usize>k << 3));
  return p;
}

const EXP = memory.data<f64>([
  1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5, -1.65339022054652515390e-6,
  4.13813679705723846039e-8,
], 16);

/** exp(high - low) * 2^k for |high - low| <= ln(2) / 2. */
function expReduced(high: f64, low: f64, k: i32): f64 {
  const x = high - low, z = x * x, c = x - z * poly(EXP, 5, z);
  return NativeMath.scalbn(1.0 + (x * c / (2.0 - c) - low + high), k);
}

export function exp64(x: f64): f64 {
  if (!(x > -746.0)) return x != x ? x : 0.0;
  if (x > 710.0) return Infinity;
  const k = nearest(x * 1.44269504088896338700);
  return expReduced(x - k * LN2_HIGH, k * LN2_LOW, <i32>k);
}

export function exp2_64(x: f64): f64 {
  if (!(x > -1076.0)) return x != x ? x : 0.0;
  if (x >= 1024.0) return Infinity;
  const k = nearest(x), f = x - k;
  // f has 53 bits at most, its high part times LN2_HIGH (33 bits) is exact
  const high = reinterpret<f64>(reinterpret<u64>(f) & 0xffffffffff000000) * LN2_HIGH;
  const low = (f - reinterpret<f64>(reinterpret<u64>(f) & 0xffffffffff000000)) * LN2_HIGH + f * LN2_LOW;
  return expReduced(high, -low, <i32>k);
}

const LOG = memory.data<f64>([
  6.666666666666735130e-1, 3.999999999940941908e-1, 2.857142874366239149e-1, 2.222219843214978396e-1,
  1.818357216161805012e-1, 1.531383769920937332e-1, 1.479819860511658591e-1,
], 16);

/** Of a base b: 1 / ln(b) in two parts, log_b(2) in two parts. */
const BASE_2 = memory.data<f64>([1.44269504072144627571, 1.67517131648865118353e-10, 1.0, 0.0], 16);
const BASE_10 = memory.data<f64>([
  4.34294481878168880939e-1, 2.50829467116452752298e-11, 3.01029995663611771306e-1, 3.69423907715893078616e-13,
], 16);

/** log in the base of a table, in base e without one. */
function logOf(x: f64, base: usize): f64 {
  if (!(x < Infinity)) return x;
  if (x <= 0) return x == 0 ? -Infinity : NaN;
  let k = 0.0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984.0; // 2^54
    k = -54.0;
  }
  const bits = reinterpret<u64>(x), e = <i64>(bits - 0x3fe6a09e667f3bcd) >> 52;
  k += <f64>e;
  const f = reinterpret<f64>(bits - (<u64>e << 52)) - 1.0;
  const half = 0.5 * f * f, s = f / (2.0 + f), z = s * s, r = z * poly(LOG, 7, z);
  if (!base) return s * (half + r) + k * LN2_LOW - half + f + k * LN2_HIGH;
  const high = reinterpret<f64>(reinterpret<u64>(f - half) & 0xffffffff00000000);
  const low = f - high - half + s * (half + r);
  const factor = load<f64>(base), top = high * factor, whole = k * load<f64>(base, 16), sum = whole + top;
  const rest = k * load<f64>(base, 24) + (low + high) * load<f64>(base, 8) + low * factor;
  return rest + (whole - sum + top) + sum;
}

export function log64(x: f64): f64 {
  return logOf(x, 0);
}

export function log2_64(x: f64): f64 {
  return logOf(x, BASE_2);
}

export function log10_64(x: f64): f64 {
  return logOf(x, BASE_10);
}

/** log(1 + x): what the sum lost comes back as the slope times it. */
export function log1p64(x: f64): f64 {
  const y = 1.0 + x, lost = x - (y - 1.0);
  return y == 1.0 ? x : lost == 0 || y == Infinity ? log64(y) : log64(y) + lost / y;
}

export function atanh64(x: f64): f64 {
  const a = abs(x), t = 2.0 * a;
  return copysign(0.5 * log1p64(a < 0.5 ? t + t * a / (1.0 - a) : t / (1.0 - a)), x);
}

export function tan64(x: f64): f64 {
  return NativeMath.sin(x) / NativeMath.cos(x);
}

/** The angle at which the circle has this height. */
export function asin64(x: f64): f64 {
  return NativeMath.atan2(x, sqrt((1.0 - x) * (1.0 + x)));
}

export function acos64(x: f64): f64 {
  return NativeMath.atan2(sqrt((1.0 - x) * (1.0 + x)), x);
}

export function sinh64(x: f64): f64 {
  const a = abs(x), h = copysign(0.5, x);
  if (a > 709.0) return twiceScaled(a, h);
  const t = NativeMath.expm1(a);
  return a < 1.0 ? (a < 1e-8 ? x : h * (2.0 * t - t * t / (t + 1.0))) : h * (t + t / (t + 1.0));
}

export function cosh64(x: f64): f64 {
  const a = abs(x);
  if (a > 709.0) return twiceScaled(a, 0.5);
  const t = NativeMath.expm1(a);
  return a < 1.0 ? 1.0 + t * t / (2.0 + 2.0 * t) : 0.5 * (t + 1.0 + 1.0 / (t + 1.0));
}

/** exp(a) * h, where exp(a) alone may overflow. */
function twiceScaled(a: f64, h: f64): f64 {
  const e = exp64(0.5 * a);
  return h * e * e;
}

export function asinh64(x: f64): f64 {
  let y = abs(x);
  if (y >= 1e8) y = log64(y) + 0.693147180559945309417;
  else if (y >= 2.0) y = log64(2.0 * y + 1.0 / (sqrt(y * y + 1.0) + y));
  else if (y > 1e-8) y = log1p64(y + y * y / (sqrt(y * y + 1.0) + 1.0));
  return copysign(y, x);
}

export function acosh64(x: f64): f64 {
  if (x < 1.0) return NaN;
  if (x < 2.0) return log1p64(x - 1.0 + sqrt((x - 1.0) * (x - 1.0) + 2.0 * (x - 1.0)));
  return x < 1e8 ? log64(2.0 * x - 1.0 / (x + sqrt(x * x - 1.0))) : log64(x) + 0.693147180559945309417;
}

// Numerators, then denominators (constant 1 included), of the rational forms of erf by interval of |x|.
const ERF_NEAR = memory.data<f64>([
  1.28379167095512558561e-1, -3.25042107247001499370e-1, -2.84817495755985104766e-2, -5.77027029648944159157e-3,
  -2.37630166566501626084e-5,
  1.0, 3.97917223959155352819e-1, 6.50222499887672944485e-2, 5.08130628187576562776e-3, 1.32494738004321644526e-4,
  -3.96022827877536812320e-6,
], 16);
const ERF_ONE = memory.data<f64>([
  -2.36211856075265944077e-3, 4.14856118683748331666e-1, -3.72207876035701323847e-1, 3.18346619901161753674e-1,
  -1.10894694282396677476e-1, 3.54783043256182359371e-2, -2.16637559486879084300e-3,
  1.0, 1.06420880400844228286e-1, 5.40397917702171048937e-1, 7.18286544141962662868e-2, 1.26171219808761642112e-1,
  1.36370839120290507362e-2, 1.19844998467991074170e-2,
], 16);
const ERF_MIDDLE = memory.data<f64>([
  -9.86494403484714822705e-3, -6.93858572707181764372e-1, -1.05586262253232909814e1, -6.23753324503260060396e1,
  -1.62396669462573470355e2, -1.84605092906711035994e2, -8.12874355063065934246e1, -9.81432934416914548592,
  1.0, 1.96512716674392571292e1, 1.37657754143519042600e2, 4.34565877475229228821e2, 6.45387271733267880336e2,
  4.29008140027567833386e2, 1.08635005541779435134e2, 6.57024977031928170135, -6.04244152148580987438e-2,
], 16);
const ERF_FAR = memory.data<f64>([
  -9.86494292470009928597e-3, -7.99283237680523006574e-1, -1.77579549177547519889e1, -1.60636384855821916062e2,
  -6.37566443368389627722e2, -1.02509513161107724954e3, -4.83519191608651397019e2,
  1.0, 3.03380607434824582924e1, 3.25792512996573918826e2, 1.53672958608443695994e3, 3.19985821950859553908e3,
  2.55305040643316442583e3, 4.74528541206955367215e2, -2.24409524465858183362e1,
], 16);

/** erfc(a) for a >= 0.84375. */
function erfcPositive(a: f64): f64 {
  if (a < 1.25) return 1.0 - 0.845062911510467529297 - poly(ERF_ONE, 7, a - 1.0) / poly(ERF_ONE + 56, 7, a - 1.0);
  if (a > 28.0) return 0.0;
  const s = 1.0 / (a * a);
  const ratio = a < 2.857142857142857 // 1 / 0.35
    ? poly(ERF_MIDDLE, 8, s) / poly(ERF_MIDDLE + 64, 9, s)
    : poly(ERF_FAR, 7, s) / poly(ERF_FAR + 56, 8, s);
  const z = reinterpret<f64>(reinterpret<u64>(a) & 0xffffffff00000000); // z * z is exact
  return exp64(-z * z - 0.5625) * exp64((z - a) * (z + a) + ratio) / a;
}

export function erf64(x: f64): f64 {
  const a = abs(x);
  if (a < 0.84375) {
    const z = x * x;
    return x == 0 ? x : x + x * (poly(ERF_NEAR, 5, z) / poly(ERF_NEAR + 40, 6, z));
  }
  return x != x ? x : copysign(1.0 - erfcPositive(a), x);
}

export function erfc64(x: f64): f64 {
  if (x != x) return x;
  if (abs(x) < 0.84375) {
    const z = x * x, y = x * (poly(ERF_NEAR, 5, z) / poly(ERF_NEAR + 40, 6, z));
    return x < 0.25 ? 1.0 - (x + y) : 0.5 - (x - 0.5 + y);
  }
  return x > 0 ? erfcPositive(x) : 2.0 - erfcPositive(-x);
}

const POW_LOG = memory.data<f64>([
  5.99999999999994648725e-1, 4.28571428578550184252e-1, 3.33333329818377432918e-1, 2.72728123808534006489e-1,
  2.30660745775561754067e-1, 2.06975017800338417784e-1,
], 16);

// @ts-ignore: decorator
@inline function top32(x: f64): f64 {
  return reinterpret<f64>(reinterpret<u64>(x) & 0xffffffff00000000);
}

/** Special values as in C. */
export function pow64(x: f64, y: f64): f64 {
  if (y == 0 || x == 1.0) return 1.0;
  if (x != x || y != y) return NaN;
  let a = abs(x), sign = 1.0;
  if (reinterpret<i64>(x) < 0) {
    if (floor(y) != y) {
      if (x < 0 && a < Infinity) return NaN;
    } else if (floor(0.5 * y) != 0.5 * y) sign = -1.0;
  }
  if (a == 1.0) return sign;
  if (a == 0 || a == Infinity || abs(y) == Infinity) return sign * (a > 1.0 == y > 0 ? Infinity : 0.0);
  if (abs(y) > 1.8446744073709552e19) return sign * (a > 1.0 == y > 0 ? Infinity : 0.0);

  // log2(a) = t1 + t2, t1 in the upper half of the bits
  let n = 0.0;
  if (a < 2.2250738585072014e-308) {
    a *= 9007199254740992.0; // 2^53
    n = -53.0;
  }
  const bits = reinterpret<u64>(a);
  let mantissa = (bits & 0x000fffffffffffff) | 0x3ff0000000000000, k = 0;
  const j = <i32>(mantissa >> 32) & 0xfffff;
  n += <f64>(<i32>(bits >> 52) - 1023);
  if (j >= 0xbb67a) { // sqrt(3)
    n += 1.0;
    mantissa -= 0x0010000000000000;
  } else if (j > 0x3988e) k = 1; // sqrt(3 / 2)
  a = reinterpret<f64>(mantissa);
  const base = k ? 1.5 : 1.0, u = a - base, v = 1.0 / (a + base), ss = u * v, sh = top32(ss);
  const th = top32(a + base), tl = a - (th - base);
  const sl = v * (u - sh * th - sh * tl);
  let s2 = ss * ss;
  const r = s2 * s2 * poly(POW_LOG, 6, s2) + sl * (sh + ss);
  s2 = sh * sh;
  const th3 = top32(3.0 + s2 + r), tl3 = r - (th3 - 3.0 - s2);
  const u3 = sh * th3, v3 = sl * th3 + tl3 * ss, ph3 = top32(u3 + v3), pl3 = v3 - (ph3 - u3);
  const zh = 9.61796700954437255859e-1 * ph3;
  const zl = -7.02846165095275826516e-9 * ph3 + pl3 * 9.61796693925975554329e-1 + (k ? 1.35003920212974897128e-8 : 0.0);
  const dh = k ? 5.84962487220764160156e-1 : 0.0;
  const t1 = top32(zh + zl + dh + n), t2 = zl - (t1 - n - dh - zh);

  const y1 = top32(y), low = (y - y1) * t1 + y * t2, high = y1 * t1, z = high + low;
  if (z >= 1025.0) return sign * Infinity;
  if (z < -1080.0) return sign * 0.0;
  const whole = nearest(z), rest = high - whole, t = top32(rest + low);
  const eh = t * 6.93147182464599609375e-1;
  const el = (low - (t - rest)) * 6.93147180559945286227e-1 + t * -1.90465429995776804525e-9;
  return sign * expReduced(eh, -el, <i32>whole);
}
