// The text of tensors. The algorithm is that of PyTorch's torch/_tensor_str.py.
import { getDefaultDtype } from "../core/dtype.ts";
import { ValueError } from "../core/errors.ts";
import { positional } from "../core/options.ts";
import { numelOf } from "../core/shape.ts";
import type { Element } from "./elements.ts";

/** How tensors are printed. */
export interface PrintOptions {
  /** Digits after the point. */
  precision: number;
  /** A tensor of more elements than this is summarised. */
  threshold: number;
  /** How many items a summary shows at each end of a dimension. */
  edgeitems: number;
  /** Characters in a line. */
  linewidth: number;
  /** Whether numbers have an exponent; null decides for each tensor. */
  sciMode: boolean | null;
}

/** What `setPrintoptions` takes. Null leaves an option as it is, but for `sciMode`. */
export type PrintSettings = { [K in keyof PrintOptions]?: PrintOptions[K] | null } & {
  profile?: keyof typeof PROFILES | null;
};

/** What is printed: `at` gives an element by its row-major position. */
export interface Printable {
  shape: readonly number[];
  dtype: string;
  at(flat: number): Element;
}

/** What stands after or before the elements. */
export interface PrintSuffix {
  /** Name of the gradient function, as in `AddBackward0`. */
  gradFn?: string;
  requiresGrad?: boolean;
  /** Starts the text with `Parameter containing:`. */
  parameter?: boolean;
  /** The dtype that is not mentioned; by default that of new tensors. */
  defaultDtype?: string;
}

const PROFILES = {
  default: { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80 },
  short: { precision: 2, threshold: 1000, edgeitems: 2, linewidth: 80 },
  full: { precision: 4, threshold: Number.POSITIVE_INFINITY, edgeitems: 3, linewidth: 80 },
};
const NAMES = ["precision", "threshold", "edgeitems", "linewidth", "profile", "sciMode"];
const RULES: Record<keyof PrintOptions, [rule: string, holds: (value: any) => boolean]> = {
  precision: ["an integer from 0 to 100", (v) => Number.isInteger(v) && v >= 0 && v <= 100],
  threshold: ["a number", isNumber],
  edgeitems: ["an integer above 0", (v) => Number.isInteger(v) && v > 0],
  linewidth: ["a number", isNumber],
  sciMode: ["true, false or null", (v) => typeof v === "boolean"],
};

let settings: PrintOptions = { ...PROFILES.default, sciMode: null };

/**
 * Sets how tensors are printed, from now on. What is not given stays as it is, except `sciMode`:
 * every call without it lets each tensor decide again. The profiles are `default` (4 digits,
 * summaries above 1000 elements, 3 items at each end, lines of 80), `short` (2 digits, 2 items) and
 * `full` (no summaries); options given beside a profile win.
 * @throws ValueError for an unknown option or profile, or a value that an option cannot have.
 */
export function setPrintoptions(
  precision?: number | null | PrintSettings,
  threshold?: number | null | PrintSettings,
  edgeitems?: number | null | PrintSettings,
  linewidth?: number | null | PrintSettings,
  profile?: PrintSettings["profile"] | PrintSettings,
  sciMode?: boolean | null | PrintSettings,
): void {
  const args = [precision, threshold, edgeitems, linewidth, profile, sciMode];
  const given = Object.fromEntries(positional("setPrintoptions", NAMES, args).map((v, i) => [NAMES[i], v]));
  const known = Object.keys(PROFILES);
  if (given.profile != null && !known.includes(given.profile))
    throw new ValueError(
      `setPrintoptions: unknown profile "${String(given.profile)}"; there are ${known.join(", ")}`,
    );
  const next: PrintOptions = {
    ...settings,
    ...PROFILES[given.profile as keyof typeof PROFILES],
    sciMode: null,
  };
  for (const [name, [rule, holds]] of Object.entries(RULES)) {
    const value = given[name];
    if (value == null) continue;
    if (!holds(value)) throw new ValueError(`setPrintoptions: ${name} must be ${rule}, got ${String(value)}`);
    Object.assign(next, { [name]: value });
  }
  settings = next;
}

/** PyTorch's text of a tensor. Reads only the elements that are shown, each once. */
export function formatTensor(tensor: Printable, suffix: PrintSuffix = {}): string {
  const { shape, dtype } = tensor;
  const { gradFn, requiresGrad, parameter, defaultDtype = getDefaultDtype().name } = suffix;
  const isEmpty = numelOf(shape) === 0;
  const suffixes: string[] = [];
  if (isEmpty && shape.length !== 1) suffixes.push(`size=(${shape.join(", ")})`);
  if (dtype !== defaultDtype && (isEmpty || (dtype !== "int64" && dtype !== "bool")))
    suffixes.push(`dtype=torch.${dtype}`);
  if (gradFn !== undefined) suffixes.push(`grad_fn=<${gradFn}>`);
  else if (requiresGrad) suffixes.push("requires_grad=True");
  const body = `tensor(${isEmpty ? "[]" : contentsText(tensor, "tensor(".length)}`;
  return (parameter ? "Parameter containing:\n" : "") + withSuffixes(body, suffixes, "tensor(".length);
}

function withSuffixes(body: string, suffixes: readonly string[], indent: number): string {
  let text = body;
  let lineLength = body.length - body.lastIndexOf("\n") + 1; // two too many, as in PyTorch
  for (const suffix of suffixes) {
    const breaks = lineLength + suffix.length + 2 > settings.linewidth;
    text += `,${breaks ? `\n${" ".repeat(indent)}` : " "}${suffix}`;
    lineLength = breaks ? indent + suffix.length : lineLength + suffix.length + 2;
  }
  return `${text})`;
}

