// Buffers of the GPU: those that have a number, and unused ones for the next job.

/** GPUBufferUsage. */
export enum Usage {
  mapRead = 1,
  mapWrite = 2,
  copyFrom = 4,
  copyTo = 8,
  uniform = 64,
  storage = 128,
}
/** Bytes of unused buffers that are kept for the next job. */
const POOL_BYTES = 256 << 20;
/** Sizes that buffers come in: so that one made for a product fits the next. */
const bucket = (bytes: number): number =>
  bytes > 1 << 20 ? Math.ceil(bytes / (1 << 18)) * (1 << 18) : 2 ** Math.max(8, Math.ceil(Math.log2(bytes)));

export class Buffers {
  private readonly kept = new Map<number, GPUBuffer>();
  private readonly unused = new Map<string, GPUBuffer[]>();
  private unusedBytes = 0;

  constructor(private readonly device: GPUDevice) {}

  /** The buffer with a number. @throws Error where there is none. */
  get(id: number): GPUBuffer {
    const buffer = this.kept.get(id);
    if (buffer === undefined) throw new Error(`there is no buffer ${id}`);
    return buffer;
  }

  /** Gives a buffer a number. */
  keep(id: number, buffer: GPUBuffer): void {
    this.drop(id);
    this.kept.set(id, buffer);
  }

  take(bytes: number, usage: number, mappedAtCreation = false): GPUBuffer {
    const size = bucket(bytes);
    const kept = this.unused.get(`${usage}:${size}`)?.pop();
    if (kept === undefined) return this.device.createBuffer({ size, usage, mappedAtCreation });
    this.unusedBytes -= size;
    return kept;
  }

  release(buffer: GPUBuffer): void {
    const key = `${buffer.usage}:${buffer.size}`;
    const kept = this.unused.get(key) ?? [];
    if (this.unusedBytes + buffer.size > POOL_BYTES || kept.length >= 4) {
      buffer.destroy();
      return;
    }
    kept.push(buffer);
    this.unused.set(key, kept);
    this.unusedBytes += buffer.size;
  }

  /** Takes the number away. */
  drop(id: number): void {
    const buffer = this.kept.get(id);
    this.kept.delete(id);
    if (buffer !== undefined) this.release(buffer);
  }
}
