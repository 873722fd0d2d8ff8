import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";
import { closeTo } from "./sines.ts";

const { special } = torch;
const { NaN: nan, Infinity: inf } = globalThis;
const f64 = (...values: number[]) => torch.tensor(Float64Array.from(values));
type One = (x: torch.Tensor) => torch.Tensor;
type Polynomial = (x: torch.Tensor, n: torch.Tensor | number) => torch.Tensor;

/** Elements within `tolerance` of their size, and below 1e-300 of 0; NaN and infinities as they are. */
function near(got: torch.Tensor, want: number[], tolerance: number): void {
  (got.tolist() as number[]).forEach((v, i) => {
    const w = want[i]!;
    if (!Number.isFinite(w)) expect(v).toBe(w);
    else
      expect(Math.abs(v - w), `element ${i}: ${v}, not ${w}`).toBeLessThanOrEqual(
        tolerance * Math.abs(w) + 1e-300,
      );
  });
}

// Values of SciPy 1.17.1 in float64.
const XS = [-12.3, -7.6, -7.4, -2.0, -0.3, 0.0, 0.3, 1.0, 1.9, 2.1, 5.0, 24.9, 25.1, 300.0];
const POSITIVE = [0.0, 1e-9, 0.05, 0.7, 1.0, 1.1, 5.0, 24.9, 25.1, 300.0];
const ANYWHERE: Record<string, [One, number[], tolerance: number]> = {
  besselJ0: [
    (x) => special.besselJ0(x),
    [
      0.110797950307585, 0.251601833849976, 0.278596232657478, 0.223890779141236, 0.977626246538296, 1.0,
      0.977626246538296, 0.765197686557966, 0.281818559374385, 0.16660698033199, -0.177596771314338,
      0.0832459683530154, 0.108275671499949, -0.0332985548763065,
    ],
    1e-12,
  ],
  besselJ1: [
    (x) => special.besselJ1(x),
    [
      0.194258848040591, -0.159213768396357, -0.109625094853991, -0.576724807756873, -0.148318816273104, 0.0,
      0.148318816273104, 0.440050585744934, 0.581157072713434, 0.568292135757039, -0.327579137591465,
      -0.134855699531409, -0.114634784134422, -0.0318874313774993,
    ],
    1e-12,
  ],
  airyAi: [
    (x) => special.airyAi(x),
    [
      -0.287472080256442, 0.278250234880198, 0.341323752232339, 0.227407428201686, 0.430903095285581,
      0.355028053887817, 0.278806481955005, 0.135292416312881, 0.0405944200315291, 0.0299526021158665,
      0.000108344428136074, 1.33877141633757e-37, 4.91527631774992e-38, 0.0,
    ],
    1e-9,
  ],
  i0e: [
    (x) => special.i0e(x),
    [
      0.114965629320688, 0.14729896357062, 0.149354137082885, 0.308508322553671, 0.757580625182548, 1.0,
      0.757580625182548, 0.46575960759364, 0.318243162889142, 0.299563094526282, 0.183540812609328,
      0.0803593326115322, 0.0800351972542962, 0.0230425584150855,
    ],
    1e-13,
  ],
  i1e: [
    (x) => special.i1e(x),
    [
      -0.110188325079352, -0.137235033312069, -0.138861335302343, -0.215269289248938, -0.112377560639839, 0.0,
      0.112377560639839, 0.207910415349708, 0.216611911174771, 0.213747672106332, 0.163972266944542,
      0.0787287948821031, 0.0784243151783684, 0.0230041220402689,
    ],
    1e-13,
  ],
  i1: [
    (x) => special.i1(x),
    [
      -24207.9330184352, -274.222480228653, -227.174982483077, -1.59063685463733, -0.151693840003593, 0.0,
      0.151693840003593, 0.565159103992485, 1.44824437305489, 1.74549980883611, 24.3356421424505,
      5129395695.92574, 6240828249.87398, 4.46838138503695e128,
    ],
    1e-13,
  ],
  erfcx: [
    (x) => special.erfcx(x),
    [
      1.01260988545376e66, 2.43152797419664e25, 1.21058649489703e24, 108.940904389978, 1.45374923284277, 1.0,
      0.734599334567655, 0.427583576155807, 0.266509373661673, 0.245119123345172, 0.110704637733069,
      0.0226399877760495, 0.0224598758175814, 0.00188062149737806,
    ],
    1e-13,
  ],
  logNdtr: [
    (x) => special.logNdtr(x),
    [
      -79.080041796184,
      -31.8437075893706,
      -30.3179130075253,
      -3.78318433368203,
      -0.96210281816885,
      -Math.LN2,
      -0.481410161588481,
      -0.17275377902345,
      -0.0291369478451058,
      -0.0180259155577277,
      -2.86651612963763e-7,
      -3.72007927510843e-137,
      -2.48666018825245e-139,
      -0.0,
    ],
    1e-13,
  ],
  ndtr: [
    (x) => special.ndtr(x),
    [
      4.52870695615878e-35, 1.48065374900481e-14, 6.80922489062002e-14, 0.0227501319481792, 0.382088577811047,
      0.5, 0.617911422188953, 0.841344746068543, 0.971283440183998, 0.982135579437183, 0.999999713348428, 1.0,
      1.0, 1.0,
    ],
    1e-13,
  ],
};
const ABOVE_ZERO: Record<string, [One, number[]]> = {
  besselY0: [
    (x) => special.besselY0(x),
    [
      -inf,
      -13.2666450749384,
      -1.97931100081721,
      -0.190664929337395,
      0.088256964215677,
      0.162163202926887,
      -0.308517625249033,
      -0.136499183996765,
      -0.116767707638037,
      -0.0318318897300025,
    ],
  ],
  besselY1: [
    (x) => special.besselY1(x),
    [
      -inf,
      -636619772.367581,
      -12.789855171175,
      -1.10324987190763,
      -0.781212821300289,
      -0.698119560067667,
      0.147863143391227,
      -0.0860025575955544,
      -0.110622233227831,
      0.0332455481213109,
    ],
  ],
  modifiedBesselK0: [
    (x) => special.modifiedBesselK0(x),
    [
      inf,
      20.8391973526048,
      3.11423402947199,
      0.660519859915102,
      0.421024438240708,
      0.365602391543186,
      0.00369109833404259,
      3.83609652098949e-12,
      3.12831271432112e-12,
      3.72369485488914e-132,
    ],
  ],
  modifiedBesselK1: [
    (x) => special.modifiedBesselK1(x),
    [
      inf,
      1000000000.0,
      19.9096743258825,
      1.05028353531292,
      0.601907230197235,
      0.509760027167027,
      0.00404461344545216,
      3.91238243625676e-12,
      3.19003231860427e-12,
      3.72989585833237e-132,
    ],
  ],
  scaledModifiedBesselK0: [
    (x) => special.scaledModifiedBesselK0(x),
    [
      inf,
      20.839197373444,
      3.27390422253454,
      1.33012365624206,
      1.14446307980689,
      1.0983302829476,
      0.547807564313519,
      0.249932150154025,
      0.248943995463288,
      0.0723300317396073,
    ],
  ],
  scaledModifiedBesselK1: [
    (x) => special.scaledModifiedBesselK1(x),
    [
      inf,
      1000000001.0,
      20.9304651570601,
      2.11501131284805,
      1.63615348626326,
      1.53140375398119,
      0.600273858788313,
      0.254902385580817,
      0.253855500895057,
      0.0724504816672584,
    ],
  ],
};
// At 0.3, 0.3, -1.5, 0.7, 1 of degrees 0, 1, 2, 5, 4.
const POLYNOMIALS: Record<string, [Polynomial, number[]]> = {
  chebyshevPolynomialT: [special.chebyshevPolynomialT, [1.0, 0.3, 3.5, -0.67088, 1.0]],
  chebyshevPolynomialU: [special.chebyshevPolynomialU, [1.0, 0.6, 8.0, -1.39776, 5.0]],
  shiftedChebyshevPolynomialT: [special.shiftedChebyshevPolynomialT, [1.0, -0.4, 31.0, 0.88384, 1.0]],
  shiftedChebyshevPolynomialU: [
    special.shiftedChebyshevPolynomialU,
    [1.0, -0.8, 63.0, 0.679680000000001, 5.0],
  ],
  hermitePolynomialH: [special.hermitePolynomialH, [1.0, 0.6, 7.0, 34.49824, -20.0]],
  hermitePolynomialHe: [special.hermitePolynomialHe, [1.0, 0.3, 1.25, 7.23807, -2.0]],
  laguerrePolynomialL: [special.laguerrePolynomialL, [1.0, 0.7, 5.125, -0.573046416666667, -0.625]],
  legendrePolynomialP: [special.legendrePolynomialP, [1.0, 0.3, 2.875, -0.36519875, 1.0]],
};

