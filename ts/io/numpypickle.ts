import { bool, type DType } from "../core/dtype.ts";
import { ValueError } from "../core/errors.ts";
import { numelOf } from "../core/shape.ts";
import { fromNumpy, numpyDType } from "./npy.ts";
import { type Globals, Unbuilt } from "./pickle.ts";

class NumpyDType extends Unbuilt {
  bigEndian = false;
  constructor(readonly dtype: DType) {
    super();
  }
  build(state: unknown): this {
    this.bigEndian = Array.isArray(state) && state[1] === ">";
    return this;
  }
}

class NumpyArray extends Unbuilt {
  constructor(private readonly op: string) {
    super();
  }
  build(state: unknown): unknown {
    const [, shape, dtype, fortran, content] = Array.isArray(state) ? state : [];
    const bytes = typeof content === "string" ? Uint8Array.from(content, (c) => c.charCodeAt(0)) : content;
    if (
      !Array.isArray(shape) ||
      !(dtype instanceof NumpyDType) ||
      !(bytes instanceof Uint8Array) ||
      bytes.length !== numelOf(shape) * dtype.dtype.itemsize
    )
      throw new ValueError(`${this.op}: damaged NumPy array`);
    return fromNumpy(bytes, dtype.dtype, dtype.bigEndian, shape, Boolean(fortran));
  }
}

/** What a pickle needs for NumPy's arrays, which become tensors, and its scalars, which become numbers. */
export function numpyGlobals(op: string): Globals {
  const reconstruct = () => new NumpyArray(op);
  const scalar = (dtype: unknown, content: unknown) => {
    if (!(dtype instanceof NumpyDType)) throw new ValueError(`${op}: damaged NumPy scalar`);
    const value = (new NumpyArray(op).build([1, [], dtype, false, content]) as { item(): number }).item();
    return dtype.dtype === bool ? Boolean(value) : value;
  };
  return {
    "numpy.ndarray": reconstruct,
    "numpy.dtype": (kind: unknown) => new NumpyDType(numpyDType(op, String(kind).replace(/^[<>|=]/, ""))),
    "numpy.core.multiarray._reconstruct": reconstruct,
    "numpy._core.multiarray._reconstruct": reconstruct,
    "numpy.core.multiarray.scalar": scalar,
    "numpy._core.multiarray.scalar": scalar,
  };
}
