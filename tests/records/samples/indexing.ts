import * as torch from "../../../ts/index.ts";
import { integers, mask, of, real, type Sample } from "../sample.ts";

const F = torch.nn.functional;
const half = (n: number) => Math.ceil(n / 2);

export const INDEXING: Record<string, Sample[]> = {
  gather: [
    of((x, i) => x.gather(0, i), [real(["n"]), integers([7], "n")], { from: 1 }),
    of((x, i) => x.gather(1, i), [real([3, "n"]), integers([2, "n"], "n")]),
  ],
  indexSelect: [
    of((x, i) => x.indexSelect(0, i), [real(["n", 2]), integers([4], "n")], { from: 1 }),
    of((x, i) => x.indexSelect(1, i), [real([2, "n"]), integers(["n"], "n")]),
  ],
  take: [of((x, i) => x.take(i), [real([2, "n"]), integers([5], "n")], { from: 1 })],
  index: [
    of((x, i) => x.at(i), [real(["n", 2]), integers([2, 3], "n")], { from: 1 }),
    of((x, i, j) => x.at(i, ":", j), [real([3, 2, "n"]), integers(["n"], 3), integers(["n"], "n")]),
    of((x, m) => x.at(m), [real(["n", 2]), mask(["n"])]),
  ],
  indexPut: [
    of((x, i, v) => torch.indexPut(x, [i], v, true), [real(["n", 2]), integers([4], "n"), real([4, 2])], {
      from: 1,
    }),
    of((x, i, v) => torch.indexPut(x, [i], v), [real(["n"]), integers(["n"], "n"), real([])]),
    of((x, m, v) => torch.indexPut(x, [m], v), [real(["n", 2]), mask(["n"]), real([2])]),
  ],
  indexAdd: [
    of((x, i, y) => x.indexAdd(0, i, y, { alpha: 2 }), [real(["n", 2]), integers([3], "n"), real([3, 2])], {
      from: 1,
    }),
    of((x, i, y) => x.indexAdd(1, i, y), [real([2, "n"]), integers(["n"], "n"), real([2, "n"])]),
  ],
  indexCopy: [
    of((x, i, y) => x.indexCopy(0, i, y), [real(["n", 2]), integers(["n"], "n"), real(["n", 2])]),
    of((x, i, y) => x.indexCopy(1, i, y), [real([2, "n"]), integers([1], "n"), real([2, 1])], { from: 1 }),
  ],
  indexFill: [
    of((x, i) => x.indexFill(0, i, 3), [real(["n", 2]), integers([2], "n")], { from: 1 }),
    of((x, i, v) => x.indexFill(1, i, v), [real([2, "n"]), integers([2], "n"), real([])], { from: 1 }),
  ],
  indexReduce: (["prod", "mean", "amax", "amin"] as const).flatMap((way) => [
    of(
      (x, i, y) => x.indexReduce(0, i, y, way),
      [real(["n", 2], 0.5, 1), integers([3], "n"), real([3, 2], 0.6, 1.1)],
      { from: 3, distinct: true },
    ),
    of(
      (x, i, y) => x.indexReduce(0, i, y, way, { includeSelf: false }),
      [real(["n", 2], 0.5, 1), integers([3], "n"), real([3, 2], 0.6, 1.1)],
      { from: 3, distinct: true },
    ),
  ]),
  put: [
    of((x, i, y) => torch.put(x, i, y), [real([2, "n"]), integers(["n"], "n"), real(["n"])]),
    of((x, i, y) => torch.put(x, i, y, true), [real(["n"]), integers([3], "n"), real([3])], { from: 1 }),
  ],
  scatter: [
    of((x, i, y) => x.scatter(0, i, y), [real(["n", 2]), integers((n) => [half(n), 2], "n"), real(["n", 2])]),
    of((x, i, y) => x.scatter(1, i, y), [real([2, "n"]), integers([2, 1], "n"), real([2, 3])], { from: 1 }),
    of((x, i) => x.scatter(1, i, 3), [real([2, "n"]), integers([2, 1], "n")], { from: 1 }),
  ],
  scatterAdd: [
    of((x, i, y) => x.scatterAdd(0, i, y), [real(["n"]), integers([7], "n"), real([8])], { from: 1 }),
    of((x, i, y) => x.scatterAdd(1, i, y), [real([2, "n"]), integers([2, "n"], "n"), real([2, "n"])]),
  ],
  scatterReduce: (["sum", "prod", "mean", "amax", "amin"] as const).flatMap((way) => [
    of(
      (x, i, y) => x.scatterReduce(0, i, y, way),
      [real(["n"], 0.5, 1), integers([7], "n"), real([7], 0.6, 1.1)],
      { from: 1, distinct: true },
    ),
    of(
      (x, i, y) => x.scatterReduce(1, i, y, way, { includeSelf: false }),
      [real([2, "n"], 0.5, 1), integers([2, "n"], half), real([2, "n"], 0.6, 1.1)],
      { from: 1, distinct: true },
    ),
  ]),
  maskedSelect: [of((x, m) => x.maskedSelect(m), [real([2, "n"]), mask(["n"])])],
  maskedScatter: [of((x, m, y) => x.maskedScatter(m, y), [real([2, "n"]), mask(["n"]), real([2, "n"])])],
  embedding: [
    of((i, w) => F.embedding(i, w), [integers([2, 3], "n"), real(["n", 2])], { from: 1 }),
    of((i, w) => F.embedding(i, w), [integers([7], 3), real([3, "n"])]),
  ],
};
