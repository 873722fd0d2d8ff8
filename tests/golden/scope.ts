// Which golden groups must pass whole, and which of their cases ask for something that is not built yet.

/** Groups of which every case must pass, but those in `OUT_OF_SCOPE`. */
export const GROUPS = [
  "tutorials",
  "print",
  "creation",
  "views",
  "indexing",
  "promotion",
  "autograd",
  "rng",
] as const;

/** Not built so far: a pattern over case ids of the group, and the reason. A case that passes all the same is reported. */
export const OUT_OF_SCOPE: Partial<Record<(typeof GROUPS)[number], { cases: RegExp; reason: string }[]>> = {
  rng: [
    { cases: /^geometric_cauchy\//, reason: "geometric_ and cauchy_ are not built yet" },
    { cases: /^module_Conv1d_/, reason: "Conv1d is not built yet" },
    { cases: /^module_Conv3d_/, reason: "Conv3d is not built yet" },
    { cases: /^module_ConvTranspose2d_/, reason: "ConvTranspose2d is not built yet" },
    { cases: /^module_(GRU|LSTMCell)_/, reason: "of the recurrent layers only LSTM is built" },
    { cases: /^module_Bilinear_/, reason: "Bilinear is not built yet" },
    { cases: /^module_TransformerEncoderLayer_/, reason: "attention is not built yet" },
    { cases: /^module_PReLU_/, reason: "PReLU is not built yet" },
    { cases: /^module_LayerNorm_/, reason: "LayerNorm is not built yet" },
    { cases: /^init_orthogonal_/, reason: "orthogonal_ needs QR, which is not built yet" },
    { cases: /^init_trunc_normal_/, reason: "truncNormal_ needs erfinv, which is not built yet" },
    { cases: /^init_(dirac|sparse)_/, reason: "dirac_ and sparse_ are not built yet" },
  ],
};
