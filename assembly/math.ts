// Vector functions of four f32 lanes. Every lane's result depends on that lane alone, so splitting a range
// never changes a bit. Bounds are the largest error against the exact result, in units in the last place (ulp)
// of a normal f32 result, with and without fused multiply-add. Constants live in memory: engines would remake
// splats of literals in every turn of a loop.
import { konst, konst64, madd, nmadd, pick } from "./lanes";

const F = memory.data<u32>([
  0x7fffffff, // 0: all but the sign
  0x80000000, // 1: the sign
  0x7f800000, // 2: infinity
  0xff800000, // 3: -infinity
  0x3f800000, // 4: 1
  0x3f000000, // 5: 0.5
], 16);

/** The constants of `expm1` below: bounds, reduction, and (expm1(r) - r) / r^2 on |r| <= ln(2) / 2. */
const EXP = memory.data<f32>([
  -104.0, 89.0, // 0, 1: below underflows to 0, above overflows
  1.44269504, 12583039.0, // 2: 1 / ln 2;  3: 1.5 * 2^23 + 127, whose addition rounds to an integer with f32's bias
  0.693359375, -2.12194440e-4, // 4, 5: ln 2 in two parts, the first with few bits
  0.0013814318226650357, 0.008368851616978645, 0.041668400168418884, 0.1666651964187622, 0.4999999403953552,
  -18.0, // 11: expm1 is -1 below
], 16);
const BIAS = memory.data<i32>([127, 0x4b40007f], 16);

// @ts-ignore: decorator
@inline function expm1Reduced(r: v128): v128 {
  let p = madd(konst(EXP, 6), r, konst(EXP, 7));
  p = madd(p, r, konst(EXP, 8));
  p = madd(p, r, konst(EXP, 9));
  p = madd(p, r, konst(EXP, 10));
  return madd(f32x4.mul(r, r), p, r);
}

/** exp: 1 ulp; results below 2^-126 have an absolute error under 2^-149. */
// @ts-ignore: decorator
@inline export function exp4(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, konst(EXP, 0)), konst(EXP, 1));
  const t = madd(x, konst(EXP, 2), konst(EXP, 3)), n = f32x4.sub(t, konst(EXP, 3));
  const e = expm1Reduced(nmadd(n, konst(EXP, 5), nmadd(n, konst(EXP, 4), x)));
  // 2^n in two factors, as n reaches from -150 to 128
  const k = i32x4.sub(t, konst(BIAS, 1)), k1 = i32x4.shr_s(k, 1);
  const s1 = i32x4.shl(i32x4.add(k1, konst(BIAS, 0)), 23);
  const s2 = i32x4.shl(i32x4.add(i32x4.sub(k, k1), konst(BIAS, 0)), 23);
  return f32x4.mul(madd(e, s1, s1), s2);
}

/** exp as `exp4` gives it, bit for bit, where |x| <= 80. */
// @ts-ignore: decorator
@inline export function expNear4(x: v128): v128 {
  const t = madd(x, konst(EXP, 2), konst(EXP, 3)), n = f32x4.sub(t, konst(EXP, 3));
  const e = expm1Reduced(nmadd(n, konst(EXP, 5), nmadd(n, konst(EXP, 4), x)));
  const s = i32x4.shl(t, 23);
  return madd(e, s, s);
}

/** Whether a lane is beyond 80 in magnitude, or a NaN. */
// @ts-ignore: decorator
@inline export function isFar(a: v128, b: v128): bool {
  const size = i32x4.max_s(v128.and(a, konst(F, 0)), v128.and(b, konst(F, 0)));
  return v128.any_true(i32x4.gt_s(size, konst(NEAR, 0)));
}
const NEAR = memory.data<f32>([80.0], 16);

