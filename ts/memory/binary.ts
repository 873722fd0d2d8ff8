// The kernel binaries that travel inside the script.
import { KERNELS, RELAXED_SIZE, SIMD_SIZE, UNPACKER } from "./generated/binary.ts";

interface Unpacker {
  memory: WebAssembly.Memory;
  /** Unpacks the first `size` bytes of the base64 text at `text` to `target`. */
  unpack(text: number, target: number, size: number): void;
}

/** The unpacker keeps its models in the first page. */
const TEXT = 65536;

/** The bytes of the kernel module, with relaxed SIMD (fused multiply-add) or without. */
export function kernelBytes(relaxedSimd: boolean): Uint8Array<ArrayBuffer> {
  const code = Uint8Array.from(atob(UNPACKER), (c) => c.charCodeAt(0));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code));
  const { memory, unpack } = exports as unknown as Unpacker;
  const bytes = new Uint8Array(memory.buffer as ArrayBuffer);
  new TextEncoder().encodeInto(KERNELS, bytes.subarray(TEXT));
  const relaxed = TEXT + KERNELS.length,
    plain = relaxed + RELAXED_SIZE;
  if (relaxedSimd) {
    unpack(TEXT, relaxed, RELAXED_SIZE);
    return bytes.subarray(relaxed, plain);
  }
  unpack(TEXT, relaxed, RELAXED_SIZE + SIMD_SIZE);
  return bytes.subarray(plain, plain + SIMD_SIZE);
}
