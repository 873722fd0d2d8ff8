// Products of tensors on the GPU: which ones, from which memory, and what to do when it fails.
import { float32 } from "../core/dtype.ts";
import { broadcastShapes, broadcastStrides, contiguousStrides, numelOf, type Shape } from "../core/shape.ts";
import { Storage } from "../memory/storage.ts";
import { floats } from "../memory/wasm.ts";
import { modes } from "../tensor/modes.ts";
import { copyInto, packed } from "../tensor/raw.ts";
import { addressOf, empty, Tensor, written } from "../tensor/tensor.ts";
import {
  blocking,
  closeGpu,
  deviceNumber,
  largestBuffer,
  type Matrix,
  NOT_ISOLATED,
  type Product,
  postJob,
  type Running,
  runJobAsync,
  waitFor,
  whyNoGpu,
} from "../webgpu/client.ts";
import { launch, settleFlights } from "../webgpu/flights.ts";
import { measureWindows } from "../webgpu/measure.ts";
import { pays, type Rates, type Work } from "../webgpu/policy.ts";
import { Status } from "../webgpu/protocol.ts";
import {
  addResident,
  clearResidents,
  confirmResident,
  dropResident,
  dropResidents,
  findResident,
} from "../webgpu/residents.ts";

/** What decides, once WebGPU is enabled. */
export interface Offloading {
  rates: Rates;
  /** Products of at least so many operations go to the GPU, whatever the rates say; null: the rates decide. */
  minFlops: number | null;
  /** Whether operands with NaN or infinities stay here, since the adapter loses them. */
  finiteOnly: boolean;
}

/** Where the calls of an op ran since WebGPU was enabled. */
export interface OpCalls {
  gpu: number;
  wasm: number;
  /** Why those that ran on WASM did, and how many for each reason. */
  reasons: Record<string, number>;
}

/** The GPU is given up after so many failures. */
const STRIKES = 8;
/** Workgroups along one dimension, and the least rows or columns that one of them covers. */
const MOST_GROUPS = 65535;
const MOST = 32 * MOST_GROUPS;
const TOO_LARGE = "too large for the device";
const SMALL = "too small to pay";

let settings: Offloading | null = null;
let device = 0;
let strikes = 0;
/** A job that failed is being computed here. */
let redoing = false;
let calls = new Map<string, OpCalls>();
const failures = new Set<string>();

/** Starts afresh, with the counters at zero; null switches offloading off. `budget`: bytes of operands kept on the GPU. */
export function setOffloading(next: Offloading | null, budget = 0): void {
  settleFlights();
  strikes = 0;
  calls = new Map();
  failures.clear();
  clearResidents(budget);
  settings = next;
  if (next === null) return;
  device = deviceNumber();
}

export const opCalls = (): Record<string, OpCalls> => Object.fromEntries(calls);
export const offloadFailures = (): string[] => [...failures];

function count(op: string, reason: string | null): void {
  let counted = calls.get(op);
  if (counted === undefined) calls.set(op, (counted = { gpu: 0, wasm: 0, reasons: {} }));
  if (reason === null) counted.gpu++;
  else {
    counted.wasm++;
    counted.reasons[reason] = (counted.reasons[reason] ?? 0) + 1;
  }
}

/** left [..., m, k] @ right [..., k, n] + bias [n] in float32, shapes checked by the caller; null where it does not run on the GPU. */
export function offloadProduct(
  op: string,
  left: Tensor,
  right: Tensor,
  bias: Tensor | null,
  here: () => Tensor,
): Tensor | null {
  const shape = resultShape(op, left, right),
    flops = 2 * numelOf(shape) * left.shape[left.ndim - 1]!;
  return offload(
    op,
    shape,
    flops,
    () => [left, right, bias],
    (a, b) => geometryOf(shape, a, b),
    here,
  );
}

/**
 * Runs a product of two operands and a bias, all float32, with a result of `shape`, where it pays. `describe` gets the
 * operands as they will be uploaded; `here` computes it without the GPU; `spared`: see policy.ts.
 */
export function offload(
  op: string,
  shape: Shape,
  flops: number,
  operands: () => readonly [Tensor, Tensor, Tensor | null],
  describe: (left: Tensor, right: Tensor) => Geometry | string,
  here: () => Tensor,
  spared: Work["spared"] = null,
): Tensor | null {
  if (redoing) return null;
  const again = (out: Tensor, why: string): void => {
    noteFailure(why);
    count(op, why);
    calls.get(op)!.gpu--;
    redoing = true;
    try {
      copyInto(out, here());
    } finally {
      redoing = false;
    }
  };
  const result = onGpu(shape, flops, operands, describe, again, spared);
  const reason = typeof result === "string" ? result : null;
  count(op, reason);
  return typeof result === "string" ? null : result;
}

