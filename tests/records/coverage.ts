import * as torch from "../../ts/index.ts";
import { wordsOf } from "./records.ts";
import { argumentsOf, type Sample } from "./sample.ts";
import { resultsOf, tapes } from "./tape.ts";

type Tensor = torch.Tensor;

/** What happened on the way to a result. */
export interface Trace {
  kernels: Set<string>;
  threads: boolean;
}

const GROUPS: [string, torch.DType[]][] = [
  ["float", [torch.float32, torch.float64]],
  ["half", [torch.float16, torch.bfloat16]],
  ["int", [torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8]],
  ["bool", [torch.bool]],
];

/** Whether a call with its data as `dtype` is answered; the arguments that are indices or masks stay what they are. */
function accepts({ call, makes }: Sample, n: number, dtype: torch.DType): boolean {
  const args = makes.map((make, k) => make(n, k).detach());
  const data = args.some((x) => x.dtype.isFloatingPoint)
    ? (x: Tensor) => x.dtype.isFloatingPoint
    : (x: Tensor) => x.dtype !== torch.bool;
  try {
    call(...args.map((x) => (data(x) ? x.to(dtype) : x)));
    return true;
  } catch (error) {
    // Numbers that the sample chose for floats are not always in an integer's domain.
    return error instanceof torch.ValueError;
  }
}

function dtypesOf(samples: readonly Sample[]): string {
  const answered = (dtype: torch.DType) =>
    samples.some((sample) => accepts(sample, Math.max(4, sample.from ?? 0), dtype));
  return GROUPS.flatMap(([name, dtypes]) => {
    const known = dtypes.filter(answered);
    return known.length === dtypes.length ? [name] : known.map((d) => d.name);
  }).join(", ");
}

/** The inputs with a gradient, and why another has none. */
function gradientOf(name: string, samples: readonly Sample[]): [first: string, second: string] {
  const inputs = new Set<string>(),
    missing = new Map<string, string>();
  let second = "";
  // Fused kernels for float32 only have records of their own.
  for (const { orders, error } of [torch.float64, torch.float32].flatMap((dtype) =>
    samples.map((sample) => tapes(sample, dtype)),
  )) {
    for (const { op, edges } of orders[0] ?? []) {
      if (op.name !== name) continue;
      wordsOf(op).forEach(([input, word], i) => {
        if (!edges[i]) return;
        if (typeof word === "object") missing.set(input, word.reason);
        else if (word !== "nonDifferentiable") inputs.add(input);
      });
    }
    // A gradient that is no longer on the tape is constant.
    if (error === null && orders.length > 0) second = "yes";
    else if (second === "" && error instanceof torch.TorchError) second = reasonIn(error.message);
  }
  for (const input of inputs) missing.delete(input);
  const reasons = [...missing].map(([input, reason]) => `not ${input}: ${reason}`);
  return inputs.size + reasons.length === 0
    ? ["–", "–"]
    : [
        [[...inputs].join(", "), ...reasons].filter((x) => x !== "").join("; "),
        inputs.size > 0 ? second : "–",
      ];
}

const reasonIn = (message: string) => `no: ${message.replace(/^.*not implemented: /, "")}`;

/** Whether arguments or results grow faster than the size class. */
function isQuadratic(sample: Sample): boolean {
  const elements = (n: number) => {
    const args = argumentsOf(sample, n);
    return [...args, ...resultsOf(sample, args)].reduce((sum, x) => sum + x.numel(), 1);
  };
  return elements(128) > 3 * elements(64);
}

/** A size class in which threads take part, and one for matrices. */
const LONG = 20_000,
  SQUARE = 8;

function placeOf(
  samples: readonly Sample[],
  simd: ReadonlySet<string>,
  traced: (work: () => void) => Trace,
): string {
  let viewed = false,
    kernel = false,
    vectors = false,
    threads = false;
  for (const sample of samples) {
    if (vectors && threads) break;
    const n = sample.to !== undefined ? SQUARE : isQuadratic(sample) ? 512 : LONG;
    const args = argumentsOf(sample, n).map((x) => (x.dtype.isFloatingPoint ? x.detach().float() : x));
    let out: Tensor | readonly Tensor[] = [];
    const trace = traced(() => (out = torch.noGrad(() => sample.call(...args))));
    kernel ||= trace.kernels.size > 0;
    vectors ||= [...trace.kernels].some((name) => simd.has(name));
    threads ||= trace.threads;
    const results = (Array.isArray(out) ? out : [out]) as Tensor[];
    viewed ||= trace.kernels.size === 0 && results.every((x) => args.some((a) => a.storage === x.storage));
  }
  if (!kernel) return viewed ? "view" : "host";
  return `${vectors ? "SIMD" : "scalar"} kernel${threads ? ", threads" : ""}`;
}

/** The page of docs/ that says of every op what there is. */
export function coveragePage(
  table: Readonly<Record<string, Sample[]>>,
  simd: ReadonlySet<string>,
  traced: (work: () => void) => Trace,
): string {
  const rows = Object.keys(table)
    .sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
    .map((name) => {
      const samples = table[name]!;
      const [first, second] = gradientOf(name, samples);
      return `| \`${name}\` | ${dtypesOf(samples)} | ${first} | ${second} | ${placeOf(samples, simd, traced)} |`;
    });
  return `# What each op covers

Made by \`npm run docs\` from the op records and by calling every op; a test fails where it is out of date. Names are those of the records: some are what public functions run (\`convolution\` is in \`conv1d\` to \`conv3d\`, \`slice\` and \`index\` are in \`at\`). Functions that are composed of these ops have what these have, and are not listed.

- dtypes that the op answers for: float is float32 and float64, half is float16 and bfloat16, int is int8 to int64 and uint8.
- gradient: the inputs that have one. Indices and masks have none by their nature. Every gradient is compared with differences in float64, and so is every second gradient that is there.
- runs: what computes a float32 result: a kernel of vector instructions (SIMD) or of scalar ones, the host, or nothing at all where the result is a view. Threads: a large one is shared out among them.

${rows.length} ops.

| op | dtypes | gradient | second gradient | runs |
|---|---|---|---|---|
${rows.join("\n")}
`;
}
