// The declarations as a user's compiler sees them: strict, without casts, with the plainest library files.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const PROGRAM = `
import * as torch from "torchlet";
import { F, nn, optim, type Tensor } from "torchlet";
import { type CellOptions, Linear } from "torchlet/nn";
import * as functional from "torchlet/nn/functional";
import * as masked from "torchlet/masked";
import type { GroupOptions } from "torchlet/optim";
const { DataLoader, TensorDataset, randomSplit } = torch.utils.data;

class Pairs extends torch.utils.data.Dataset<[Tensor, number]> {
  get length() { return 4; }
  at(i: number): [Tensor, number] { return [torch.ones(2), i]; }
}
class Block extends nn.Module {
  fc = new nn.Linear(2, 2);
  forward(x: Tensor, scale = 1): [Tensor, Tensor] { return [this.fc(x), x.mul(scale)]; }
}
class Net extends nn.Module {
  blocks = new nn.ModuleList([new Block(), new Block()]);
  forward(x: Tensor): Tensor {
    for (const block of this.blocks) [x] = block(x, 2);
    return x;
  }
}
function train(model: nn.Module, optimizer: optim.Optimizer, loader: torch.utils.data.DataLoader): number {
  let total = 0;
  for (const [x, y] of torch.steps(loader)) {
    const loss: Tensor = F.crossEntropy(model(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    total += loss.item();
  }
  return total;
}
const net = new Net();
const [part] = randomSplit(new TensorDataset(torch.randn(4, 2), torch.ones([4], { dtype: "int64" })), [0.5, 0.5]);
const loader = new DataLoader(part!, { batchSize: 2 });
train(net, new optim.SGD(net.parameters(), { lr: 0.1 }), loader);
for (const [x, y] of loader) net(x).argmax(1).eq(y).sum().item().toFixed(2);
for (const [x, y] of torch.steps(new DataLoader(new Pairs()))) x.add(y);
for (const { x, name } of new DataLoader([{ x: 1, name: "a" }])) x.add(1).item() + name.join();
for (const size of new DataLoader([1, 2], { collateFn: (xs: number[]) => xs.length })) size.toFixed();
const layer: nn.Linear = new Linear(2, 2, { bias: false });
const options: CellOptions = { bias: false };
functional.relu(layer(torch.ones(1, 2))).add(Number(options.bias));
masked.var(torch.ones(2), 0, false).add(1);
export const group = (params: Tensor[]): GroupOptions<{ lr: number }> => ({ params, lr: 1 });
const same: boolean = torch.ones(1).eq(1).item();
const rows: number[][] = torch.ones(2, 2).tolist();
export const all = [same, rows];
// @ts-expect-error: forward takes a tensor.
net("x");
// @ts-expect-error: no such option.
new nn.Linear(1, 2, { biass: true });
`;

test("a strict program type-checks against dist/index.d.ts", () => {
  const folder = mkdtempSync(fromRoot("build/types-"));
  try {
    writeFileSync(join(folder, "program.mts"), PROGRAM);
    const options = ["--strict", "--noUncheckedIndexedAccess", "--noEmit", "--target", "es2022"];
    const { stdout, status } = spawnSync(
      process.execPath,
      [
        fromRoot("node_modules/typescript/bin/tsc"),
        ...options,
        ...["--lib", "es2022,dom", "--module", "nodenext", "--ignoreConfig", join(folder, "program.mts")],
      ],
      { encoding: "utf8" },
    );
    expect(stdout).toBe("");
    expect(status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
