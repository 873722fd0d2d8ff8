// The library as an engine without relaxed SIMD runs it: --ours tests/golden/variants/without-relaxed-simd.mjs
import "./refuse-relaxed-simd.mjs";

export * from "../../../dist/index.js";
