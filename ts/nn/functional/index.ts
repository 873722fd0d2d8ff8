export * from "./bilinear.ts";
export * from "./dropout.ts";
export { linear } from "../../ops/matmullinear.ts";
