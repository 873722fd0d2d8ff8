// Kernels by name and domain, and what engines read of the records of ops.
import type { Domain, DType } from "../core/dtype.ts";
import { float32 } from "../core/dtype.ts";
import { DtypeError } from "../core/errors.ts";
import { kernels } from "../memory/wasm.ts";

/** One kernel in the domains it exists in. */
type Family<F> = Partial<Record<Domain | "b1", F>>;
const families = new Map<string, Family<unknown>>();

/** The kernels `<stem>_f32`, `_f64`, `_i64` and `_b1`, with `suffix` behind. */
export function family<F>(stem: string, suffix = ""): Family<F> {
  const key = suffix === "" ? stem : stem + suffix;
  let found = families.get(key);
  if (found === undefined) {
    const all = kernels as unknown as Record<string, unknown>;
    found = {
      f32: all[`${stem}_f32${suffix}`],
      f64: all[`${stem}_f64${suffix}`],
      i64: all[`${stem}_i64${suffix}`],
      b1: all[`${stem}_b1${suffix}`],
    };
    families.set(key, found);
  }
  return found as Family<F>;
}

/** Refuses dtypes that an op has no kernel for. */
export function kernelFor<F>(op: string, kernel: Family<F>, dtype: DType): F {
  const found = kernel[dtype.domain];
  if (found === undefined) throw new DtypeError(`${op}: not implemented for ${dtype}`);
  return found;
}

/** An elementwise op as its record tells it. */
interface Described {
  readonly name: string;
  readonly kernel: string;
  readonly result?: string;
  readonly saves?: string;
  /** Made at the first call. */
  form?: Form;
}

/** The same in one shape for all ops, kernels found: reading records, whose shapes differ, costs more than a small kernel. */
export class Form {
  readonly name: string;
  readonly result: string | undefined;
  readonly saves: string | undefined;
  readonly f32: unknown;
  readonly f64: unknown;
  private readonly family: Family<unknown>;

  constructor(readonly op: Described) {
    this.name = op.name;
    this.result = op.result;
    this.saves = op.saves;
    this.family = family(op.kernel);
    this.f32 = this.family.f32;
    this.f64 = this.family.f64;
  }

  /** @throws DtypeError where there is no kernel for the dtype. */
  kernel<F>(dtype: DType): F {
    return (
      dtype === float32 && this.f32 !== undefined ? this.f32 : kernelFor(this.name, this.family, dtype)
    ) as F;
  }
}

/** A record spread into another brings the other's form along. */
export function formOf(op: Described): Form {
  const form = op.form;
  return form !== undefined && form.op === op ? form : (op.form = new Form(op));
}
