// The kernel binaries that travel inside the script.
import { inflateSync } from "fflate";
import { RELAXED_PATCH, RELAXED_SIZE, SIMD, SIMD_SIZE } from "./generated/binary.ts";

/** The bytes of the kernel module, with relaxed SIMD (fused multiply-add) or without. */
export function kernelBytes(relaxed: boolean): Uint8Array<ArrayBuffer> {
  const simd = inflateSync(decodeBase64(SIMD), { out: new Uint8Array(SIMD_SIZE) }) as Uint8Array<ArrayBuffer>;
  return relaxed ? applyPatch(simd, inflateSync(decodeBase64(RELAXED_PATCH)), RELAXED_SIZE) : simd;
}

function decodeBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** A patch repeats (offset, count, added, bytes...) in LEB128 varints: copy a piece of `base`, then take the added bytes. */
function applyPatch(base: Uint8Array, patch: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size);
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = patch[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  for (let written = 0; written < size; ) {
    const offset = varint();
    const count = varint();
    const added = varint();
    out.set(base.subarray(offset, offset + count), written);
    out.set(patch.subarray(at, at + added), written + count);
    at += added;
    written += count + added;
  }
  return out;
}