/** 1 + exp(-x): 1.5 ulp; infinite below x = -88.4, where its reciprocal is under 2^-127. */
// @ts-ignore: decorator
@inline export function onePlusExpNeg4(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, konst(EXP_ONE, 0)), konst(EXP_ONE, 1));
  const t = nmadd(x, konst(EXP, 2), konst(EXP, 3)), n = f32x4.sub(t, konst(EXP, 3));
  // -r, and exp(r) by its powers
  const r = madd(n, konst(EXP, 5), madd(n, konst(EXP, 4), x)), one = konst(F, 4);
  let p = nmadd(konst(EXP, 6), r, konst(EXP, 7));
  p = nmadd(p, r, konst(EXP, 8));
  p = nmadd(p, r, konst(EXP, 9));
  p = nmadd(p, r, konst(EXP, 10));
  p = nmadd(p, r, one);
  p = nmadd(p, r, one);
  return madd(p, i32x4.shl(t, 23), one);
}
const EXP_ONE = memory.data<f32>([-89.0, 87.0], 16);

/** expm1: 1.5 ulp. */
// @ts-ignore: decorator
@inline export function expm1_4(x: v128): v128 {
  const y = f32x4.pmin(f32x4.pmax(x, konst(EXP, 11)), konst(EXP, 1));
  const t = madd(y, konst(EXP, 2), konst(EXP, 3)), n = f32x4.sub(t, konst(EXP, 3));
  const e = expm1Reduced(nmadd(n, konst(EXP, 5), nmadd(n, konst(EXP, 4), y)));
  const k = i32x4.sub(t, konst(BIAS, 1)), k1 = i32x4.shr_s(k, 1), k2 = i32x4.sub(k, k1);
  const s1 = i32x4.shl(i32x4.add(k1, konst(BIAS, 0)), 23), s2 = i32x4.shl(i32x4.add(k2, konst(BIAS, 0)), 23);
  const inverse2 = i32x4.shl(i32x4.sub(konst(BIAS, 0), k2), 23);
  const result = f32x4.mul(madd(e, s1, f32x4.sub(s1, inverse2)), s2);
  return pick(f32x4.eq(x, i32x4.splat(0)), x, result);
}

/** Powers of f from 3 up of log(1 + f) on [sqrt(1/2) - 1, sqrt(2) - 1] (Cephes), and the constants around them. */
const LOG = memory.data<f32>([
  1.1754943508e-38, 8388608.0, 23.0, // 0, 1, 2: the smallest normal, 2^23 and its exponent
  0.693359375, -2.12194440e-4, // 3, 4: ln 2 in two parts
  7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
], 16);
const SQRT_HALF = memory.data<u32>([0x3f3504f3], 16);

/** e ln 2 + log(1 + f). */
// @ts-ignore: decorator
@inline function logReduced(f: v128, e: v128): v128 {
  const z = f32x4.mul(f, f);
  let p = madd(konst(LOG, 5), f, konst(LOG, 6));
  p = madd(p, f, konst(LOG, 7));
  p = madd(p, f, konst(LOG, 8));
  p = madd(p, f, konst(LOG, 9));
  p = madd(p, f, konst(LOG, 10));
  p = madd(p, f, konst(LOG, 11));
  p = madd(p, f, konst(LOG, 12));
  p = madd(p, f, konst(LOG, 13));
  let y = madd(e, konst(LOG, 4), f32x4.mul(f32x4.mul(p, f), z));
  y = f32x4.add(f, nmadd(z, konst(F, 5), y));
  return madd(e, konst(LOG, 3), y);
}

/** log as `log4` gives it, bit for bit, of positive normal numbers. */
// @ts-ignore: decorator
@inline export function logNear4(x: v128): v128 {
  const k = i32x4.shr_s(i32x4.sub(x, konst(SQRT_HALF, 0)), 23);
  return logReduced(f32x4.sub(i32x4.sub(x, i32x4.shl(k, 23)), konst(F, 4)), f32x4.convert_i32x4_s(k));
}

