// What is shown at the end: accuracy, who is taken for whom, and a few digits.

/** @param {number[]} predictions @param {number[]} truths */
export const countRight = (predictions, truths) => predictions.filter((p, i) => p === truths[i]).length;

/** Rows are the true digits, columns the predicted ones. */
export function confusionMatrix(predictions, truths) {
  const counts = Array.from({ length: 10 }, () => Array(10).fill(0));
  for (const [i, truth] of truths.entries()) counts[truth][predictions[i]]++;
  const cell = (value) => String(value || ".").padStart(5);
  const header = `     ${counts.map((_, digit) => String(digit).padStart(5)).join("")}   predicted`;
  return [
    header,
    ...counts.map((row, digit) => `${String(digit).padStart(5)}${row.map(cell).join("")}`),
  ].join("\n");
}

const SHADES = " .:-=+*#%@";

/** One image as lines of text. A character is twice as high as it is wide. */
function drawn(image) {
  const side = image.length;
  const width = Math.max(16, side);
  const across = side / width;
  const shade = (row, column) => {
    const above = image[Math.floor(2 * row * across)];
    const below = image[Math.floor((2 * row + 1) * across)];
    const pixel = Math.floor(column * across);
    return SHADES[Math.round(((above[pixel] + below[pixel]) / 2) * (SHADES.length - 1))];
  };
  return Array.from({ length: width / 2 }, (_, row) =>
    Array.from({ length: width }, (_, column) => shade(row, column)).join(""),
  );
}

/** Digits side by side with what they are taken for: up to two mistakes, then right ones. */
export function gallery(images, predictions, truths, count = 4) {
  const isRight = (i) => predictions[i] === truths[i];
  const all = [...truths.keys()];
  const mistakes = all.filter((i) => !isRight(i)).slice(0, count / 2);
  const chosen = [...mistakes, ...all.filter(isRight).slice(0, count - mistakes.length)];
  const blocks = chosen.map((i) => {
    const caption = isRight(i) ? `seen as ${predictions[i]}` : `seen as ${predictions[i]}, is ${truths[i]}`;
    const lines = [...drawn(images.at(i, 0).tolist()), caption];
    return lines.map((line) => line.padEnd(lines[0].length + 4));
  });
  const rows = blocks[0].map((_, row) =>
    blocks
      .map((block) => block[row])
      .join("")
      .trimEnd(),
  );
  return rows.join("\n");
}
