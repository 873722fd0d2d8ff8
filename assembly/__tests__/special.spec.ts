/// <reference path="../../node_modules/@as-pect/assembly/types/as-pect.d.ts"/>
import * as b from "../bessel";
import * as o from "../polynomials";
import * as k from "../special";

const X = heap.alloc(128), OUT = heap.alloc(128);
type Unary = (x: usize, out: usize, begin: i32, end: i32) => void;

// Values of PyTorch 1.13.1 in float64.
const XS: f64[] = [-3.7, -0.5, 0.1, 0.5, 1.0, 1.4616321449683622, 2.0, 3.3, 9.5, 50.0, 100000.0];
const YS: f64[] = [-0.999, -0.7, -0.2, 0.0, 0.5, 0.71, 0.99999];
const ZS: f64[] = [-40.0, -5.0, -0.3, 0.0, 1.0, 8.0, 29.9, 30.1, 100.0, 700.0];

/** The largest error over max(1, |want|). */
function worst(f: Unary, xs: f64[], wants: f64[], floor: f64 = 1): f64 {
  for (let i = 0; i < xs.length; i++) store<f64>(X + (<usize>i << 3), xs[i]);
  f(X, OUT, 0, 3);
  f(X, OUT, 3, xs.length);
  let worst = 0.0;
  for (let i = 0; i < xs.length; i++) {
    worst = max(worst, abs(load<f64>(OUT + (<usize>i << 3)) - wants[i]) / max(floor, abs(wants[i])));
  }
  return worst;
}

function trigamma(x: usize, out: usize, begin: i32, end: i32): void {
  k.polygamma_f64(x, out, begin, end, 1, 0);
}
function tetragamma(x: usize, out: usize, begin: i32, end: i32): void {
  k.polygamma_f64(x, out, begin, end, 2, 0);
}
function pentagamma(x: usize, out: usize, begin: i32, end: i32): void {
  k.polygamma_f64(x, out, begin, end, 3, 0);
}

describe("special functions", () => {
  it("of gamma", () => {
    expect<f64>(worst(k.digamma_f64, XS, [
      -0.8450768588704183, 0.03648997397857639, -10.423754940411076, -1.9635100260214229, -0.5772156649015328,
      -4.069010753338098e-16, 0.422784335098467, 1.0348224890596216, 2.19773787640295, 3.9019896734278925, 11.512920464961896,
    ])).toBeLessThan(1e-14, "digamma");
    expect<f64>(worst(k.lgamma_f64, XS, [
      -1.3797399049658245, 1.2655121234846454, 2.252712651734206, 0.5723649429247001, 0.0, -0.12148629053584961, 0.0,
      0.9870985778947344, 11.689333420797269, 144.5657439463449, 1051287.7089736569,
    ])).toBeLessThan(1e-13, "lgamma");
    expect<f64>(worst(trigamma, XS, [
      14.842421864106473, 8.934802200117687, 101.43329914989455, 4.934802202073678, 1.6449340676383375, 0.9676722458946125,
      0.6449340670881899, 0.3535015419034924, 0.11099728846973851, 0.02020133322669713, 1.0000050000166667e-5,
    ])).toBeLessThan(1e-8, "trigamma, which PyTorch has to 1e-9");
    expect<f64>(worst(tetragamma, XS.slice(2), [
      -2001.8614573783439, -16.828796644234316, -2.404113806319188, -0.8855263379671843, -0.4041138063191886,
      -0.12375118526494273, -0.012307845807709338, -0.000408079989337597, -1.00001000005e-10,
    ], 1e-12)).toBeLessThan(1e-13, "order 2");
    expect<f64>(worst(pentagamma, XS.slice(2), [
      60004.512876790235, 97.40909103400242, 6.493939402266829, 1.5509985657339072, 0.4939394022668293, 0.08584966733688494,
      0.0027267288350372497, 1.6486398720682055e-5, 2.0000300002e-15,
    ], 1e-16)).toBeLessThan(1e-13, "order 3");
  });
  it("of erf and Bessel", () => {
    expect<f64>(worst(k.erfinv_f64, YS, [
      -2.3267537655135153, -0.7328690779592169, -0.1791434546212917, 0.0, 0.4769362762044699, 0.7482049711849852, 3.123413274341075,
    ])).toBeLessThan(1e-13, "erfinv");
    expect<f64>(worst(b.i0_f64, ZS, [
      1.48947747934199e16, 27.239871823604442, 1.0226268793515967, 1.0, 1.2660658777520082, 427.56411572180474,
      708478330489.0146, 862432920031.7792, 1.0737517071310738e42, 1.5295933476718735e302,
    ])).toBeLessThan(1e-13, "i0");
    expect<f64>(worst(b.i1_f64, ZS, [
      -1.4707396163259354e16, -24.335642142450524, -0.15169384000359282, 0.0, 0.5651591039924851, 399.8731367825599,
      696528308361.0928, 847983630191.5414, 1.0683693903381625e42, 1.5285003902339006e302,
    ])).toBeLessThan(1e-13, "i1");
  });
  it("have poles, limits and NaN", () => {
    const xs: f64[] = [0, -0.0, -2, Infinity, NaN];
    for (let i = 0; i < 5; i++) store<f64>(X + (<usize>i << 3), xs[i]);
    k.digamma_f64(X, OUT, 0, 5);
    expect<f64>(load<f64>(OUT)).toBe(-Infinity);
    expect<f64>(load<f64>(OUT, 8)).toBe(Infinity);
    expect<bool>(isNaN(load<f64>(OUT, 16)) && isNaN(load<f64>(OUT, 32))).toBe(true);
    expect<f64>(load<f64>(OUT, 24)).toBe(Infinity);
    k.lgamma_f64(X, OUT, 0, 5);
    for (let i = 0; i < 4; i++) expect<f64>(load<f64>(OUT + (<usize>i << 3))).toBe(Infinity);
    k.erfinv_f64(X, OUT, 0, 5);
    expect<f64>(load<f64>(OUT)).toBe(0);
    expect<bool>(isNaN(load<f64>(OUT, 16)) && isNaN(load<f64>(OUT, 24))).toBe(true);
    b.i0_f64(X, OUT, 3, 5);
    expect<bool>(isNaN(load<f64>(OUT, 24)) && isNaN(load<f64>(OUT, 32))).toBe(true);
  });
});