/** Whether a lane is no positive normal number. */
// @ts-ignore: decorator
@inline export function isEdge(a: v128, b: v128): bool {
  const above = i32x4.max_u(i32x4.sub(a, konst(LOG, 0)), i32x4.sub(b, konst(LOG, 0)));
  return v128.any_true(i32x4.ge_u(above, konst(NORMALS, 0)));
}
/** The bits of infinity less those of the smallest normal number. */
const NORMALS = memory.data<u32>([0x7f000000], 16);

/** log: 1 ulp. */
// @ts-ignore: decorator
@inline export function log4(x: v128): v128 {
  const small = f32x4.lt(x, konst(LOG, 0));
  const scaled = pick(small, f32x4.mul(x, konst(LOG, 1)), x);
  const k = i32x4.shr_s(i32x4.sub(scaled, konst(SQRT_HALF, 0)), 23);
  const f = f32x4.sub(i32x4.sub(scaled, i32x4.shl(k, 23)), konst(F, 4));
  let y = logReduced(f, f32x4.sub(f32x4.convert_i32x4_s(k), v128.and(small, konst(LOG, 2))));
  const zero = i32x4.splat(0);
  y = pick(f32x4.lt(x, konst(F, 2)), y, x); // +inf and NaN are their own logarithm
  y = v128.or(y, f32x4.lt(x, zero)); // all ones is a NaN
  return pick(f32x4.eq(x, zero), konst(F, 3), y);
}

/** log1p: 1.5 ulp. */
// @ts-ignore: decorator
@inline export function log1p4(x: v128): v128 {
  const one = konst(F, 4), u = f32x4.add(x, one), y = log4(u);
  const lost = f32x4.div(f32x4.sub(x, f32x4.sub(u, one)), u); // what rounding u took away
  const inside = v128.and(f32x4.gt(u, i32x4.splat(0)), f32x4.lt(u, konst(F, 2)));
  return pick(f32x4.eq(u, one), x, f32x4.add(y, v128.and(lost, inside)));
}

/** log1p as `log1p4` gives it, bit for bit, where u = 1 + x is a positive normal number. */
// @ts-ignore: decorator
@inline export function log1pNear4(x: v128, u: v128): v128 {
  const one = konst(F, 4), lost = f32x4.div(f32x4.sub(x, f32x4.sub(u, one)), u);
  return pick(f32x4.eq(u, one), x, f32x4.add(logNear4(u), lost));
}

const TRIG = memory.data<f64>([
  0.63661977236758134308, 6755399441055744.0, // 2 / pi; 1.5 * 2^52, whose addition rounds to an integer
  1.57079632673412561417, 6.07710050650619224932e-11, // pi / 2: the first part has 33 bits
], 16);
const TRIG32 = memory.data<f32>([
  1e6, 1e-4, // 0: beyond goes to the slow path;  1: below, sin(x) = x
  -1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1,
  2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2,
], 16);

// @ts-ignore: decorator
@inline function reduceTrig(x: v128, t: v128): v128 {
  const n = f64x2.sub(t, konst64(TRIG, 1));
  const r = f64x2.sub(f64x2.sub(x, f64x2.mul(n, konst64(TRIG, 2))), f64x2.mul(n, konst64(TRIG, 3)));
  return f32x4.demote_f64x2_zero(r);
}

/** sin r, |r| <= pi / 4, from r and z = r r (Cephes). */
// @ts-ignore: decorator
@inline export function sinNear4(r: v128, z: v128): v128 {
  const s = madd(madd(konst(TRIG32, 2), z, konst(TRIG32, 3)), z, konst(TRIG32, 4));
  return madd(f32x4.mul(s, z), r, r);
}

/** cos r likewise. */
// @ts-ignore: decorator
@inline export function cosNear4(z: v128): v128 {
  const c = madd(madd(konst(TRIG32, 5), z, konst(TRIG32, 6)), z, konst(TRIG32, 7));
  return madd(c, f32x4.mul(z, z), nmadd(z, konst(F, 5), konst(F, 4)));
}

