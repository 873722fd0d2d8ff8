import { gzipSync, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import * as torch from "../../ts/index.ts";

const { io } = torch;

/** A file in pieces: texts are latin 1. */
function file(...parts: (string | number | ArrayLike<number> | ArrayBufferView)[]): Uint8Array {
  const bytes = parts.flatMap((part) => {
    if (typeof part === "number") return [part];
    if (typeof part === "string") return Array.from(part, (c) => c.charCodeAt(0));
    if (ArrayBuffer.isView(part)) return [...new Uint8Array(part.buffer, part.byteOffset, part.byteLength)];
    return Array.from(part);
  });
  return Uint8Array.from(bytes);
}

const u32 = (value: number) => new Uint32Array([value]);
const text = (value: string) => ["X", u32(value.length), value] as const;

/** The pickle of a float32 tensor of shape [2] in storage "0". */
const tensorPickle = (strides = 1) =>
  file(
    0x80,
    2,
    "ctorch._utils\n_rebuild_tensor_v2\n((",
    ...text("storage"),
    "ctorch\nFloatStorage\n",
    ...text("0"),
    ...text("cpu"),
    "K",
    2,
    "tQK",
    0,
    "K",
    2,
    0x85,
    "K",
    strides,
    0x85,
    0x89,
    "ccollections\nOrderedDict\n",
    ")RtR.",
  );
const archive = (pickle: Uint8Array, data = file(new Float32Array([1.5, -2]))) =>
  zipSync({ "m/data.pkl": pickle, "m/byteorder": file("little"), "m/data/0": data }, { level: 0 });

function npy(descr: string, shape: string, data: ArrayBufferView, fortran = "False"): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape}), }`.padEnd(117);
  return file(0x93, "NUMPY", 1, 0, new Uint16Array([118]), header, 10, data);
}

describe("safetensors", () => {
  const tensors = {
    weight: torch
      .tensor([
        [1, 2],
        [3, 4],
      ])
      .t(),
    ids: torch.tensor([1n, -(2n ** 60n)]),
    mask: torch.tensor([true, false, true]),
    half: torch.tensor([0.5, 1e4], { dtype: torch.float16 }),
    none: torch.zeros(0, 3),
    scalar: torch.tensor(7, { dtype: torch.float64 }),
  };

  test("what was written is read, names, order, dtypes and all", () => {
    const bytes = io.saveSafetensors(tensors, { format: "pt" });
    const back = io.loadSafetensors(bytes);
    expect(Object.keys(back)).toEqual(Object.keys(tensors));
    for (const [name, x] of Object.entries(tensors)) {
      expect(back[name]!.dtype).toBe(x.dtype);
      expect(back[name]!.shape).toEqual(x.shape);
      expect(back[name]!.toTypedArray()).toEqual(x.toTypedArray());
    }
    expect(io.safetensorsMetadata(bytes)).toEqual({ format: "pt" });
    expect(io.loadSafetensors(bytes.slice().buffer)).toHaveProperty("weight");
    const length = new DataView(bytes.buffer).getUint32(0, true);
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    expect(header.ids.data_offsets[0] % 8).toBe(0);
  });

  test("a model goes out and comes back", () => {
    const [a, b] = [0, 1].map(() => new torch.nn.Linear(3, 2));
    const result = b!.loadStateDict(io.loadSafetensors(io.saveSafetensors(a!.stateDict())));
    expect(result).toEqual({ missingKeys: [], unexpectedKeys: [] });
    expect(b!.weight.tolist()).toEqual(a!.weight.tolist());
    expect(io.loadSafetensors(io.saveSafetensors(new Map([["x", torch.ones(1)]]))).x!.item()).toBe(1);
  });

  const raw = (header: unknown, data = new Uint8Array(4)) => {
    const json = typeof header === "string" ? header : JSON.stringify(header);
    return file(u32(json.length), u32(0), json, data);
  };
  const entry = { dtype: "F32", shape: [1], data_offsets: [0, 4] };
  test.each<[string, Uint8Array]>([
    ["too short", file(1, 2, 3)],
    ["header beyond the file", file(u32(9999), u32(0), "{}")],
    ["header beyond any file", file(u32(1), u32(0xffffffff), "{}")],
    ["no JSON", raw("{nonsense")],
    ["no object", raw([1])],
    ["unknown dtype", raw({ x: { ...entry, dtype: "F8" } })],
    ["dtype of an object's own", raw({ x: { ...entry, dtype: "constructor" } })],
    ["negative size", raw({ x: { ...entry, shape: [-1] } })],
    ["size that does not fit", raw({ x: { ...entry, shape: [2] } })],
    ["offsets beyond the data", raw({ x: { ...entry, data_offsets: [4, 8] } })],
    ["overlap", raw({ x: entry, y: entry })],
    ["data left over", raw({ x: entry }, new Uint8Array(8))],
    ["entry that is no object", raw({ x: 3 })],
    ["metadata that is no text", raw({ __metadata__: { a: 1 }, x: entry })],
  ])("refuses: %s", (_, bytes) => {
    expect(() => io.loadSafetensors(bytes)).toThrow(torch.ValueError);
  });

  test("names that mean something to JavaScript are only names", () => {
    const bytes = raw(`{"__proto__":${JSON.stringify(entry)}}`);
    expect(Object.keys(io.loadSafetensors(bytes))).toEqual(["__proto__"]);
    expect(() => io.saveSafetensors({ x: 3 } as never)).toThrow(torch.ValueError);
    expect(() => io.saveSafetensors({}, { a: 1 } as never)).toThrow(torch.ValueError);
    expect(() => io.loadSafetensors("path.safetensors" as never)).toThrow(torch.ValueError);
  });
});

describe("torch.load", () => {
  test("reads a tensor from the zip layout", () => {
    const x = torch.load(archive(tensorPickle())) as torch.Tensor;
    expect(x.tolist()).toEqual([1.5, -2]);
    expect(x.dtype).toBe(torch.float32);
  });

  test.each<[string, Uint8Array]>([
    ["code", archive(file("cos\nsystem\n(", ...text("true"), "tR."))],
    ["a builtin", archive(file("cbuiltins\neval\n(", ...text("1"), "tR."))],
    ["an inherited name", archive(file("cObject\nconstructor\n(tR."))],
    ["a reach beyond the storage", archive(tensorPickle(9))],
    ["a short storage", archive(tensorPickle(), new Uint8Array(4))],
    ["a missing storage", zipSync({ "m/data.pkl": tensorPickle() })],
    ["an archive of something else", zipSync({ "a.txt": file("hello") })],
    ["an archive cut off", archive(tensorPickle()).subarray(0, 200)],
    ["an unfinished pickle", archive(file(0x80, 2, "K"))],
    ["a pickle of an empty stack", archive(file("."))],
    ["append to a number", archive(file("K", 1, "K", 2, "a."))],
    ["arguments of another kind", archive(file("ccollections\nOrderedDict\n(K", 1, "tR."))],
    ["a text", file("hello world")],
    ["nothing", new Uint8Array(0)],
  ])("refuses %s", (_, bytes) => {
    expect(() => torch.load(bytes)).toThrow(torch.ValueError);
  });

  test("never runs into JavaScript's own errors, whatever byte is wrong", () => {
    const good = archive(tensorPickle());
    for (let i = 0; i < good.length; i++)
      for (const flip of [1, 0x80, 0xff]) {
        const bytes = good.slice();
        bytes[i]! ^= flip;
        try {
          torch.load(bytes);
        } catch (error) {
          expect(error, `byte ${i} ^ ${flip}`).toBeInstanceOf(torch.TorchError);
        }
      }
  });
});

describe("arrays", () => {
  test("npy: dtypes, orders, both kinds of bytes", () => {
    const x = io.loadNpy(npy("<i4", "2, 3", new Int32Array([1, 2, 3, 4, 5, 6])));
    expect(x.dtype).toBe(torch.int32);
    expect(x.tolist()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const columns = io.loadNpy(npy("<f8", "2, 3", new Float64Array([1, 4, 2, 5, 3, 6]), "True"));
    expect(columns.tolist()).toEqual(x.tolist());
    expect(columns.stride()).toEqual([1, 2]);
    expect(io.loadNpy(npy(">i2", "2,", Uint8Array.of(1, 0, 0, 2))).tolist()).toEqual([256, 2]);
    expect(io.loadNpy(npy("|b1", "", Uint8Array.of(1))).item()).toBe(true);
  });

  test.each<[string, Uint8Array]>([
    ["other files", file("not numpy at all")],
    ["no data", npy("<f4", "2,", new Uint8Array(4))],
    ["left-over data", npy("<f4", "1,", new Uint8Array(8))],
    ["dtypes there are not", npy("<c8", "1,", new Uint8Array(8))],
    ["objects", npy("|O", "1,", new Uint8Array(8))],
  ])("npy refuses %s", (_, bytes) => {
    expect(() => io.loadNpy(bytes)).toThrow(torch.ValueError);
  });

  test("npz, stored and compressed", () => {
    const members = {
      "a.npy": npy("<f4", "2,", new Float32Array([1, 2])),
      "b.npy": npy("|u1", "1,", Uint8Array.of(9)),
    };
    for (const level of [0, 9] as const) {
      const arrays = io.loadNpz(zipSync(members, { level }));
      expect(Object.keys(arrays)).toEqual(["a", "b"]);
      expect(arrays.a!.tolist()).toEqual([1, 2]);
    }
    const damaged = zipSync({ "a.npy": new Uint8Array(500).fill(7) }, { level: 9 });
    damaged.fill(255, 40, 50);
    expect(() => io.loadNpz(damaged)).toThrow(torch.ValueError);
  });

  test("idx: big-endian, plain or gzipped, and nothing else", () => {
    const idx = file(0, 0, 0x0b, 1, 0, 0, 0, 2, 0, 1, 255, 255);
    expect(io.loadIdx(idx).tolist()).toEqual([1, -1]);
    expect(io.loadIdx(gzipSync(idx)).dtype).toBe(torch.int16);
    for (const bad of [
      idx.subarray(0, 9),
      idx.subarray(0, 5),
      file(0, 0, 1, 1, 0, 0, 0, 0),
      gzipSync(idx).subarray(0, 20),
    ])
      expect(() => io.loadIdx(bad)).toThrow(torch.ValueError);
  });

  test("CIFAR-10's binary batches", () => {
    const batch = new Uint8Array(2 * 3073);
    batch[0] = 3;
    batch[1] = 200;
    batch[3073] = 9;
    const { images, labels } = io.loadCifar10(batch);
    expect(images.shape).toEqual([2, 3, 32, 32]);
    expect(images.select(0, 0).flatten().select(0, 0).item()).toBe(200);
    expect(labels.tolist()).toEqual([3, 9]);
    expect(labels.dtype).toBe(torch.int64);
    expect(() => io.loadCifar10(batch.subarray(1))).toThrow(torch.ValueError);
    expect(() => io.loadCifar10(batch.subarray(0, 3072))).toThrow(torch.ValueError);
    expect(() => io.loadCifar10(file(0x80, 2, "}."))).toThrow(torch.ValueError);
  });
});
