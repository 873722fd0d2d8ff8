import binaryen from "binaryen";
import { kernelBytes } from "../../ts/memory/binary.ts";

/** Names of the kernels that work on vectors, themselves or in a function that they call. */
export function simdKernels(): Set<string> {
  const text = binaryen.readBinary(kernelBytes(false)).emitText();
  const bodies = new Map<string, string>();
  for (const body of text.split("\n (func ").slice(1)) bodies.set(body.split(/[\s)]/, 1)[0]!, body);
  const known = new Map<string, boolean>();
  const isSimd = (name: string): boolean => {
    const before = known.get(name);
    if (before !== undefined) return before;
    known.set(name, false); // for calls in a circle
    const body = bodies.get(name) ?? "";
    const found =
      /\b[fi](8x16|16x8|32x4|64x2)\./.test(body) ||
      Array.from(body.matchAll(/\(call (\S+?)[\s)]/g), ([, callee]) => callee!).some(isSimd);
    known.set(name, found);
    return found;
  };
  const exported = Array.from(text.matchAll(/\(export "(\w+)" \(func (\S+)\)\)/g));
  return new Set(exported.filter(([, , func]) => isSimd(func!)).map(([, name]) => name!));
}
