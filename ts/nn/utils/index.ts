export * from "./clip.ts";
export * from "./vector.ts";