/** The result, or why it is not computed there. */
function onGpu(
  shape: Shape,
  flops: number,
  given: () => readonly [Tensor, Tensor, Tensor | null],
  describe: (left: Tensor, right: Tensor) => Geometry | string,
  again: (out: Tensor, why: string) => void,
  spared: Work["spared"],
): Tensor | string {
  if (!modes.offload) return "noOffload";
  const absent = whyNoGpu();
  if (absent !== null) return absent;
  if (!blocking()) return NOT_ISOLATED;
  const { rates, minFlops } = settings!;
  const work = { flops, bytes: 0, spared };
  if (flops === 0 || (minFlops === null ? !pays(rates, work) : flops < minFlops)) return SMALL;
  if (device !== deviceNumber()) {
    device = deviceNumber();
    clearResidents();
  }
  const [left, right, bias] = given();
  const operands = [dense(left), dense(right), ...(bias === null ? [] : [bias])] as [Tensor, Tensor, Tensor?];
  const missing = operands.reduce(
    (sum, x) => sum + (x === undefined || isResident(x) ? 0 : 4 * spanOf(x)),
    0,
  );
  work.bytes = missing + 4 * numelOf(shape);
  if (minFlops === null && !pays(rates, work)) return SMALL;
  if (minFlops === null && spared !== null && rates.windows === null) {
    rates.windows = measureWindows(rates);
    if (!pays(rates, work)) return SMALL;
  }
  const geometry = describe(operands[0], operands[1]);
  if (typeof geometry === "string") return geometry;
  const unfit = whyUnfit(shape, geometry, operands as Tensor[]);
  if (unfit !== null) return unfit;
  const out = empty(shape, float32);
  const kept = addResident(out.storage, 0, 4 * out.numel());
  const product: Product = {
    ...geometry,
    a: { ...geometry.a, ...placeOf(operands[0]) },
    b: { ...geometry.b, ...placeOf(operands[1]) },
    bias: operands[2] === undefined ? null : { ...NO_STEPS, ...placeOf(operands[2]) },
    out: kept,
    outAt: addressOf(out),
  };
  // What lies in a block may come later; small results outside scopes do not.
  const mayFly = out.storage.block !== 0;
  const running = postJob(product);
  const failed =
    typeof running === "string" ? running : waitFor(running, mayFly ? Status.queued : Status.done);
  if (failed === null) {
    written(out);
    confirmResident(kept, out.storage);
    if (mayFly)
      launch(
        running as Running,
        out.storage,
        [left, right, ...(bias === null ? [] : [bias])].map((x) => x.storage),
        (why) => again(out, why),
      );
    return out;
  }
  for (const { buffer, bytes } of [product.a, product.b, ...(product.bias === null ? [] : [product.bias])])
    if (bytes > 0) dropResident(buffer);
  dropResident(kept);
  if (typeof running !== "string") noteFailure(failed);
  return failed;
}

/** Why the device cannot compute a product that may be worth it. */
function whyUnfit(shape: Shape, { m, n, batch }: Geometry, operands: readonly Tensor[]): string | null {
  if (m > MOST || n > MOST || numelOf(batch) > MOST_GROUPS) return TOO_LARGE;
  if (4 * Math.max(numelOf(shape), ...operands.map(spanOf)) > largestBuffer()) return TOO_LARGE;
  return settings?.finiteOnly && !operands.every(allFinite) ? "NaN or infinity" : null;
}

/** A product that is under way; `done` resolves to null, or to why it was not computed. */
export interface Begun {
  /** Copies of the operands as they were. */
  left: Tensor;
  right: Tensor;
  out: Tensor;
  done: Promise<string | null>;
}

/** Begins left @ right in float32 while the thread goes on; null where there is no GPU for it. */
export function beginProduct(left: Tensor, right: Tensor): Begun | null {
  if (!modes.offload || whyNoGpu() !== null) return null;
  const shape = resultShape("matmulAsync", left, right);
  const inner = left.shape[left.ndim - 1]!;
  if (numelOf(shape) * inner === 0) return null;
  // In the heap, where they stay until the job is done.
  const owned = (shape: Shape) =>
    new Tensor(Storage.allocateOwned(4 * numelOf(shape)), float32, shape, contiguousStrides(shape), 0, true);
  const copy = (x: Tensor) => {
    const to = owned(x.shape);
    copyInto(to, x);
    return to;
  };
  const [a, b, out] = [copy(left), copy(right), owned(shape)];
  const geometry = geometryOf(shape, a, b);
  if (typeof geometry === "string" || whyUnfit(shape, geometry, [a, b]) !== null) return null;
  const place = (x: Tensor) => ({ buffer: 0, at: addressOf(x), bytes: 4 * x.numel(), offset: 0 });
  const done = runJobAsync({
    ...geometry,
    a: { ...geometry.a, ...place(a) },
    b: { ...geometry.b, ...place(b) },
    bias: null,
    out: 0,
    outAt: addressOf(out),
  });
  return {
    left: a,
    right: b,
    out,
    done: done.then((failed) => {
      count("matmulAsync", failed);
      if (failed !== null) noteFailure(failed);
      return failed;
    }),
  };
}

