// Results with more than one right answer: indices where values tie, vectors with a free sign, sets without an order.
import { expectRaw, expectSame, sequence } from "./compare.mjs";
import { PyTuple, RawTensor } from "./fixture.mjs";
import { Mismatch } from "./outcome.mjs";

const EXACT = { rtol: 0, atol: 0 };

/** Position of `dim` among the arguments, and its default (null: over the flattened tensor). */
const DIM = {
  max: [1, null],
  min: [1, null],
  argmax: [1, null],
  argmin: [1, null],
  median: [1, null],
  nanmedian: [1, null],
  cummax: [1, null],
  cummin: [1, null],
  sort: [1, -1],
  argsort: [1, -1],
  mode: [1, -1],
  topk: [2, -1],
  kthvalue: [2, -1],
};

/** Checks a case with a `compare` mode. Returns whether gradients are comparable and the output gradients to use. */
export function compareAmbiguous(lib, testCase, args, kwargs, got, want, tol, gradOut) {
  const mode = testCase.compare[0];
  if (mode === "unordered") return { skipGradients: compareUnordered(lib, kwargs, got, want, tol), gradOut };
  if (mode === "sign-ambiguous") return compareFactors(lib, testCase.call.fn, args, got, want, tol, gradOut);
  if (mode === "index-ties")
    return { skipGradients: compareTies(lib, testCase.call.fn, args, kwargs, got, want, tol), gradOut };
  throw new Error("unknown compare mode " + mode);
}

// ---------------------------------------------------------------- ties
function compareTies(lib, fn, args, kwargs, got, want, tol) {
  const wanted = want instanceof PyTuple ? want.items : [want];
  const results = want instanceof PyTuple ? sequence(lib, got, "out") : [got];
  if (results.length !== wanted.length)
    throw new Mismatch(`${results.length} results, want ${wanted.length}`);
  let indicesDiffer = false;
  const name = fn.split(".").pop();
  const indexAt = wanted.length === 2 ? 1 : name.startsWith("arg") ? 0 : -1;
  wanted.forEach((w, k) => {
    if (k !== indexAt) return expectSame(lib, results[k], w, tol, `out.${k}`);
    const g = lib.read(results[k]);
    expectRaw({ ...g, data: w.data }, w, EXACT, `out.${k}`);
    if (g.data.every((v, i) => v === w.data[i])) return undefined;
    indicesDiffer = true;
    const [position, fallback] = DIM[name] ?? [1, null];
    const named = kwargs.find(([name]) => name === "dim");
    const dim = named ? named[1] : (args[position] ?? fallback);
    const picked = pick(args[0], g, dim);
    const expected = pick(args[0], w, dim);
    picked.forEach((v, i) => {
      if (!(Object.is(v, expected[i]) || v === expected[i]))
        throw new Mismatch(
          `out.${k}[${i}]: index ${g.data[i]} picks ${v}, want index ${w.data[i]} picking ${expected[i]}`,
        );
    });
    return undefined;
  });
  return indicesDiffer;
}

/** Elements of `input` at `index` along `dim`; the dimension may be kept or reduced away in `index`. */
function pick(input, index, dim) {
  if (dim === null || dim === undefined || input.shape.length === 0)
    return Array.from(index.data, (i) => input.data[Number(i)]);
  const rank = input.shape.length;
  const d = dim < 0 ? dim + rank : dim;
  const shape =
    index.shape.length === rank ? index.shape : [...input.shape.slice(0, d), 1, ...input.shape.slice(d + 1)];
  const inner = input.shape.slice(d + 1).reduce((p, q) => p * q, 1);
  return Array.from(index.data, (value, flat) => {
    const low = flat % inner;
    const high = Math.floor(flat / (inner * shape[d]));
    const i = Number(value);
    if (i < 0 || i >= input.shape[d]) throw new Mismatch(`index ${i} outside dimension ${d}`);
    return input.data[(high * input.shape[d] + i) * inner + low];
  });
}

// ---------------------------------------------------------------- sets
function compareUnordered(lib, kwargs, got, want, tol) {
  const many = want instanceof PyTuple;
  const wanted = many ? want.items : [want];
  const results = (many ? sequence(lib, got, "out") : [got]).map((x) => lib.read(x));
  if (results.length !== wanted.length)
    throw new Mismatch(`${results.length} results, want ${wanted.length}`);
  wanted.forEach((w, k) => expectRaw({ ...results[k], data: w.data }, w, EXACT, `out.${k}`));
  const options = Object.fromEntries(kwargs);
  const dim = options.dim ?? null;
  const order = (raw) => sortedSlices(raw, dim);
  const a = order(results[0]);
  const b = order(wanted[0]);
  a.forEach((s, i) => {
    if (s.key !== b[i].key)
      throw new Mismatch(`out.0: holds ${s.key.slice(0, 40)}, want ${b[i].key.slice(0, 40)}`);
  });
  let next = 1;
  if (options.return_inverse) {
    const place = (list) => {
      const p = [];
      list.forEach((s, rank) => {
        p[s.index] = rank;
      });
      return p;
    };
    const [pa, pb] = [place(a), place(b)];
    wanted[next].data.forEach((w, i) => {
      if (pa[Number(results[next].data[i])] !== pb[Number(w)])
        throw new Mismatch(`out.1[${i}]: inverse index names another element`);
    });
    next++;
  }
  if (options.return_counts) {
    a.forEach((s, i) => {
      if (results[next].data[s.index] !== wanted[next].data[b[i].index])
        throw new Mismatch(`out.${next}: count of ${s.key} differs`);
    });
  }
  return true;
}

