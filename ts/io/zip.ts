import { inflateSync } from "fflate/browser";
import { ValueError } from "../core/errors.ts";

const END = 0x06054b50,
  ENTRY = 0x02014b50,
  LOCAL = 0x04034b50;
/** The end record is followed by a comment of at most 64 KiB. */
const END_BYTES = 22,
  COMMENT_BYTES = 65535;

export const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

/** The files of a zip archive (APPNOTE 6.3), stored or deflated, below 4 GiB, by name. @throws ValueError for a damaged one. */
export function unzip(op: string, bytes: Uint8Array): Map<string, () => Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const damaged = (what: string): never => {
    throw new ValueError(`${op}: damaged zip archive (${what})`);
  };
  const u32 = (at: number) => (at + 4 <= bytes.length ? view.getUint32(at, true) : damaged("it ends early"));
  const u16 = (at: number) => (at + 2 <= bytes.length ? view.getUint16(at, true) : damaged("it ends early"));
  let end = bytes.length - END_BYTES;
  const first = Math.max(0, end - COMMENT_BYTES);
  while (end >= first && u32(end) !== END) end--;
  if (end < first) damaged("there is no directory; the file may be cut off");
  const files = new Map<string, () => Uint8Array>();
  let at = u32(end + 16);
  for (let left = u16(end + 10); left > 0; left--) {
    if (u32(at) !== ENTRY) damaged("bad directory entry");
    const method = u16(at + 10),
      packed = u32(at + 20),
      size = u32(at + 24),
      local = u32(at + 42);
    const nameLength = u16(at + 28);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (packed === 0xffffffff || size === 0xffffffff || local === 0xffffffff)
      damaged("zip64 is not supported");
    files.set(name, () => {
      if (u32(local) !== LOCAL) damaged(`bad header of ${name}`);
      const start = local + 30 + u16(local + 26) + u16(local + 28);
      const content = bytes.subarray(start, start + packed);
      if (content.length !== packed) damaged(`${name} is cut off`);
      if (method === 0) return content;
      if (method !== 8) damaged(`${name} is compressed by method ${method}`);
      const out = inflated(op, content, size);
      return out.length === size ? out : damaged(`${name} has another size than promised`);
    });
    at += 46 + nameLength + u16(at + 30) + u16(at + 32);
  }
  return files;
}

function inflated(op: string, content: Uint8Array, size: number): Uint8Array {
  try {
    return inflateSync(content, { out: new Uint8Array(size) });
  } catch (error) {
    throw new ValueError(
      `${op}: damaged compressed data (${error instanceof Error ? error.message : error})`,
    );
  }
}
