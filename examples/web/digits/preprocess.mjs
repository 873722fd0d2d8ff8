// A drawing becomes an image like those of the data set: cut out, scaled to a fixed box, drawn with a pen as thick as
// makes the usual amount of ink, moved so that the ink's centre lies where theirs does, and antialiased to 8 x 8.
// (NIST's form-based handprint recognition system, which made the data, scaled each digit to 20 x 32 points and
// thickened or thinned its strokes; https://doi.org/10.6028/NIST.IR.5469.)

export const SIDE = 8;
/** Points per pixel and side: the data counts the black ones of 4 x 4. */
const FINE = 4;
const POINTS = SIDE * FINE;

/** The box a digit fills, in pixels, and how far its width may be stretched or squeezed to do so. */
const WIDTH = 5.6;
const HEIGHT = 8;
const STRETCH = 1.5;
/** Mean amount of ink in the data, in full pixels; a thinner or thicker pen than these radii is none. */
const INK = 19.5;
const RADII = [0.35, 1.2];
/** Mean centre of the ink in the data, from the left, in pixels. */
const CENTRE = 4;

/**
 * @param {[number, number][][]} strokes points of each stroke, in any unit
 * @returns {Float32Array | null} 8 x 8 values from 0 to 1, row by row; null where nothing is drawn
 */
export function toImage(strokes) {
  const points = strokes.flat();
  if (points.length === 0) return null;
  const box = boxOf(points);
  let [thin, thick] = RADII;
  let drawing = draw(strokes, box, thick);
  if (drawing.ink > INK) {
    for (let i = 0; i < 6; i++) {
      const radius = (thin + thick) / 2;
      drawing = draw(strokes, box, radius);
      if (drawing.ink > INK) thick = radius;
      else thin = radius;
    }
  }
  return average(drawing);
}

function boxOf(points) {
  const range = (values) => [Math.min(...values), Math.max(...values)];
  const [left, right] = range(points.map(([x]) => x));
  const [top, bottom] = range(points.map(([, y]) => y));
  return { left, top, width: right - left, height: bottom - top };
}

/** The strokes as black points of a fine grid. */
function draw(strokes, box, radius) {
  // Lengths that are nearly zero (a dot, an upright line) are not blown up.
  const least = 0.1 * Math.max(box.width, box.height, 1e-9);
  const down = (HEIGHT - 2 * radius) / Math.max(box.height, least);
  const wanted = (WIDTH - 2 * radius) / Math.max(box.width, least);
  let across = Math.min(Math.max(wanted, down / STRETCH), down * STRETCH);
  across = Math.min(across, (SIDE - 2 * radius) / Math.max(box.width, least));
  const tall = Math.min(down, across * 2);
  const place = ([x, y]) => [
    SIDE / 2 + (x - box.left - box.width / 2) * across,
    SIDE / 2 + (y - box.top - box.height / 2) * tall,
  ];
  const black = new Uint8Array(POINTS * POINTS);
  for (const stroke of strokes) {
    const placed = stroke.map(place);
    placed.forEach((to, i) => {
      blacken(black, placed[Math.max(i - 1, 0)], to, radius);
    });
  }
  const count = black.reduce((sum, value) => sum + value, 0);
  return { black, ink: count / FINE ** 2 };
}

/** Blackens the points within `radius` of the line from a to b. */
function blacken(black, [ax, ay], [bx, by], radius) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const first = (a, b) => Math.max(0, Math.floor((Math.min(a, b) - radius) * FINE));
  const last = (a, b) => Math.min(POINTS - 1, Math.ceil((Math.max(a, b) + radius) * FINE));
  for (let row = first(ay, by); row <= last(ay, by); row++) {
    for (let column = first(ax, bx); column <= last(ax, bx); column++) {
      const [x, y] = [(column + 0.5) / FINE - ax, (row + 0.5) / FINE - ay];
      const along = length === 0 ? 0 : Math.min(1, Math.max(0, (x * dx + y * dy) / length));
      if (Math.hypot(x - along * dx, y - along * dy) <= radius) black[row * POINTS + column] = 1;
    }
  }
}

/** Shifts the centre of the ink to the middle, as far as nothing is cut off, and counts the points in each pixel. */
function average({ black }) {
  const columns = [];
  black.forEach((value, i) => {
    if (value) columns.push(i % POINTS);
  });
  const mean = columns.reduce((sum, column) => sum + column + 0.5, 0) / columns.length;
  const [left, right] = columns.reduce(([l, r], c) => [Math.min(l, c), Math.max(r, c)], [POINTS, 0]);
  const shift = Math.min(Math.max(Math.round(CENTRE * FINE - mean), -left), POINTS - 1 - right);
  const image = new Float32Array(SIDE * SIDE);
  black.forEach((value, i) => {
    if (!value) return;
    const column = Math.floor(((i % POINTS) + shift) / FINE);
    image[Math.floor(i / POINTS / FINE) * SIDE + column] += 1 / FINE ** 2;
  });
  return image;
}