function contentsText(tensor: Printable, indent: number): string {
  const { shape, dtype } = tensor;
  const { edgeitems, linewidth } = settings;
  const isSummary = numelOf(shape) > settings.threshold;
  const isCut = (d: number): boolean => isSummary && shape[d]! > 2 * edgeitems;

  const shown: Element[] = [];
  const collect = (d: number, flat: number): void => {
    if (d === shape.length) {
      shown.push(tensor.at(flat));
      return;
    }
    const size = shape[d]!;
    const skipped = isCut(d) ? size - 2 * edgeitems : 0;
    for (let i = 0; i < size - skipped; i++) collect(d + 1, flat * size + (i < edgeitems ? i : i + skipped));
  };
  collect(0, 0);

  const { width, text } = numberStyle(shown, dtype);
  let next = 0;
  const build = (d: number, start: number): string => {
    if (d === shape.length) return text(shown[next++]!);
    const isLast = d === shape.length - 1;
    const count = isCut(d) ? 2 * edgeitems : shape[d]!;
    const items = Array.from({ length: count }, () => build(d + 1, start + 1));
    if (isCut(d)) items.splice(edgeitems, 0, isLast ? " ..." : "...");
    const margin = " ".repeat(start + 1);
    if (!isLast) return `[${items.join(`,${"\n".repeat(shape.length - 1 - d)}${margin}`)}]`;
    const perLine = Math.max(1, Math.floor((linewidth - start) / (width + 2)));
    const lines: string[] = [];
    for (let i = 0; i < items.length; i += perLine) lines.push(items.slice(i, i + perLine).join(", "));
    return `[${lines.join(`,\n${margin}`)}]`;
  };
  return build(0, indent);
}

interface NumberStyle {
  width: number;
  text(value: Element): string;
}

/** One style for all the elements shown, from their sizes. */
function numberStyle(values: readonly Element[], dtype: string): NumberStyle {
  if (!dtype.includes("float")) {
    const plain = dtype === "bool" ? (v: Element) => (v ? "True" : "False") : String;
    return padded(widest(values, plain), plain);
  }
  const { precision, sciMode } = settings;
  const numbers = (values as readonly number[]).filter((v) => v !== 0 && Number.isFinite(v));
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (const v of numbers) {
    least = Math.min(least, Math.abs(v));
    most = Math.max(most, Math.abs(v));
  }
  const isIntegral = numbers.every(Number.isInteger);
  const integral = (v: number): string => fixedText(v, 0) + (Number.isFinite(v) ? "." : "");
  const fixed = (v: number): string => fixedText(v, precision);
  const scientific = (v: number): string => scientificText(v, precision);
  // Zeros and infinities alone ignore sciMode, as in PyTorch.
  if (numbers.length === 0) return padded(1, integral);
  const plain = isIntegral ? integral : fixed;
  const isWide = most / least > 1000 || most > 1e8 || (!isIntegral && least < 1e-4);
  // PyTorch takes the width before it looks at sciMode, and leaves out zero and what is not finite.
  const width = widest(numbers, isWide ? scientific : plain);
  return padded(width, (sciMode ?? isWide) ? scientific : plain);
}

function padded(width: number, text: (value: any) => string): NumberStyle {
  return { width, text: (value) => text(value).padStart(width) };
}

function widest(values: readonly Element[], text: (value: any) => string): number {
  let width = 1;
  for (const v of values) width = Math.max(width, text(v).length);
  return width;
}

/** Python's `{:.4f}`. */
function fixedText(value: number, precision: number): string {
  if (!Number.isFinite(value)) return specialText(value);
  const size = Math.abs(value);
  // toFixed gives up at 1e21, where every number is an integer.
  const text =
    size < 1e21
      ? tieToEven(size.toFixed(precision), size, precision)
      : BigInt(size) + (precision > 0 ? `.${"0".repeat(precision)}` : "");
  return signText(value) + text;
}

/** Python's `{:.4e}`. */
function scientificText(value: number, precision: number): string {
  if (!Number.isFinite(value)) return specialText(value);
  const size = Math.abs(value);
  const [digits, exponent] = size.toExponential(precision).split("e") as [string, string];
  const text = tieToEven(digits, size, precision - Number(exponent));
  return `${signText(value)}${text}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

function specialText(value: number): string {
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

function signText(value: number): string {
  return value < 0 || Object.is(value, -0) ? "-" : "";
}

/** JavaScript rounds a number halfway between two texts up, Python to the even digit; `decimals` may be negative. */
function tieToEven(rounded: string, size: number, decimals: number): string {
  const last = Number(rounded.at(-1));
  return last % 2 === 1 && isTie(size, decimals) ? rounded.slice(0, -1) + (last - 1) : rounded;
}

function isTie(size: number, decimals: number): boolean {
  // 2 * size * 10^decimals is odd exactly if size is an odd multiple of 2^-(decimals + 1): both steps are exact in doubles.
  if (decimals >= 0) return (size * 2 ** (decimals + 1)) % 2 === 1;
  // A multiple of 5^23 that is odd but for powers of two has more than 53 bits.
  return decimals >= -22 && size % Number(`1e${-decimals}`) === Number(`5e${-decimals - 1}`);
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" && !Number.isNaN(value);
}
