/** What the contexts `noGrad`, `inferenceMode`, `detectAnomaly` and `noOffload` switch (autograd/contexts.ts). */
export const modes = {
  /** Whether ops are recorded on the tape. */
  grad: true,
  inference: false,
  /** Whether nodes remember where they were made, and `backward` looks for NaN. */
  anomaly: false,
  checkNan: true,
  /** Whether large products may go to the GPU. */
  offload: true,
};
