// The table of contents of the kernels: what the host may call. Conventions: README.md.

/** Where static data ends and the heap may begin. */
export { __heap_base };
export * from "./unary";
export * from "./unary-f64";
export * from "./predicates";
export * from "./binary";
export * from "./binary-f64";
export * from "./binary-i64";
export * from "./ternary";
export * from "./move";
export * from "./cast";
export * from "./running";
export * from "./slopes";
export * from "./special";
export * from "./random";
export * from "./gemm";
export * from "./gemm-pack";
export * from "./gemm-thin";
export * from "./conv";
export * from "./winograd";
export * from "./softmax";
export * from "./pool";
export * from "./pool-average";
export * from "./gather";
export * from "./scatter";
export * from "./sort";
export * from "./reduce";
export * from "./reduce-generic";
export * from "./extremes";
export * from "./optim";
export * from "./search";
export * from "./norm";
export * from "./norm-f64";
export * from "./bessel";
export * from "./polynomials";
