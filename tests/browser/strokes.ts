// How people write the digits, as strokes in a box of 100 x 100. A point given twice is a corner.
type Point = [number, number];
export interface Written {
  digit: number;
  name: string;
  strokes: Point[][];
}

const STEPS = 4;

const parse = (text: string): Point[][] =>
  text.split(";").map((stroke) =>
    stroke
      .trim()
      .split(/\s+/)
      .map((pair) => pair.split(",").map(Number) as Point),
  );

const WRITTEN: [digit: number, name: string, strokes: string][] = [
  [0, "round", "50,5 24,20 15,50 24,82 50,95 76,82 85,50 76,20 52,5"],
  [0, "narrow", "52,4 38,16 32,50 38,84 50,96 63,84 68,50 63,16 50,4"],
  [1, "a line", "50,4 50,96"],
  [1, "a leaning line", "60,4 42,96"],
  [1, "with a flag", "32,30 56,5 56,5 56,96"],
  [1, "with a flag and a foot", "34,26 52,6 52,6 52,94 ; 30,94 74,94"],
  [2, "with a corner", "20,28 34,9 60,6 75,26 64,50 20,92 20,92 82,92"],
  [2, "with a loop", "22,24 42,6 68,12 70,36 44,72 22,92 16,80 30,74 55,88 84,92"],
  [3, "round", "22,16 48,5 74,20 66,42 44,48 44,48 74,56 80,78 52,95 20,86"],
  [3, "with a flat top", "22,8 74,8 74,8 44,42 44,42 74,54 76,80 48,95 20,86"],
  [4, "open", "28,5 20,52 20,52 82,52 ; 68,12 64,96"],
  [4, "closed", "64,5 14,66 14,66 86,66 ; 66,34 64,96"],
  [4, "in one stroke", "64,96 66,5 66,5 16,64 16,64 84,64"],
  [5, "in one stroke", "76,8 28,8 28,8 24,46 24,46 54,38 78,60 66,88 42,95 18,86"],
  [5, "in two strokes", "30,8 26,44 26,44 56,40 76,62 64,90 40,95 20,86 ; 30,8 76,8"],
  [6, "curled", "68,6 40,24 22,60 30,88 56,96 76,76 62,56 38,58 24,74"],
  [6, "upright", "44,4 32,40 28,74 44,95 66,90 70,68 52,56 32,68"],
  [7, "plain", "18,10 80,10 80,10 42,96"],
  [7, "crossed", "18,10 80,10 80,10 40,96 ; 32,50 74,50"],
  [8, "in one stroke", "70,20 50,5 28,20 46,46 72,68 68,90 48,96 26,86 30,64 54,46 72,26 68,16"],
  [8, "two rings", "50,5 32,14 32,34 50,45 68,34 68,14 50,5 ; 50,45 28,58 26,82 50,95 74,82 72,58 50,45"],
  [9, "straight", "72,24 50,6 26,22 34,46 60,46 74,22 74,22 72,60 66,96"],
  [9, "curled", "72,22 50,6 26,22 34,46 60,46 74,22 76,60 62,90 30,92"],
];

export const written: Written[] = WRITTEN.map(([digit, name, text]) => ({
  digit,
  name,
  strokes: parse(text).map(smooth),
}));

/** A Catmull-Rom curve through the points, a few steps from each to the next. */
function smooth(points: Point[]): Point[] {
  const at = (i: number) => points[Math.min(Math.max(i, 0), points.length - 1)]!;
  const mix = (a: number, b: number, c: number, d: number, t: number) =>
    b + (t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))) / 2;
  const curve: Point[] = [at(0)];
  for (let i = 0; i + 1 < points.length; i++) {
    const corners = [at(i - 1), at(i), at(i + 1), at(i + 2)] as const;
    for (let step = 1; step <= STEPS; step++) {
      const of = (axis: 0 | 1) =>
        mix(corners[0][axis], corners[1][axis], corners[2][axis], corners[3][axis], step / STEPS);
      curve.push([of(0), of(1)]);
    }
  }
  return curve;
}
