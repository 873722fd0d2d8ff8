// A software adapter for tests: SwiftShader, as Debian's chromium brings it. Import before the first use of WebGPU.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";

const ICD = process.env["VK_DRIVER_FILES"] ?? "/usr/lib/chromium/vk_swiftshader_icd.json";
const LOADERS = ["x86_64", "aarch64"].map((cpu) => `/usr/lib/${cpu}-linux-gnu/libvulkan.so.1`);

function missing(): string | null {
  if (!existsSync(ICD)) return `no software adapter at ${ICD} (VK_DRIVER_FILES=path names another)`;
  if (!LOADERS.some((path) => existsSync(path))) return "no Vulkan loader (Debian: libvulkan1)";
  try {
    createRequire(import.meta.url).resolve("webgpu");
    return null;
  } catch {
    return "the npm package webgpu is not installed";
  }
}

/** Why there is no software adapter here, or null. */
export const adapterMissing = missing();
process.env["VK_DRIVER_FILES"] = ICD;
