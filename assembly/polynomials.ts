// Orthogonal polynomials of f64 by their recurrences, over elements [begin, end) of contiguous inputs.

const enum Kind {
  chebyshevT, chebyshevU, chebyshevV, chebyshevW,
  shiftedT, shiftedU, shiftedV, shiftedW,
  hermiteH, hermiteHe, laguerreL, legendreP,
}

function polynomial64(kind: i32, x: f64, degree: f64): f64 {
  degree = trunc(degree);
  if (!(degree >= 0 && degree < 1e9)) return 0.0;
  if (kind >= Kind.shiftedT && kind <= Kind.shiftedW) {
    x = 2.0 * x - 1.0;
    kind -= Kind.shiftedT;
  }
  let below = 1.0, here = x;
  if (kind == Kind.chebyshevU || kind == Kind.hermiteH) here = 2.0 * x;
  if (kind == Kind.chebyshevV) here = 2.0 * x - 1.0;
  if (kind == Kind.chebyshevW) here = 2.0 * x + 1.0;
  if (kind == Kind.laguerreL) here = 1.0 - x;
  if (degree == 0) return below;
  for (let k = 1.0; k < degree; k += 1) {
    let above = 2.0 * x * here - below;
    if (kind == Kind.hermiteH) above = 2.0 * (x * here - k * below);
    if (kind == Kind.hermiteHe) above = x * here - k * below;
    if (kind == Kind.laguerreL) above = ((2.0 * k + 1.0 - x) * here - k * below) / (k + 1.0);
    if (kind == Kind.legendreP) above = ((2.0 * k + 1.0) * x * here - k * below) / (k + 1.0);
    below = here;
    here = above;
    if (here != here) break;
  }
  return here;
}

/** Values at `x` of the polynomials of degrees `n`, truncated; 0 for negative ones and from 1e9 up. `kind`: see `Kind`. */
export function polynomial(kind: i32, x: usize, n: usize, out: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; ++i) {
    const at = <usize>i << 3;
    store<f64>(out + at, polynomial64(kind, load<f64>(x + at), load<f64>(n + at)));
  }
}
