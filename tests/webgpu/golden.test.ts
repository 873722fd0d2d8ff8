// PyTorch's recorded answers with every float32 product on the GPU, by a software adapter. These are the groups that have such
// products, but `optim` (20 s of small ones) and the tutorials that train for thousands of steps (minutes): those are for
// `npm run test:golden -- --ours tests/webgpu/forced.mjs --group optim,tutorials`.
import { expect } from "vitest";
import { runGroup } from "../golden/outcomes.ts";
import { testWhere } from "../runtimes/available.ts";
import { adapterMissing } from "./software.ts";

const RUNS = {
  "autograd,extra_ops,inplace,modules,modules_db,ops_linalg,ops_nnf,ops_shape_index,print,promotion,serial":
    "",
  tutorials: "^(bn_mlp|lenet|lstm_sine|mnist_logistic)",
};

for (const [groups, only] of Object.entries(RUNS))
  testWhere(
    adapterMissing,
    `golden cases of ${groups}`,
    async () => {
      const outcomes = await runGroup(groups, "tests/webgpu/forced.mjs", only);
      expect(outcomes.filter(({ status }) => status === "failed" || status === "missing")).toEqual([]);
      const passed = new Set(outcomes.filter(({ status }) => status === "passed").map(({ group }) => group));
      expect([...passed]).toEqual(groups.split(","));
    },
    300_000,
  );
