// docs/pytorch.md: which of PyTorch's public names there are, which are different on purpose, which are absent.
import { readFileSync } from "node:fs";
import { fromRoot } from "../build/paths.mjs";

/** Why a name is not there. The first pattern that matches counts; what matches none is merely absent. */
const REASONS = [
  [
    /complex|conj|^view_as_(real|complex)$|^polar$|^imag$|^angle$|^is_conj$|^(cdouble|cfloat|chalf)$|resolve_neg|^is_neg$|^mH$|^adjoint$|^H$/,
    "no complex dtypes",
  ],
  [/^i?[rh]?fft|^[i]?stft$|fftshift|fftfreq/, "needs complex dtypes"],
  [
    /sparse|coalesce|^(s|hs|ss?p)(add)?mm$|^dsmm$|^hspmm$|crow_indices|ccol_indices|^(row|col)_indices|^dense_dim$|^(indices|values)$|^to_dense$|SparseAdam/,
    "no sparse layouts",
  ],
  [/quantiz|quant$|empty_quant|qparams|^q_|int_repr|fake_quantize|^dequantize$/, "no quantised dtypes"],
  [/numpy$|^frombuffer$|^from_file$/, "typed arrays take NumPy's place: `fromTypedArray`, `typedArray`"],
  [
    /^(cuda|get_device|is_cuda|pin_memory|is_pinned|share_memory_|is_shared|DataParallel|SyncBatchNorm|DistributedSampler)$/,
    "one device, one process",
  ],
  [/^(storage|untyped_storage|data_ptr|set_|layout|is_coalesced)$/, "storages are internal"],
  [/^(apply_|map_|map2_)$/, "a slow loop over elements; use ops, or `typedArray()`"],
  [
    /^(vmap|jacfwd|jacrev|stack_module_state|linearize)$/,
    "no function transforms by tracing; `autograd.functional` has the derivatives",
  ],
  [/^Lazy|^(RNNBase|RNNCellBase)$/, "sizes are given"],
  [/^(rnn|gru|lstm)(_tanh|_relu)?(_cell)?$/, "the module is the public form"],
  [
    /_backward|^grid_sampler|^affine_grid_generator$|_with_indices$|^(grouped|scaled|scaled_grouped)_mm$|^(max_pool1d|bilinear)_/,
    "an internal step of another function",
  ],
  [/^(gru|lstm|rnn)/, "the module is the public form"],
  [/^parametriz|^stateless$|^rnn$|^fuse_|^skip_init$|convert_conv/, "not part of the first releases"],
  [/^(getstate|get_worker_info)$/, "no worker processes for loading"],
];

/** PyTorch's names in our spelling: `max_pool2d` is `maxPool2d`, `bn1_1` stays. */
function camelCase(name) {
  const underscore = name.endsWith("_") ? "_" : "";
  return (
    name
      .replace(/_+$/, "")
      .replace(/_(?=[a-zA-Z])(.)|_(?=\d)(?<!\d_)(.)/g, (_, a, b) => (a ?? b).toUpperCase()) + underscore
  );
}

function owner(torch, path) {
  if (path === "torch.Tensor") return torch.zeros([1]); // some of its names are fields
  return path
    .split(".")
    .slice(1)
    .reduce((space, name) => space?.[camelCase(name)], torch);
}

function isThere(space, name) {
  const parts = name.split(".");
  const inside = parts.slice(0, -1).reduce((value, part) => value?.[part], space);
  return inside !== undefined && inside !== null && camelCase(parts.at(-1)) in inside;
}

/** The page's text. */
export function namesPage(torch) {
  const { version, ...spaces } = JSON.parse(readFileSync(fromRoot("docs/pytorch-names.json"), "utf8"));
  const counts = [];
  const sections = [];
  for (const [path, names] of Object.entries(spaces)) {
    const space = owner(torch, path);
    const missing = names.filter((name) => !isThere(space, name));
    const byReason = new Map();
    for (const name of missing) {
      const reason =
        REASONS.find(([pattern]) => pattern.test(name))?.[1] ??
        (path === "torch.fft" ? "needs complex dtypes" : "");
      byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
    }
    const plain = byReason.get("") ?? [];
    byReason.delete("");
    const apart = missing.length - plain.length;
    counts.push(
      `| \`${path}\` | ${names.length} | ${names.length - missing.length} | ${apart} | ${plain.length} |`,
    );
    if (missing.length === 0) continue;
    sections.push(`## ${path}`, "");
    const list = (some) => some.map((name) => `\`${name}\``).join(", ");
    if (plain.length > 0) sections.push(`Absent: ${list(plain)}.`, "");
    for (const [reason, some] of byReason)
      sections.push(`Left out on purpose, ${reason}: ${list(some)}.`, "");
  }
  return [
    "# PyTorch's names here",
    "",
    `Made by \`npm run docs\` from the built library and the public names of PyTorch ${version}. A name that is there is spelled in camelCase (\`max_pool2d\` is \`maxPool2d\`).`,
    "",
    "| namespace | names | there | left out on purpose | absent |",
    "|---|---|---|---|---|",
    ...counts,
    "",
    ...sections,
  ].join("\n");
}
