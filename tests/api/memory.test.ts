// Memory takes care of itself: plain loops do not grow, scopes give everything back, and running out is an error.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import * as torch from "../../dist/index.js";

const { nn, optim } = torch;
const library = JSON.stringify(fileURLToPath(new URL("../../dist/index.js", import.meta.url)));

/** Runs a program in a process of its own, by a shell command that ends in `node`; resolves to what it printed, as JSON. */
async function runAlone<T>(program: string, node = "node"): Promise<T> {
  const source = `import * as torch from ${library};\n${program}`;
  const command = `exec ${node.replace(/node\b/, JSON.stringify(process.execPath))} --input-type=module --eval "$0"`;
  const { stdout } = await promisify(execFile)("bash", [
    "-c",
    command.replace("exec ulimit", "ulimit"),
    source,
  ]);
  return JSON.parse(stdout) as T;
}

function network() {
  torch.manualSeed(0);
  const model = new nn.Sequential(new nn.Linear(20, 30), new nn.ReLU(), new nn.Linear(30, 5));
  const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
  const [x, y] = [torch.randn(16, 20), torch.randn(16, 5)];
  const step = () => {
    const loss = nn.functional.mseLoss(model(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  };
  return { model, step };
}

const live = () => torch.memory().bytes;

describe("plain loops", () => {
  it("100 000 steps of a two-layer network stay under 160 MiB", async () => {
    const { peak, first, last } = await runAlone<{ peak: number; first: number; last: number }>(`
      torch.manualSeed(0);
      const { nn, optim } = torch;
      const x = torch.randn(16, 64), y = torch.randn(16, 10);
      const model = new nn.Sequential(new nn.Linear(64, 100), new nn.ReLU(), new nn.Linear(100, 10));
      const lossFn = new nn.MSELoss();
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
      const losses = [];
      for (let t = 0; t < 100_000; t++) {
        const loss = lossFn(model(x), y);
        if (t === 0 || t === 99_999) losses.push(loss.item());
        optimizer.zeroGrad();
        loss.backward();
        optimizer.step();
      }
      console.log(JSON.stringify({ peak: process.resourceUsage().maxRSS / 1024, first: losses[0], last: losses[1] }));
    `);
    expect(last).toBeLessThan(first / 10);
    expect(peak).toBeLessThan(160);
  }, 120_000);

  it("large results of a plain loop do not pile up", async () => {
    const { peak } = await runAlone<{ peak: number }>(`
      let x = torch.ones(1024, 1024);
      for (let t = 0; t < 500; t++) x = x.mul(1.0001).add(0.1);
      console.log(JSON.stringify({ peak: process.resourceUsage().maxRSS / 1024 }));
    `);
    expect(peak).toBeLessThan(900);
  });
});

describe("scopes", () => {
  it("steps leave exactly the bytes they found", () => {
    const { step } = network();
    for (const _ of torch.steps(2)) step(); // makes gradients and optimizer state
    const before = live();
    let inside = 0;
    for (const _ of torch.steps(100)) {
      step();
      inside = live();
    }
    expect(inside).toBeGreaterThan(before);
    expect(live()).toBe(before);
  });

  it("steps left by break, by continue and by an exception do too", () => {
    const { step } = network();
    for (const _ of torch.steps(2)) step();
    const before = live();
    for (const t of torch.steps(100)) {
      if (t === 3) continue;
      step();
      if (t === 5) break;
    }
    expect(live()).toBe(before);
    const failing = () => {
      for (const t of torch.steps(100)) {
        const loss = step();
        if (t === 5) throw new Error(`stop at ${loss.item()}`);
      }
    };
    expect(failing).toThrow("stop at");
    expect(live()).toBe(before);
  });

  it("exceptions of the library inside nested scopes give everything back", () => {
    const { model, step } = network();
    for (const _ of torch.steps(2)) step();
    const before = live();
    for (let i = 0; i < 20; i++) {
      const failing = () =>
        torch.scope(() => {
          const hidden = model(torch.randn(4, 20));
          return torch.scope(() => hidden.matmul(torch.randn(7, 3)));
        });
      expect(failing).toThrow(torch.ShapeError);
    }
    expect(live()).toBe(before);
  });

  it("a backward pass that throws gives everything back", () => {
    class Broken extends torch.autograd.Function {
      static override forward(_ctx: unknown, x: torch.Tensor) {
        return x.mul(2);
      }
      static override backward(): torch.Tensor {
        throw new Error("broken backward");
      }
    }
    const w = torch.randn(30, 30, { requiresGrad: true });
    const before = live();
    for (let i = 0; i < 5; i++) {
      expect(() => torch.scope(() => Broken.apply(w.mul(3)).exp().sum().backward())).toThrow(
        "broken backward",
      );
    }
    expect(w.grad).toBeNull();
    expect(live()).toBe(before);
  });

  it("what a scope returns lives on, the rest is released", () => {
    let lost: torch.Tensor | undefined;
    const kept = torch.scope(() => {
      lost = torch.ones(3);
      return { sum: lost.sum(), parts: [lost.mul(2)] };
    });
    expect(kept.sum.item()).toBe(3);
    expect(kept.parts[0]!.tolist()).toEqual([2, 2, 2]);
    expect(() => lost!.add(1)).toThrow(torch.MemoryError);
  });
});

describe("running out of memory", () => {
  interface Outcome {
    name: string;
    message: string;
    inUse: number;
    after: number;
    works: number[];
  }
  const program = (loop: string) => `
    let failure = null;
    const kept = [];
    try {
      ${loop}
    } catch (error) {
      failure = error;
    }
    const inUse = torch.memory().bytes;
    kept.length = 0;
    console.log(JSON.stringify({
      name: failure?.name, message: failure?.message, inUse, after: torch.memory().bytes,
      works: torch.scope(() => torch.ones(3, 1000).add(1).sum(1)).tolist(),
    }));`;
  const LIMITED = "ulimit -v 2500000; exec node --disable-wasm-trap-handler";

  it("inside a scope it is an error that says how much, and the library goes on", async () => {
    const loop = "torch.scope(() => { for (;;) kept.push(torch.zeros(1024, 1024, 16)); });";
    const { name, message, after, works } = await runAlone<Outcome>(program(loop), LIMITED);
    expect(name).toBe("MemoryError");
    expect(message).toMatch(/64\.0 MiB asked for, [\d.]+ MiB in use of a heap of [\d.]+ MiB/);
    expect(message).toMatch(/torch\.scope|dispose/);
    expect(after).toBe(0);
    expect(works).toEqual([2000, 2000, 2000]);
  });

  it("outside scopes too", async () => {
    const loop = "for (;;) kept.push(torch.zeros(1024, 1024, 16));";
    const { name, message, works } = await runAlone<Outcome>(program(loop), LIMITED);
    expect(name).toBe("MemoryError");
    expect(message).toMatch(/out of memory: .* asked for/);
    expect(works).toEqual([2000, 2000, 2000]);
  });

  it("a process that cannot reserve the memory at all is told what to do", async () => {
    const failing = runAlone("console.log(0)", "ulimit -v 4000000; exec node");
    await expect(failing).rejects.toThrow(/cannot reserve WebAssembly memory.*ulimit -v/s);
  });
});