function noteFailure(text: string): void {
  failures.add(text);
  dropResidents();
  if (++strikes >= STRIKES) closeGpu(`given up after ${STRIKES} failures, the last one: ${text}`);
}

const resultShape = (op: string, left: Tensor, right: Tensor): number[] => [
  ...broadcastShapes(op, left.shape.slice(0, -2), right.shape.slice(0, -2)),
  left.shape[left.ndim - 2]!,
  right.shape[right.ndim - 1]!,
];

/** Elements from the first to the last. */
const spanOf = (x: Tensor): number => x.shape.reduce((sum, n, d) => sum + (n - 1) * x.strides[d]!, 1);
/** A copy in place of a view with wide gaps. */
const dense = (x: Tensor): Tensor => (spanOf(x) > 2 * x.numel() ? packed(x) : x);

const bytesOf = (x: Tensor): [number, number] => [4 * x.offset, 4 * (x.offset + spanOf(x))];
const isResident = (x: Tensor): boolean => findResident(x.storage, ...bytesOf(x)) !== null;

/** Where an operand is: in a buffer that has it, or to be uploaded to one. */
function placeOf(x: Tensor): Pick<Matrix, "buffer" | "at" | "bytes" | "offset"> {
  const [begin, end] = bytesOf(x);
  const there = findResident(x.storage, begin, end);
  if (there !== null) return { buffer: there.id, at: 0, bytes: 0, offset: (begin - there.begin) / 4 };
  const at = addressOf(x);
  return { buffer: addResident(x.storage, begin, end), at, bytes: end - begin, offset: 0 };
}

function allFinite(x: Tensor): boolean {
  const from = addressOf(x) / 4;
  let sum = 0;
  for (let i = 0, n = spanOf(x); i < n; i++) sum += floats[from + i]! * 0;
  return sum === 0;
}

const NO_STEPS = { rows: 0, columns: 0, steps: [0, 0, 0] };
type Steps = Pick<Matrix, "rows" | "columns" | "steps">;
export type Geometry = Pick<Product, "m" | "n" | "k" | "batch" | "windows"> & { a: Steps; b: Steps };

/** Sizes and steps as the kernels want them, or why there are none. */
function geometryOf(shape: Shape, left: Tensor, right: Tensor): Geometry | string {
  const lead = shape.slice(0, -2),
    [n, k] = [shape[shape.length - 1]!, left.shape[left.ndim - 1]!];
  let m = shape[shape.length - 2]!;
  const stepsOf = (x: Tensor) => broadcastStrides(lead, x.shape.slice(0, -2), x.strides.slice(0, -2));
  const [stepsA, stepsB] = [stepsOf(left), stepsOf(right)];
  const dims: { size: number; a: number; b: number }[] = [];
  lead.forEach((size, d) => {
    const [a, b] = [stepsA[d]!, stepsB[d]!],
      outer = dims[dims.length - 1];
    if (size === 1) return;
    if (outer !== undefined && outer.a === a * size && outer.b === b * size) {
      dims[dims.length - 1] = { size: outer.size * size, a, b };
    } else dims.push({ size, a, b });
  });
  let rows = left.strides[left.ndim - 2]!;
  const inner = dims[dims.length - 1];
  // Matrices that meet the same right operand are one high matrix.
  if (inner !== undefined && inner.b === 0 && (m === 1 || inner.a === m * rows)) {
    if (m === 1) rows = inner.a;
    m *= inner.size;
    dims.pop();
  }
  if (dims.length > 3) return "more than three leading dimensions";
  while (dims.length < 3) dims.unshift({ size: 1, a: 0, b: 0 });
  const batch = dims.map(({ size }) => size);
  return {
    m,
    n,
    k,
    batch,
    a: { rows, columns: left.strides[left.ndim - 1]!, steps: dims.map(({ a }) => a) },
    b: {
      rows: right.strides[right.ndim - 2]!,
      columns: right.strides[right.ndim - 1]!,
      steps: dims.map(({ b }) => b),
    },
  };
}