/** sin (`quarter` 0) and cos (`quarter` 1): 1.6 ulp everywhere; the reduction runs in f64. */
// @ts-ignore: decorator
@inline export function sin4(x: v128, quarter: i32): v128 {
  const low = f64x2.promote_low_f32x4(x), high = f64x2.promote_low_f32x4(v128.shuffle<i32>(x, x, 2, 3, 2, 3));
  const tl = f64x2.add(f64x2.mul(low, konst64(TRIG, 0)), konst64(TRIG, 1));
  const th = f64x2.add(f64x2.mul(high, konst64(TRIG, 0)), konst64(TRIG, 1));
  const r = v128.shuffle<i64>(reduceTrig(low, tl), reduceTrig(high, th), 0, 2);
  let q = v128.shuffle<i32>(tl, th, 0, 2, 4, 6);
  if (quarter) q = i32x4.add(q, i32x4.splat(1));
  const z = f32x4.mul(r, r);
  const s = sinNear4(r, z), c = cosNear4(z);
  const odd = i32x4.shr_s(i32x4.shl(q, 31), 31), negative = v128.and(i32x4.shl(q, 30), konst(F, 1));
  let y = v128.xor(pick(odd, c, s), negative);
  const size = v128.and(x, konst(F, 0));
  if (!quarter) y = pick(f32x4.lt(size, konst(TRIG32, 1)), x, y); // keeps -0
  const far = f32x4.gt(size, konst(TRIG32, 0));
  return v128.any_true(far) ? pick(far, trigFar(x, quarter), y) : y;
}

function trigFar(x: v128, quarter: i32): v128 {
  let y = f32x4.splat(trigLane(f32x4.extract_lane(x, 0), quarter));
  y = f32x4.replace_lane(y, 1, trigLane(f32x4.extract_lane(x, 1), quarter));
  y = f32x4.replace_lane(y, 2, trigLane(f32x4.extract_lane(x, 2), quarter));
  return f32x4.replace_lane(y, 3, trigLane(f32x4.extract_lane(x, 3), quarter));
}

function trigLane(x: f32, quarter: i32): f32 {
  return <f32>(quarter ? NativeMath.cos(x) : NativeMath.sin(x));
}

/** Of `tanh4`: 2 / ln 2, ln(2) / 2, 10: 1 to f32's precision above, and expm1(2 r) / 2 = r + r^2 (...). */
const TANH = memory.data<f32>([
  2.88539008, 0.34657359028, 10.0, 0.5, -0.5,
  0.04420581832528114, 0.13390162587165833, 0.33334720134735107, 0.6666607856750488, 0.9999998807907104,
], 16);

/** tanh: 2.7 ulp. With h = expm1(2 |x|) / 2 it is h / (h + 1). */
// @ts-ignore: decorator
@inline export function tanh4(x: v128): v128 {
  const a = f32x4.pmin(v128.and(x, konst(F, 0)), konst(TANH, 2));
  const t = madd(a, konst(TANH, 0), konst(EXP, 3)), n = f32x4.sub(t, konst(EXP, 3));
  // ln 2 needs no second part: where n is large, the result hardly depends on it.
  const r = nmadd(n, konst(TANH, 1), a);
  let p = madd(konst(TANH, 5), r, konst(TANH, 6));
  p = madd(p, r, konst(TANH, 7));
  p = madd(p, r, konst(TANH, 8));
  p = madd(p, r, konst(TANH, 9));
  p = madd(f32x4.mul(r, r), p, r);
  const s = i32x4.shl(t, 23), h = madd(p, s, madd(s, konst(TANH, 3), konst(TANH, 4)));
  return v128.or(f32x4.div(h, f32x4.add(h, konst(F, 4))), v128.and(x, konst(F, 1)));
}

/** log(erfc(t)) + t over t for t above 475/512, then (erf(t) - t) / t below (N. Juffa). */
const ERF = memory.data<f32>([
  0.927734375, 5.0, // 0: where the forms change;  1: erf is 1 above
  -1.72853470e-5, 3.83197126e-4, -3.88396438e-3, 2.42546219e-2, -1.06777877e-1, -6.34846687e-1, -1.28717512e-1,
  -5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1,
], 16);

