// The library with every float32 product sent to a software adapter, for programs that take its path: the golden cases
// (npm run test:golden -- --ours tests/webgpu/forced.mjs).
import * as torch from "../../dist/index.js";

const { enabled, reason } = await torch.webgpu.enable({ allowSoftware: true, minFlops: 0 });
if (!enabled) throw new Error(reason);
if (process.env.TORCHLET_REPORT === "1")
  process.on("exit", () => {
    const { ops, failures } = torch.backends().webgpu;
    console.error(JSON.stringify({ ops, failures }));
  });

export * from "../../dist/index.js";