function sortedSlices(raw, dim) {
  const rank = raw.shape.length;
  const d = dim === null ? null : dim < 0 ? dim + rank : dim;
  const count = d === null ? raw.data.length : raw.shape[d];
  const inner = d === null ? 1 : raw.shape.slice(d + 1).reduce((p, q) => p * q, 1);
  const slices = Array.from({ length: count }, (_, index) => ({ index, parts: [] }));
  raw.data.forEach((v, flat) => slices[Math.floor(flat / inner) % count].parts.push(String(v)));
  slices.forEach((s) => {
    s.key = s.parts.join(" ");
  });
  return slices.sort((p, q) => (p.key < q.key ? -1 : p.key > q.key ? 1 : 0));
}

// ---------------------------------------------------------------- factors
/**
 * Singular and eigen vectors are free in sign. Flip the library's vectors to the recorded signs; the recorded gradients
 * then hold for equally flipped output gradients. Where that is not enough (repeated values, the null space), accept
 * orthonormal vectors that rebuild the input, and leave the gradients out.
 */
function compareFactors(lib, fn, args, got, want, tol, gradOut) {
  const results = sequence(lib, got, "out").map((x) => lib.read(x));
  if (results.length !== want.items.length)
    throw new Mismatch(`${results.length} results, want ${want.items.length}`);
  const svd = fn.endsWith("svd");
  const roles = svd ? ["columns", null, "rows"] : [null, "columns"];
  const vectors = roles.indexOf("columns");
  want.items.forEach((w, k) =>
    expectRaw(roles[k] ? { ...results[k], data: w.data } : results[k], w, tol, `out.${k}`),
  );
  const signs = columnSigns(results[vectors], want.items[vectors]);
  try {
    roles.forEach((role, k) => {
      if (role)
        expectRaw({ ...results[k], data: flipped(results[k], role, signs) }, want.items[k], tol, `out.${k}`);
    });
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    expectRebuilds(svd, args[0], results);
    return { skipGradients: true, gradOut };
  }
  const seeds = gradOut?.map((g, k) =>
    g && roles[k] ? new RawTensor(g.dtype, g.shape, flipped(g, roles[k], signs)) : g,
  );
  return { skipGradients: false, gradOut: seeds };
}

function columnSigns(got, want) {
  const columns = want.shape.at(-1);
  const rows = want.shape.at(-2);
  return (batch, j) => {
    let dot = 0;
    for (let i = 0; i < rows; i++) {
      const at = (batch * rows + i) * columns + j;
      dot += got.data[at] * want.data[at];
    }
    return dot < 0 ? -1 : 1;
  };
}

function flipped(raw, role, signs) {
  const [rows, columns] = raw.shape.slice(-2);
  return raw.data.map((v, at) => {
    const batch = Math.floor(at / (rows * columns));
    const j = role === "columns" ? at % columns : Math.floor(at / columns) % rows;
    return v * signs(batch, j);
  });
}

function expectRebuilds(svd, input, results) {
  const [U, S, V] = svd ? results : [results[1], results[0], null];
  const [m, n] = input.shape.slice(-2);
  const k = S.shape.at(-1);
  const uc = U.shape.at(-1);
  const limit = 1e-4 * input.data.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
  const batches = input.data.length / (m * n || 1);
  for (let b = 0; b < batches; b++) {
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let q = 0; q < k; q++) {
          const right = svd ? V.data[(b * V.shape.at(-2) + q) * n + j] : U.data[(b * n + j) * uc + q];
          sum += U.data[(b * m + i) * uc + q] * S.data[b * k + q] * right;
        }
        const wanted = input.data[(b * m + i) * n + j];
        // eigh reads one triangle only; its transpose is what the factors rebuild.
        const other = svd ? wanted : input.data[(b * m + j) * n + i];
        if (Math.abs(sum - wanted) > limit && Math.abs(sum - other) > limit)
          throw new Mismatch(`the factors rebuild ${sum.toPrecision(6)}, want ${wanted} at [${i}, ${j}]`);
      }
    for (let p = 0; p < uc; p++)
      for (let q = 0; q <= p; q++) {
        let dot = 0;
        for (let i = 0; i < m; i++) dot += U.data[(b * m + i) * uc + p] * U.data[(b * m + i) * uc + q];
        if (Math.abs(dot - (p === q ? 1 : 0)) > 1e-3)
          throw new Mismatch(`vectors ${p} and ${q} are not orthonormal`);
      }
  }
}
