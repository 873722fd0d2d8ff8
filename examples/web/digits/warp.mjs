// Small turns, slants, stretches and shifts: what differs from one hand to the next.
import * as torch from "../../../dist/index.js";
import { F } from "../../../dist/index.js";

/** Largest turn in radians, slant, stretch across and down, and shift in half widths. */
const LIMITS = [0.2, 0.25, 0.15, 0.05, 0.12, 0.06];

/** @param amounts [N, 6], each from -1 to 1 times its limit */
function warp(images, amounts) {
  const [turn, slant, wide, high, right, down] = amounts.mul(torch.tensor(LIMITS)).unbind(1);
  const [cos, sin] = [turn.cos(), turn.sin()];
  const rows = [
    [cos.mul(wide.add(1)), slant.sub(sin), right],
    [sin, cos.mul(high.add(1)), down],
  ];
  const theta = torch.stack(
    rows.map((row) => torch.stack(row, 1)),
    1,
  );
  const grid = F.affineGrid(theta, images.shape, { alignCorners: false });
  return F.gridSample(images, grid, { alignCorners: false });
}

/** Each image of [N, 1, H, W] in a chance variation. */
export const vary = (images) =>
  warp(
    images,
    torch
      .rand([images.size(0), LIMITS.length])
      .mul(2)
      .sub(1),
  );

const VIEWS = torch.tensor([
  [0, 0, 0, 0, 0, 0],
  ...[0, 1, 2, 4].flatMap((kind) =>
    [-0.8, 0.8].map((amount) => LIMITS.map((_, i) => (i === kind ? amount : 0))),
  ),
]);

/** One image [1, 1, H, W] as it is and in eight fixed variations: [9, 1, H, W]. */
export const views = (image) => warp(image.expand(VIEWS.size(0), -1, -1, -1), VIEWS);
