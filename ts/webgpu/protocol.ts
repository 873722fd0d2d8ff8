// How the compute thread and the GPU worker talk: 32-bit words in the shared memory. A header, a ring of jobs that are done
// in the order they were posted, and two texts: what device was found, and what the last failure said.

/** What starts the GPU's side. */
export interface Start {
  memory: WebAssembly.Memory;
  /** Address of the block. */
  control: number;
  /** Where no `navigator.gpu` is: address of a module with `create` and `globals`, as the package `webgpu` has them. */
  module?: string;
  /** Part of the adapter's name. */
  adapter?: string;
  powerPreference?: "high-performance" | "low-power";
  allowSoftware?: boolean;
}

/** Words of the header. */
export enum Word {
  state,
  /** Rung when a job is posted, and when the device is lost or to be closed. */
  bell,
  close,
  /** How often a device was opened. Buffers' numbers are valid on the device they were made on. */
  opened,
  /** Largest buffer, in 256 bytes. */
  largest,
  /** Grows while a job is under way. */
  beat,
  /** Lengths of the texts. */
  found,
  failure,
  length = 16,
}

export enum State {
  /** No device yet, or another one is being opened. */
  starting,
  ready,
  /** No device, and none will come. */
  none,
  closed,
}

/** What becomes of a job. The GPU's side moves it from `posted` to `running` and `queued`, and must win `writing` before it touches the result. */
export enum Status {
  free,
  posted,
  running,
  /** On the GPU's queue: the operands are no longer needed. */
  queued,
  writing,
  done,
  failed,
  /** Given up: freed by the GPU's side when it gets there. */
  abandoned,
}

export enum Failure {
  none,
  memory,
  validation,
  lost,
  other,
}

/** Words of a job. */
export enum Job {
  status,
  error,
  m,
  n,
  k,
  /** Number of products along up to three leading dimensions. */
  n1,
  n2,
  n3,
  /** Of the result: number of its buffer (0: a temporary one) and where to copy it (0: it stays on the GPU). */
  out,
  outAt,
  /** The bias: its buffer, where it lies, bytes to upload (0: the buffer holds it), first element. Buffer 0 without bytes: none. */
  bias,
  /** Not 0: the bias has an element for each row, and m more for each product along n3; else one for each column. */
  rowBias = 14,
  /** How b's elements are found: a number of `Layout`, where it is a convolution's windows; else 0. */
  windows,
  a,
  b = 25,
  /** Sizes of the windows, see `windows` in wgsl.ts. */
  sizes = 34,
  /** Buffers that are no longer needed; ends with 0. */
  drops = 62,
  length = 72,
}
export const MAX_DROPS = Job.length - Job.drops - 1;
export const SIZES = Job.drops - Job.sizes;

/** Words of an operand, from Job.a, Job.b and, the first four, Job.bias. */
export enum Part {
  /** Number of the buffer; 0 for one that is used once. */
  buffer,
  at,
  bytes,
  /** In elements of the buffer. */
  offset,
  rows,
  columns,
  /** From matrix to matrix along the leading dimensions. */
  step1,
  step2,
  step3,
}

export const JOBS = 16;
const TEXT_AT = 4 * (Word.length + JOBS * Job.length);
const TEXT_BYTES = 8192;
export const CONTROL_BYTES = TEXT_AT + 2 * TEXT_BYTES;

export const jobAt = (index: number): number => Word.length + (index % JOBS) * Job.length;

export const viewWords = (memory: WebAssembly.Memory, control: number): Int32Array =>
  new Int32Array(memory.buffer, control, TEXT_AT / 4);

const textAt = (memory: WebAssembly.Memory, control: number, which: Word.found | Word.failure): Uint8Array =>
  new Uint8Array(memory.buffer, control + TEXT_AT + (which === Word.failure ? TEXT_BYTES : 0), TEXT_BYTES);

export function writeText(
  { memory, control }: Pick<Start, "memory" | "control">,
  which: Word.found | Word.failure,
  text: string,
): void {
  const encoded = new TextEncoder().encode(text).subarray(0, TEXT_BYTES);
  textAt(memory, control, which).set(encoded);
  Atomics.store(viewWords(memory, control), which, encoded.length);
}

export function readText(
  { memory, control }: Pick<Start, "memory" | "control">,
  which: Word.found | Word.failure,
): string {
  const length = Atomics.load(viewWords(memory, control), which);
  // A copy: decoders refuse shared memory.
  return new TextDecoder().decode(textAt(memory, control, which).slice(0, length));
}

export interface WaitAsync {
  waitAsync(words: Int32Array, index: number, value: number, timeout?: number): { value: unknown };
}
