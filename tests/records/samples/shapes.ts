import * as torch from "../../../ts/index.ts";
import { of, real, type Sample } from "../sample.ts";

const F = torch.nn.functional;

/** Views, moves and joins: what changes the place of elements only. */
export const SHAPES: Record<string, Sample[]> = {
  view: [
    of((x) => x.contiguous().view([3, -1]), [real(["n", 3])], { from: 1 }),
    of((x) => x.contiguous().view([-1]), [real([2, "n"])]),
  ],
  reshape: [
    of((x) => x.reshape([x.numel()]), [real(["n", 3])]),
    of((x) => x.t().reshape([x.numel()]), [real(["n", 3])]),
    of((x) => x.reshape([3, x.shape[0]!]), [real(["n", 3])]),
  ],
  expand: [of((x) => x.expand([2, 3, -1]), [real(["n"])]), of((x) => x.expand([-1, 4]), [real(["n", 1])])],
  asStrided: [of((x) => x.contiguous().asStrided([2, 2], [1, 1], 1), [real(["n"])], { from: 4 })],
  asStridedScatter: [
    of((x, y) => torch.asStridedScatter(x, y, [2, 2], [2, 1], 0), [real(["n"]), real([2, 2])], { from: 4 }),
  ],
  permute: [of((x) => x.permute(2, 0, 1), [real([2, "n", 3])])],
  transpose: [of((x) => x.transpose(0, -1), [real([2, "n", 3])])],
  t: [of((x) => x.t(), [real([2, "n"])])],
  squeeze: [of((x) => x.squeeze(), [real([1, "n", 1])]), of((x) => x.squeeze(1), [real(["n", 1])])],
  unsqueeze: [of((x) => x.unsqueeze(1), [real(["n", 2])])],
  alias: [of((x) => x.at("..."), [real(["n"])])],
  slice: [
    of((x) => x.at("1:"), [real(["n", 2])]),
    of((x) => x.at(":", "::2"), [real([2, "n"])]),
    of((x) => x.narrow(0, 0, 1), [real(["n"])], { from: 1 }),
  ],
  select: [
    of((x) => x.select(1, -1), [real([2, "n", 2])], { from: 1 }),
    of((x) => x.at(0), [real([2, "n"])]),
  ],
  diagonal: [of((x) => x.diagonal(), [real([3, "n"])]), of((x) => x.diagonal(1, 0, 2), [real(["n", 2, 4])])],
  diagonalScatter: [of((x, y) => torch.diagonalScatter(x, y), [real(["n", "n"]), real(["n"])])],
  selectScatter: [of((x, y) => torch.selectScatter(x, y, 0, 1), [real([3, "n"]), real(["n"])])],
  sliceScatter: [
    of((x, y) => torch.sliceScatter(x, y, 1, 1, 3), [real(["n", 4]), real(["n", 2])]),
    of(
      (x, y) => torch.sliceScatter(x, y, 0, 0, x.shape[0]!, 2),
      [real(["n"]), real((n) => [Math.ceil(n / 2)])],
    ),
  ],
  unfold: [
    of((x) => x.unfold(0, 3, 2), [real(["n", 2])], { from: 3 }),
    of((x) => x.unfold(1, 2, 1), [real([2, "n"])], { from: 3 }),
    of((x) => F.unfold(x, [2, 3], { padding: 1 }), [real([2, 2, "n", 3])], { from: 1 }),
    of((x) => F.unfold(x, 2, { dilation: 2, stride: 2 }), [real([1, 1, "n", 5])], { from: 3 }),
  ],
  fold: [
    of((x) => F.fold(x, [2, 3], [2, 2]), [real(["n", 4, 2])], { from: 1 }),
    of((x) => F.fold(x, [x.shape[2]! + 1, 2], 2), [real([1, 8, "n"])], { from: 1 }),
  ],
  diag: [of((x) => x.diag(), [real(["n"])]), of((x) => x.diag(1), [real(["n", 3])], { from: 1 })],
  diagEmbed: [
    of((x) => torch.diagEmbed(x), [real([2, "n"])]),
    of((x) => torch.diagEmbed(x, -1), [real(["n"])]),
  ],
  tril: [of((x) => x.tril(), [real(["n", 4])]), of((x) => x.tril(-1), [real([2, 3, "n"])])],
  triu: [of((x) => x.triu(), [real(["n", 4])]), of((x) => x.triu(1), [real([2, 3, "n"])])],
  flip: [of((x) => x.flip(0), [real(["n"])]), of((x) => x.flip([0, 2]), [real([2, "n", 3])])],
  roll: [of((x) => x.roll(1), [real(["n"])]), of((x) => x.roll([2, -1], [0, 1]), [real(["n", 3])])],
  repeat: [of((x) => x.repeat(2, 3), [real(["n"])]), of((x) => x.repeat(1, 2), [real(["n", 3])])],
  cat: [
    of((x, y) => torch.cat([x, y]), [real(["n"]), real([3])]),
    of((x, y, z) => torch.cat([x, y, z], 1), [real([2, "n"]), real([2, 1]), real([2, "n"])]),
  ],
  stack: [
    of((x, y) => torch.stack([x, y], 1), [real([2, "n"]), real([2, "n"])]),
    of(
      (x) =>
        torch.autograd.functional.jacobian((y: torch.Tensor) => y.square().mul(y), x, {
          createGraph: true,
        }) as torch.Tensor,
      [real(["n"])],
      { to: 5, from: 1 },
    ),
  ],
  split: [
    of((x) => x.split(2), [real(["n"])]),
    of((x) => x.split([1, 0, x.shape[1]! - 1], 1), [real([3, "n"])], { from: 1 }),
  ],
  unbind: [of((x) => x.unbind(1), [real(["n", 3])])],
  blockDiag: [of((x, y) => torch.blockDiag(x, y), [real([2, "n"]), real([3])])],
  pad: [
    of((x) => F.pad(x, [1, 2], "constant", 5), [real(["n"])]),
    of((x) => F.pad(x, [1, -1, 0, 2]), [real(["n", 3])]),
    of((x) => F.pad(x, [2, 1], "reflect"), [real([2, "n"])], { from: 3 }),
    of((x) => F.pad(x, [1, 0, 2, 1], "reflect"), [real([2, "n", 3])], { from: 3 }),
    of((x) => F.pad(x, [1, 0, 1, 1, 0, 1], "reflect"), [real([1, "n", 2, 2])], { from: 3 }),
    of((x) => F.pad(x, [2, 1], "replicate"), [real([2, "n"])], { from: 1 }),
    of((x) => F.pad(x, [1, 0, 2, 1], "replicate"), [real([2, "n", 3])], { from: 1 }),
    of((x) => F.pad(x, [1, 0, 1, 1, 0, 1], "replicate"), [real([1, "n", 2, 2])], { from: 1 }),
    of((x) => F.pad(x, [2, 1], "circular"), [real([2, "n"])], { from: 3 }),
    of((x) => F.pad(x, [1, 0, 2, 1], "circular"), [real([2, "n", 3])], { from: 3 }),
    of((x) => F.pad(x, [1, 0, 1, 1, 0, 1], "circular"), [real([1, "n", 2, 2])], { from: 3 }),
  ],
  copySlices: [
    of(
      (x, y) => {
        const z = x.mul(1);
        z.at(":", 0).copy_(y);
        return z;
      },
      [real(["n", 2]), real(["n"])],
    ),
    of(
      (x, y) => {
        const z = x.mul(2),
          row = z.at(0);
        row.mul_(y);
        return [z, row];
      },
      [real([2, "n"]), real(["n"])],
    ),
  ],
};
