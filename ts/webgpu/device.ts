// The GPU's side: opens a device and does one job after the other. Runs in the GPU worker, or on the page itself where
// there is no isolation.

import { Buffers, Usage } from "./buffers.ts";
import {
  Failure,
  Job,
  jobAt,
  Part,
  SIZES,
  type Start,
  Status,
  viewWords,
  Word,
  writeText,
} from "./protocol.ts";
import { kernelText, LARGE_TILES, Layout, SMALL_TILES, type Tile, UNIFORMS, type Variant } from "./wgsl.ts";

/** What `enable` found. */
export interface Adapter {
  vendor: string;
  architecture: string;
  device: string;
  description: string;
  /** Whether it is a program that plays a GPU. */
  software: boolean;
  features: string[];
  limits: Record<string, number>;
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render|software/i;
const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeWorkgroupsPerDimension",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupStorageSize",
] as const;
/** GPUMapMode. */
const READ = 1,
  WRITE = 2;
/** For operands and results: a result may be an operand later. */
const DATA = Usage.storage | Usage.copyFrom | Usage.copyTo;
const FAILED: Record<string, Failure> = {
  GPUOutOfMemoryError: Failure.memory,
  GPUValidationError: Failure.validation,
};

interface Pipeline {
  made: GPUComputePipeline;
  layout: GPUBindGroupLayout;
  tile: Tile;
}

export class Device {
  private device!: GPUDevice;
  /** Kept: when Dawn's is collected, the process crashes. */
  gpu: GPU | undefined;
  private software = false;
  lost = false;
  private readonly words: Int32Array;
  private buffers!: Buffers;
  /** For turns of the event loop; made before the main thread begins to wait. */
  private readonly ports = /Firefox\//.test(globalThis.navigator?.userAgent ?? "")
    ? new MessageChannel()
    : null;
  private readonly mappings = new Set<Promise<void>>();
  private readonly pipelines = new Map<string, Promise<Pipeline>>();
  private readonly tiles = new Map<Tile[], Tile>();
  private sizes!: GPUBuffer;

  /** `staged`: uploads go through mapped buffers, because `writeBuffer` takes no shared memory (in Node it ends the process). */
  constructor(
    private readonly start: Start,
    private readonly staged: boolean,
    private readonly ring: () => void,
  ) {
    this.words = viewWords(start.memory, start.control);
  }

