/** Root of every error the library raises on purpose. Its message names the op, the values and the rule broken. */
export class TorchError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}
/** Shapes that do not fit together, or a shape an op cannot take. */
export class ShapeError extends TorchError {}
/** A dtype that an op cannot take or produce. */
export class DtypeError extends TorchError {}
/** A dimension or an index out of range. */
export class IndexError extends TorchError {}
/** Any other argument that is not acceptable. */
export class ValueError extends TorchError {}
/** A use of the tape that cannot be differentiated. */
export class AutogradError extends TorchError {}
/** Memory that could not be had, or a tensor whose memory was released. */
export class MemoryError extends TorchError {}