// @ts-ignore: decorator
@inline function erfSmall(x: v128, z: v128): v128 {
  let p = madd(konst(ERF, 9), z, konst(ERF, 10));
  p = madd(p, z, konst(ERF, 11));
  p = madd(p, z, konst(ERF, 12));
  p = madd(p, z, konst(ERF, 13));
  p = madd(p, z, konst(ERF, 14));
  return madd(p, x, x);
}

// @ts-ignore: decorator
@inline function erfcLarge(t: v128): v128 {
  t = f32x4.pmin(t, konst(ERF, 1));
  const z = f32x4.mul(t, t);
  let p = madd(konst(ERF, 2), t, konst(ERF, 3));
  p = madd(p, z, madd(konst(ERF, 4), t, konst(ERF, 5)));
  p = madd(p, t, konst(ERF, 6));
  p = madd(p, t, konst(ERF, 7));
  p = madd(p, t, konst(ERF, 8));
  return expNear4(f32x4.sub(f32x4.mul(p, t), t));
}

/** erf: 1.2 ulp. */
// @ts-ignore: decorator
@inline export function erf4(x: v128): v128 {
  const t = v128.and(x, konst(F, 0));
  const large = v128.or(f32x4.sub(konst(F, 4), erfcLarge(t)), v128.and(x, konst(F, 1)));
  return pick(f32x4.gt(t, konst(ERF, 0)), large, erfSmall(x, f32x4.mul(t, t)));
}

/** Numerator (odd powers 13 to 1) and denominator (even powers 8 to 0) of erf on |x| <= 4 (Eigen). */
const ERF_RATIO = memory.data<f32>([
  -4.0, 4.0,
  -2.72614225801306e-10, 2.77068142495902e-8, -2.10102402082508e-6, -5.69250639462346e-5, -7.34990630326855e-4,
  -2.95459980854025e-3, -1.60960333262415e-2,
  -1.45660718464996e-5, -2.13374055278905e-4, -1.68282697438203e-3, -7.37332916720468e-3, -1.42647390514189e-2,
], 16);

/** 1 + erf(x): absolute error 2^-22, at a third of the cost of erf4. */
// @ts-ignore: decorator
@inline export function onePlusErf4(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, konst(ERF_RATIO, 0)), konst(ERF_RATIO, 1));
  const z = f32x4.mul(x, x);
  let p = madd(konst(ERF_RATIO, 2), z, konst(ERF_RATIO, 3));
  p = madd(p, z, konst(ERF_RATIO, 4));
  p = madd(p, z, konst(ERF_RATIO, 5));
  p = madd(p, z, konst(ERF_RATIO, 6));
  p = madd(p, z, konst(ERF_RATIO, 7));
  p = madd(p, z, konst(ERF_RATIO, 8));
  let q = madd(konst(ERF_RATIO, 9), z, konst(ERF_RATIO, 10));
  q = madd(q, z, konst(ERF_RATIO, 11));
  q = madd(q, z, konst(ERF_RATIO, 12));
  q = madd(q, z, konst(ERF_RATIO, 13));
  return f32x4.add(konst(F, 4), f32x4.div(f32x4.mul(p, x), q));
}

const POW = memory.data<f64>([
  -160.0, 130.0, 6755399441055744.0, 1.0, // 0, 1: under- and overflow of the f32 result
  // 4: log2(m) / s over s = (m - 1) / (m + 1), in s^2, from the highest power
  0.34073282748772077, 0.4116726049289267, 0.577083586025803, 0.9617966733450087, 2.885390081790053,
  // 9: 2^f on |f| <= 1/2, from the highest power
  0.00015345807495990553, 0.0013399931182964226, 0.009618488973869884, 0.05550328777078013, 0.24022646890479288,
  0.6931472057371978, 1.0000000005541874,
  Infinity, // 16
], 16);
const POW_BITS = memory.data<u64>([0x3fe6a09e667f3bcd, 0x7fffffffffffffff, 1023], 16);