  /**
   * Opens a device. `again`: tries another adapter where the first one gives none, because the browser's GPU process ended
   * between the two. @throws Error that says why there is none.
   */
  async open(gpu: GPU | undefined, again = true): Promise<void> {
    this.gpu = gpu;
    const { adapter: name, powerPreference, allowSoftware = false } = this.start;
    if (gpu === undefined) throw new Error("there is no WebGPU here");
    const adapter =
      (await gpu.requestAdapter({ powerPreference: powerPreference ?? "high-performance" })) ??
      (allowSoftware ? await gpu.requestAdapter({ forceFallbackAdapter: true }) : null);
    if (adapter === null) throw new Error("no adapter");
    const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
    const text = [vendor, architecture, device, description].join(" ").trim();
    this.software = isFallbackAdapter === true || SOFTWARE.test(text);
    if (name !== undefined && !text.toLowerCase().includes(name.toLowerCase()))
      throw new Error(`no adapter with "${name}" in its name; there is "${text}"`);
    if (this.software && !allowSoftware)
      throw new Error(`"${text}" is a software adapter (allowSoftware: true takes it all the same)`);
    const limits = Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]]));
    const opened = await adapter.requestDevice({ requiredLimits: limits }).catch((error: unknown) => {
      if (!again) throw error;
      return null;
    });
    if (opened === null) return this.open(gpu, false);
    this.device = opened;
    this.lost = false;
    this.pipelines.clear();
    this.buffers = new Buffers(opened);
    opened.lost.then(({ message }) => {
      if (opened !== this.device) return;
      this.lost = true;
      writeText(this.start, Word.failure, message);
      this.ring();
    });
    opened.onuncapturederror = ({ error }) => writeText(this.start, Word.failure, error.message);
    this.sizes = opened.createBuffer({
      size: 4 * (UNIFORMS.split(",").length + SIZES),
      usage: Usage.uniform | Usage.copyTo,
    });
    const found: Adapter = {
      vendor,
      architecture,
      device,
      description,
      software: this.software,
      features: [...adapter.features].sort(),
      limits,
    };
    writeText(this.start, Word.found, JSON.stringify(found));
    const largest = Math.min(limits["maxBufferSize"]!, limits["maxStorageBufferBindingSize"]!);
    Atomics.store(this.words, Word.largest, largest / 256);
    Atomics.add(this.words, Word.opened, 1);
  }

  /** Lets go of the device. Dawn aborts the process when it ends with promises open. */
  async close(): Promise<void> {
    this.device?.destroy();
    await Promise.all(this.mappings);
    this.ports?.port1.close();
    await this.device?.lost;
  }

  /** Lets go of what the job of slot `index` names. */
  drop(index: number): void {
    for (let at = jobAt(index) + Job.drops; this.words[at] !== 0; at++) this.buffers.drop(this.words[at]!);
  }

  /** Puts the job of slot `index` on the GPU's queue; the function it resolves to waits for the end and returns what went wrong. */
  async begin(index: number): Promise<() => Promise<Failure>> {
    const { device, words } = this;
    const at = jobAt(index);
    const job = words.slice(at, at + Job.length);
    this.drop(index);
    const [m, n, k] = [job[Job.m]!, job[Job.n]!, job[Job.k]!];
    const batch = job[Job.n1]! * job[Job.n2]! * job[Job.n3]!;
    const candidates = candidatesFor(
      Math.ceil(m / 64) * Math.ceil(n / 64) * batch < 64,
      job[Job.windows] !== 0,
    );
    const hasBias = job[Job.bias] !== 0 || job[Job.bias + Part.bytes] !== 0;
    const windows = job[Job.windows]! as Layout;
    const variant: Omit<Variant, "tile"> = {
      a: windows === Layout.places ? Layout.parts : layoutOf(job, Job.a, m, k),
      b: windows || layoutOf(job, Job.b, n, k),
      bias: hasBias ? (job[Job.rowBias] === 0 ? "columns" : "rows") : "",
      fours: n % 4 === 0,
    };
    const tuning = !this.tiles.has(candidates) && !this.software;
    const pipelines = await Promise.all(
      (tuning ? candidates : [this.tiles.get(candidates) ?? candidates[0]!]).map((tile) =>
        this.pipeline({ tile, ...variant }),
      ),
    );
    device.pushErrorScope("out-of-memory");
    device.pushErrorScope("validation");
    const ends: (() => void)[] = [];
    let failure: Promise<Failure>;
    let back: GPUBuffer | null = null;
    const bytes = 4 * m * n * batch;
    try {
      let encoder = device.createCommandEncoder();
      const a = this.operand(job, Job.a, encoder, ends),
        b = this.operand(job, Job.b, encoder, ends);
      const bias = hasBias ? [this.operand(job, Job.bias, encoder, ends)] : [];
      const out = this.buffers.take(bytes, DATA);
      if (job[Job.out] !== 0) this.buffers.keep(job[Job.out]!, out);
      else ends.push(() => this.buffers.release(out));
      device.queue.writeBuffer(
        this.sizes,
        0,
        Uint32Array.of(
          m,
          n,
          k,
          job[Job.n2]!,
          job[Job.n3]!,
          ...job.subarray(Job.a + Part.offset, Job.a + Part.step3 + 1),
          ...job.subarray(Job.b + Part.offset, Job.b + Part.step3 + 1),
          job[Job.bias + Part.offset]!,
          0,
          0,
          ...job.subarray(Job.sizes, Job.sizes + SIZES),
        ),
      );
      const entries = [a, b, out, this.sizes, ...bias].map((buffer, binding) => ({
        binding,
        resource: { buffer },
      }));
      const dispatch = ({ made, layout, tile: { wx, wy, tm, tn } }: Pipeline): void => {
        const pass = encoder.beginComputePass();
        pass.setPipeline(made);
        pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
        pass.dispatchWorkgroups(Math.ceil(n / (wx * tn)), Math.ceil(m / (wy * tm)), batch);
        pass.end();
      };
      let [best] = pipelines as [Pipeline];
      if (tuning) {
        let least = Number.POSITIVE_INFINITY;
        // The first round makes sure that nothing is left to be made.
        for (const pipeline of pipelines)
          for (let round = 0; round < 3; round++) {
            const begin = performance.now();
            dispatch(pipeline);
            device.queue.submit([encoder.finish()]);
            encoder = device.createCommandEncoder();
            await this.soon(device.queue.onSubmittedWorkDone());
            const took = performance.now() - begin;
            if (round > 0 && took < least) [least, best] = [took, pipeline];
          }
        this.tiles.set(candidates, best.tile);
      }
      dispatch(best);
      if (job[Job.outAt] !== 0) {
        back = this.buffers.take(bytes, Usage.mapRead | Usage.copyTo);
        encoder.copyBufferToBuffer(out, 0, back, 0, bytes);
      }
      device.queue.submit([encoder.finish()]);
    } finally {
      const scopes = [device.popErrorScope(), device.popErrorScope()];
      failure = Promise.all(scopes).then((errors) => this.failureOf(errors.find((error) => error !== null)));
    }
    if (Atomics.compareExchange(words, at, Status.running, Status.queued) === Status.running)
      Atomics.notify(words, at);
    const read = back;
    return async () => {
      await this.soon(
        read === null ? device.queue.onSubmittedWorkDone() : read.mapAsync(READ, 0, bytes).catch(() => {}),
      );
      let outcome = await failure;
      if (this.lost) outcome = Failure.lost;
      if (outcome === Failure.none && read !== null) {
        if (Atomics.compareExchange(words, at, Status.queued, Status.writing) === Status.queued)
          this.memory(job[Job.outAt]!, bytes).set(new Uint8Array(read.getMappedRange(0, bytes)));
      }
      if (outcome === Failure.none) for (const end of ends) end();
      if (read !== null && outcome === Failure.none) {
        read.unmap();
        this.buffers.release(read);
      }
      return outcome;
    };
  }

  private failureOf(error: GPUError | null | undefined): Failure {
    if (error === null || error === undefined) return Failure.none;
    writeText(this.start, Word.failure, error.message);
    return FAILED[error.constructor.name] ?? Failure.other;
  }

  /** A view of the shared memory, which may have grown on the other side. */
  private memory(at: number, bytes: number): Uint8Array {
    const { memory } = this.start;
    if ((at >>> 0) + bytes > memory.buffer.byteLength) memory.grow(0); // makes this thread look again
    return new Uint8Array(memory.buffer, at >>> 0, bytes);
  }

  private operand(
    job: Int32Array,
    part: number,
    encoder: GPUCommandEncoder,
    ends: (() => void)[],
  ): GPUBuffer {
    const id = job[part]!,
      bytes = job[part + Part.bytes]! >>> 0;
    if (bytes === 0) return this.buffers.get(id);
    const buffer = this.buffers.take(bytes, DATA);
    if (id !== 0) this.buffers.keep(id, buffer);
    else ends.push(() => this.buffers.release(buffer));
    const source = this.memory(job[part + Part.at]!, bytes);
    if (!this.staged) {
      this.device.queue.writeBuffer(buffer, 0, source as Uint8Array<ArrayBuffer>);
      return buffer;
    }
    const usage = Usage.mapWrite | Usage.copyFrom;
    const staging = this.buffers.take(bytes, usage, true);
    new Uint8Array(staging.getMappedRange(0, staging.size)).set(source);
    staging.unmap();
    encoder.copyBufferToBuffer(staging, 0, buffer, 0, bytes);
    // Kept mapped, so that the next upload is one copy.
    ends.push(() => {
      const mapped = staging.mapAsync(WRITE).then(
        () => this.buffers.release(staging),
        () => {},
      );
      this.mappings.add(mapped);
      mapped.then(() => this.mappings.delete(mapped));
    });
    return buffer;
  }

  private pipeline(variant: Variant): Promise<Pipeline> {
    const { tile, a, b, bias, fours } = variant;
    const key = [...Object.values(tile), a, b, bias, fours].join();
    let promise = this.pipelines.get(key);
    if (promise === undefined) {
      const module = this.device.createShaderModule({ code: kernelText(variant) });
      promise = this.device
        .createComputePipelineAsync({ layout: "auto", compute: { module, entryPoint: "main" } })
        .then((made) => ({ made, layout: made.getBindGroupLayout(0), tile }));
      this.pipelines.set(key, promise);
    }
    return promise;
  }

  /** Firefox looks at its queue every 100 ms, unless something is submitted (bug 1870699). */
  private async soon<T>(promise: Promise<T>): Promise<T> {
    const { ports } = this;
    if (ports === null) return promise;
    let settled = false;
    const settle = () => {
      settled = true;
    };
    promise.then(settle, settle);
    const begin = performance.now();
    for (let last = 0; !settled; ) {
      const now = performance.now();
      if (now - last >= 1) {
        last = now;
        this.device.queue.submit([this.device.createCommandEncoder().finish()]);
        Atomics.add(this.words, Word.beat, 1); // timers may wait for the page's main thread
      }
      await new Promise((resolve) => {
        if (now - begin > 20) {
          setTimeout(resolve, 4);
          return;
        }
        ports.port1.onmessage = resolve;
        ports.port2.postMessage(0);
      });
    }
    return promise;
  }
}

/** Windows are worth finding only for tiles that many threads read. */
const SMALL_WINDOWS = SMALL_TILES.filter((tile) => tile.bk > 0),
  LARGE_WINDOWS = LARGE_TILES.filter((tile) => tile.bk > 0);
const candidatesFor = (small: boolean, windows: boolean): Tile[] =>
  small ? (windows ? SMALL_WINDOWS : SMALL_TILES) : windows ? LARGE_WINDOWS : LARGE_TILES;

/** How an operand may be read: by fours along the sum, of length k, or across it, of length `size`. */
function layoutOf(job: Int32Array, part: number, size: number, k: number): Layout {
  const word = (i: Part) => job[part + i]!;
  const [along, across] =
    part === Job.a ? [word(Part.columns), word(Part.rows)] : [word(Part.rows), word(Part.columns)];
  const fits = (...numbers: number[]) => numbers.every((x) => x % 4 === 0);
  if (!fits(word(Part.offset), word(Part.step1), word(Part.step2), word(Part.step3))) return Layout.any;
  if (along === 1 && fits(k, across)) return Layout.along;
  return across === 1 && fits(size, along) ? Layout.across : Layout.any;
}
