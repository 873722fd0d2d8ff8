// The kernel binaries that travel inside the script.
import { nodeModule } from "../core/node.ts";
import { KERNELS, RELAXED_FILE, RELAXED_SIZE, SIMD_SIZE, UNPACKER } from "./generated/binary.ts";

interface Unpacker {
  memory: WebAssembly.Memory;
  /** Unpacks the first `size` bytes of the base64 text at `text` to `target`. */
  unpack(text: number, target: number, size: number): void;
}

/** The unpacker keeps its models in the first page. */
const TEXT = 65536;

interface Files {
  readFileSync(file: URL): Uint8Array<ArrayBuffer>;
}

/** The file of this name beside the script, on Node (Deno would ask for permission): read in a tenth of the time that unpacking takes. */
function fileBeside(name: string): Uint8Array<ArrayBuffer> | undefined {
  if ("Deno" in globalThis) return undefined;
  try {
    return nodeModule<Files>("node:fs")?.readFileSync(new URL(name, import.meta.url));
  } catch {
    return undefined; // bundled, the script stands alone
  }
}

/** The bytes of the kernel module, with relaxed SIMD (fused multiply-add) or without. */
export function kernelBytes(relaxedSimd: boolean): Uint8Array<ArrayBuffer> {
  // Named after its content: no other version's is there by this name.
  const file = relaxedSimd ? fileBeside(RELAXED_FILE) : undefined;
  if (file?.length === RELAXED_SIZE) return file;
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