/** |x|^y of two f64 lanes with a relative error of 2^-27; 0 * infinity in y * log2|x| gives NaN. */
function pow2(x: v128, y: v128): v128 {
  x = v128.and(x, konst64(POW_BITS, 1));
  const k = i64x2.shr_s(i64x2.sub(x, konst64(POW_BITS, 0)), 52);
  const m = i64x2.sub(x, i64x2.shl(k, 52)), one = konst64(POW, 3);
  const s = f64x2.div(f64x2.sub(m, one), f64x2.add(m, one)), z = f64x2.mul(s, s);
  let p = f64x2.add(f64x2.mul(konst64(POW, 4), z), konst64(POW, 5));
  p = f64x2.add(f64x2.mul(p, z), konst64(POW, 6));
  p = f64x2.add(f64x2.mul(p, z), konst64(POW, 7));
  p = f64x2.add(f64x2.mul(p, z), konst64(POW, 8));
  const exponent = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(k, k, 0, 2, 0, 2));
  let log = f64x2.add(f64x2.mul(s, p), exponent);
  const zero = i64x2.splat(0), infinity = konst64(POW, 16);
  log = pick(f64x2.lt(x, infinity), log, x);
  log = pick(f64x2.eq(x, zero), f64x2.neg(infinity), log);
  const t = f64x2.pmin(f64x2.pmax(f64x2.mul(y, log), konst64(POW, 0)), konst64(POW, 1));
  const r = f64x2.add(t, konst64(POW, 2)), f = f64x2.sub(t, f64x2.sub(r, konst64(POW, 2)));
  p = f64x2.add(f64x2.mul(konst64(POW, 9), f), konst64(POW, 10));
  p = f64x2.add(f64x2.mul(p, f), konst64(POW, 11));
  p = f64x2.add(f64x2.mul(p, f), konst64(POW, 12));
  p = f64x2.add(f64x2.mul(p, f), konst64(POW, 13));
  p = f64x2.add(f64x2.mul(p, f), konst64(POW, 14));
  p = f64x2.add(f64x2.mul(p, f), konst64(POW, 15));
  return f32x4.demote_f64x2_zero(f64x2.mul(p, i64x2.shl(i64x2.add(r, konst64(POW_BITS, 2)), 52)));
}

/** pow: 1 ulp; special values as in C. */
// @ts-ignore: decorator
@inline export function pow4(x: v128, y: v128): v128 {
  const low = pow2(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(y));
  const high = pow2(
    f64x2.promote_low_f32x4(v128.shuffle<i32>(x, x, 2, 3, 2, 3)),
    f64x2.promote_low_f32x4(v128.shuffle<i32>(y, y, 2, 3, 2, 3)),
  );
  let r = v128.shuffle<i64>(low, high, 0, 2);
  const one = konst(F, 4), sign = konst(F, 1), infinity = konst(F, 2), half = f32x4.mul(y, konst(F, 5));
  const whole = f32x4.eq(f32x4.floor(y), y), odd = v128.andnot(whole, f32x4.eq(f32x4.floor(half), half));
  r = v128.or(r, v128.and(v128.and(x, sign), odd));
  // a finite negative base and a fraction: all ones is a NaN
  const base = v128.and(f32x4.lt(x, i32x4.splat(0)), f32x4.gt(x, f32x4.neg(infinity)));
  r = v128.or(r, v128.andnot(base, whole));
  const isOne = f32x4.eq(v128.and(x, konst(F, 0)), one), endless = f32x4.eq(v128.and(y, konst(F, 0)), infinity);
  const unit = v128.or(v128.or(f32x4.eq(y, i32x4.splat(0)), f32x4.eq(x, one)), v128.and(isOne, endless));
  return pick(unit, one, r);
}
