export * from "./bilinear.ts";
export { linear } from "../../ops/matmullinear.ts";