// Values of SciPy 1.17.1.
const PS: f64[] = [0.05, 0.7, 1.0, 1.1, 5.0, 24.9, 25.1, 300.0];

/** The same, of the function that the Bessel kernel knows by number. */
function worstBessel(kind: f64, xs: f64[], wants: f64[]): f64 {
  let worst = 0.0;
  for (let i = 0; i < xs.length; i++) {
    store<f64>(X, xs[i]);
    b.bessel_f64(X, OUT, 0, 1, kind, 0);
    worst = max(worst, abs(load<f64>(OUT) / wants[i] - 1.0));
  }
  return worst;
}

describe("Bessel and Airy functions", () => {
  it("of both kinds, across the recurrence and the expansion", () => {
    expect<f64>(worstBessel(0, PS, [
      0.9993750976494686, 0.8812008886074052, 0.7651976865579665, 0.7196220185275112, -0.1775967713143383, 0.08324596835301536,
      0.10827567149994938, -0.033298554876306494,
    ])).toBeLessThan(1e-12, "J0");
    expect<f64>(worstBessel(3, PS, [
      -12.789855171174972, -1.1032498719076336, -0.7812128213002888, -0.6981195600676671, 0.14786314339122691,
      -0.0860025575955544, -0.11062223322783109, 0.033245548121310864,
    ])).toBeLessThan(2e-12, "Y1");
  });
  it("modified, across the series and the integral", () => {
    expect<f64>(worstBessel(6, PS, [
      3.273904222534544, 1.330123656242056, 1.1444630798068947, 1.0983302829476, 0.547807564313519, 0.24993215015402473,
      0.24894399546328755, 0.0723300317396073,
    ])).toBeLessThan(1e-14, "K0 exp");
    expect<f64>(worstBessel(5, PS.slice(0, 5), [
      19.909674325882506, 1.0502835353129183, 0.6019072301972346, 0.5097600271670268, 0.004044613445452163,
    ])).toBeLessThan(1e-14, "K1");
  });
  it("of Airy", () => {
    expect<f64>(worstBessel(8, [-12.3, -7.6, -7.4, -2.0, 0.0, 1.9, 2.1, 5.0], [
      -0.28747208025644155, 0.27825023488019757, 0.34132375223233863, 0.22740742820168564, 0.3550280538878172,
      0.04059442003152913, 0.02995260211586652, 0.00010834442813607433,
    ])).toBeLessThan(1e-9);
  });
});

describe("polynomials", () => {
  it("follow their recurrences", () => {
    // Degree 5 at 0.7; those of the third and fourth kind are sums of neighbours of the second.
    const wants: f64[] = [
      -0.67088, -1.39776, -0.35936, -2.43616, 0.88384, 0.67968, 1.19008, 0.16928,
      34.49824, 7.23807, -0.5730464166666667, -0.36519875,
    ];
    store<f64>(X, 0.7);
    store<f64>(X, 5, 8);
    for (let kind = 0; kind < 12; kind++) {
      o.polynomial(kind, X, X + 8, OUT, 0, 1);
      expect<f64>(abs(load<f64>(OUT) - wants[kind])).toBeLessThan(1e-12, `kind ${kind}`);
    }
  });
});
