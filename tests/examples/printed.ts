// Compares printed text with recorded text: words exactly, numbers within a tolerance.
import { expect } from "vitest";

/** Numbers that stand alone: not the 2 of `x^2` or `conv2`. */
const NUMBER = /(?<![\w^.])-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?![\w.])/g;

const wordsOf = (line: string) => line.replace(NUMBER, "#");
const numbersOf = (line: string) => line.match(NUMBER) ?? [];

/** The value of the last printed digit of a decimal fraction: 1e-4 for 0.1234. */
function lastDigit(text: string): number {
  const [mantissa, exponent = "0"] = text.split("e");
  return 10 ** (Number(exponent) - (mantissa!.split(".")[1]?.length ?? 0));
}

export interface Tolerance {
  /** relative to each number */
  relative: number;
  /** added to the rest */
  absolute?: number;
}

/** `tolerance` is asked for each recorded line. Integers are compared exactly, decimals also may differ in the last digit. */
export function expectPrinted(got: string, want: string, tolerance: (line: string) => Tolerance): void {
  const lines = got.trimEnd().split("\n");
  const wanted = want.trimEnd().split("\n");
  expect(lines.map(wordsOf)).toEqual(wanted.map(wordsOf));
  for (const [row, line] of wanted.entries()) {
    const { relative, absolute = 0 } = tolerance(line);
    const numbers = numbersOf(lines[row]!);
    for (const [column, text] of numbersOf(line).entries()) {
      const exact = /^-?\d+$/.test(text);
      const bound = exact ? 0 : relative * Math.abs(Number(text)) + absolute + 1.001 * lastDigit(text);
      const distance = Math.abs(Number(numbers[column]) - Number(text));
      expect(distance, `${lines[row]}\nwant: ${line}\nnumber ${column}`).toBeLessThanOrEqual(bound);
    }
  }
}