describe("torch.special", () => {
  test.each(Object.entries(ANYWHERE))("%s", (_, [f, want, tolerance]) => {
    near(f(f64(...XS)), want, tolerance);
    closeTo(f(torch.tensor(Float32Array.of(0.5))).double(), f(f64(0.5)), 1e-6);
    expect(f(f64(nan)).item()).toBeNaN();
    expect(f(torch.tensor(Int32Array.of(1))).dtype).toBe(torch.float32);
  });

  test.each(Object.entries(ABOVE_ZERO))("%s", (_, [f, want]) => {
    near(f(f64(...POSITIVE)), want, 2e-12);
    expect(f(f64(-1, nan)).tolist()).toEqual([nan, nan]);
  });

  test.each(Object.entries(POLYNOMIALS))("%s", (_, [f, want]) => {
    const x = f64(0.3, 0.3, -1.5, 0.7, 1);
    near(f(x, torch.tensor(Int32Array.of(0, 1, 2, 5, 4))), want, 1e-13);
    expect(f(x, -1).tolist()).toEqual([0, 0, 0, 0, 0]);
    expect(f(x.reshape([5, 1]), f64(0, 1)).shape).toEqual([5, 2]);
    expect(f(x.requiresGrad_(), 3).requiresGrad).toBe(false);
  });

  test("Chebyshev polynomials of the third and fourth kind", () => {
    // V_n(cos t) = cos((n + 1/2) t) / cos(t / 2), and sines for W.
    const t = 0.7,
      x = f64(Math.cos(t)),
      v = Math.cos(4.5 * t) / Math.cos(t / 2),
      w = Math.sin(4.5 * t) / Math.sin(t / 2);
    near(special.chebyshevPolynomialV(x, 4), [v], 1e-13);
    near(special.chebyshevPolynomialW(x, 4), [w], 1e-12);
    near(special.shiftedChebyshevPolynomialV(x.add(1).div(2), 4), [v], 1e-12);
    near(special.shiftedChebyshevPolynomialW(x.add(1).div(2), 4), [w], 1e-12);
  });

  test("the normal distribution and its inverse", () => {
    near(
      special.ndtri(f64(0, 1e-300, 1e-5, 0.2, 0.5, 0.9, 1, 1.5)),
      [-inf, -37.0470962993612, -4.26489079392282, -0.841621233572914, 0.0, 1.2815515655446, inf, nan],
      1e-13,
    );
    const p = f64(0.001, 0.3, 0.5, 0.8);
    closeTo(special.ndtr(special.ndtri(p)), p, 1e-14);
  });

  test("zeta and the incomplete gamma functions", () => {
    const sums = [2.612375348685488, 0.08328522460157839, 19952623.6531284, inf, nan];
    near(special.zeta(f64(1.5, 2, 7.3, 1, 0.5), f64(1, 12.5, 0.1, 2, 2)), sums, 1e-13);
    near(special.zeta(2, f64(-1, -0.5)), [inf, Math.PI ** 2 / 2 + 4], 1e-13);
    const a = f64(0.1, 2.5, 10, 100, 0, 1),
      x = f64(0.05, 3, 9, 110, 1, 0);
    const lower = [0.7755386354510307, 0.6937810815867212, 0.4125917556680583, 0.8417213299399129, 1, 0];
    near(special.gammainc(a, x), lower, 1e-12);
    near(
      special.gammaincc(a, x),
      lower.map((p) => 1 - p),
      1e-12,
    );
    expect(torch.igamma(f64(0, 2, 2, -1), f64(0, inf, nan, 1)).tolist()).toEqual([nan, 1, nan, nan]);
    expect(torch.igammac(f64(inf, nan, inf), f64(nan, inf, inf)).tolist()).toEqual([1, 0, nan]);
  });

  test("the gamma family", () => {
    near(
      special.multigammaln(f64(1.1, 2, 5.5), 3),
      [4.3181688973177, 1.59631259113886, 11.3066991975832],
      1e-13,
    );
    near(special.multigammaln(f64(0.9), 3), [4.949110218939414], 1e-12);
    expect(() => special.multigammaln(torch.tensor([true]), 1)).toThrow(torch.DtypeError);
    // At the poles PyTorch's sine is not quite 0.
    const poles = torch.tensor([-6, 0]);
    expect(poles.polygamma(1).at(0).item() / 4337821942808576).toBeCloseTo(1, 5);
    expect(poles.polygamma(1).at(1).item()).toBe(Number.POSITIVE_INFINITY);
    near(special.polygamma(2, f64(0.5)), [-16.828796644234316], 1e-13);
    near(f64(2.5).polygamma(3), [0.2239058488172521], 1e-13);
    expect(() => special.polygamma(-1, f64(1))).toThrow(torch.ValueError);
    near(special.psi(f64(1)), [-0.5772156649015329], 1e-14);
    near(special.gammaln(f64(50)), [144.5657439463449], 1e-13);
  });

  test("zeros, poles and signs", () => {
    expect(special.entr(f64(0, -1, 1, nan)).tolist()).toEqual([0, -inf, -0, nan]);
    expect(special.xlog1py(f64(0, 0, 2), f64(-1, nan, 0)).tolist()).toEqual([0, nan, 0]);
    expect(special.sphericalBesselJ0(f64(0, inf)).tolist()).toEqual([1, 0]);
    expect(special.airyAi(f64(inf)).item()).toBe(0);
    expect(special.expit(f64(0)).item()).toBe(0.5);
    expect(special.sinc(f64(0)).item()).toBe(1);
  });
});
