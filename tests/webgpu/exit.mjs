// Ends while the GPU works. Argument: "exit" calls process.exit, anything else lets the program run out.
import * as torch from "../../dist/index.js";

const { enabled, reason } = await torch.webgpu.enable({ allowSoftware: true, minFlops: 0 });
if (!enabled) throw new Error(reason);
const x = torch.ones(256, 256);
for (let i = 0; i < 4; i++) x.matmulAsync(x);
console.log("posted");
if (process.argv[2] === "exit") process.exit(0);
