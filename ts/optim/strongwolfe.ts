import type { Tensor } from "../tensor/tensor.ts";

/** Loss and gradient a step of length t along the direction. */
export type Objective = (t: number) => [loss: number, grad: Tensor];

interface Point {
  t: number;
  loss: number;
  grad: Tensor;
  /** Slope along the direction. */
  slope: number;
}

/** Where the cubic through two points with their slopes is least, within the bounds. */
function cubicMinimum(a: Point, b: Point, low: number, high: number): number {
  const d1 = a.slope + b.slope - (3 * (a.loss - b.loss)) / (a.t - b.t);
  const square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return (low + high) / 2;
  const d2 = Math.sqrt(square);
  const [first, second] = a.t <= b.t ? [a, b] : [b, a];
  const share = (second.slope + d2 - d1) / (second.slope - first.slope + 2 * d2);
  return Math.min(Math.max(second.t - (second.t - first.t) * share, low), high);
}

const C1 = 1e-4,
  C2 = 0.9,
  TOLERANCE = 1e-9,
  MOST_STEPS = 25;

/** A step length that fulfils the strong Wolfe conditions, by bracketing and zooming (Nocedal and Wright, 2006, 3.5). */
export function strongWolfe(
  objective: Objective,
  t: number,
  direction: Tensor,
  loss: number,
  grad: Tensor,
  slope: number,
): { loss: number; grad: Tensor; t: number; evaluations: number } {
  const size = direction.abs().amax().item() as number;
  let evaluations = 0;
  const at = (length: number): Point => {
    evaluations++;
    const [value, g] = objective(length);
    return { t: length, loss: value, grad: g, slope: g.dot(direction).item() as number };
  };
  const start: Point = { t: 0, loss, grad, slope };
  const tooHigh = (x: Point) => x.loss > loss + C1 * x.t * slope;
  const flat = (x: Point) => Math.abs(x.slope) <= -C2 * slope;
  let now = at(t),
    before = start,
    round = 0;
  let bracket: [Point, Point] | null = null;
  for (; round < MOST_STEPS; round++) {
    if (tooHigh(now) || (round > 1 && now.loss >= before.loss)) bracket = [before, now];
    else if (flat(now)) return { ...now, evaluations };
    else if (now.slope >= 0) bracket = [before, now];
    if (bracket !== null) break;
    const next = cubicMinimum(before, now, now.t + 0.01 * (now.t - before.t), now.t * 10);
    before = now;
    now = at(next);
  }
  bracket ??= [start, now];
  let stuck = false;
  let low = bracket[0].loss <= bracket[1].loss ? 0 : 1;
  while (round < MOST_STEPS) {
    const least = Math.min(bracket[0].t, bracket[1].t),
      most = Math.max(bracket[0].t, bracket[1].t);
    if ((most - least) * size < TOLERANCE) break;
    let next = cubicMinimum(bracket[0], bracket[1], least, most);
    // Two steps in a row near an end of the bracket make no progress: the second is moved inside.
    const margin = 0.1 * (most - least);
    if (Math.min(most - next, next - least) < margin) {
      if (stuck || next >= most || next <= least) {
        next = Math.abs(next - most) < Math.abs(next - least) ? most - margin : least + margin;
        stuck = false;
      } else stuck = true;
    } else stuck = false;
    now = at(next);
    round++;
    if (tooHigh(now) || now.loss >= bracket[low]!.loss) {
      bracket[1 - low] = now;
      low = bracket[0].loss <= bracket[1].loss ? 0 : 1;
      continue;
    }
    const done = flat(now);
    if (!done && now.slope * (bracket[1 - low]!.t - bracket[low]!.t) >= 0) bracket[1 - low] = bracket[low]!;
    bracket[low] = now;
    if (done) break;
  }
  return { ...bracket[low]!, evaluations };
}
