// The names of `torch.special`.
export { sigmoid as expit } from "./activation.ts";
export * from "./bessel.ts";
export { xlogy } from "./pairs.ts";
export { logsumexp } from "./reducespread.ts";
export { logSoftmax, softmax } from "./softmax.ts";
export {
  entr,
  erfcx,
  i0e,
  i1e,
  igamma as gammainc,
  igammac as gammaincc,
  logNdtr,
  mvlgamma as multigammaln,
  ndtr,
  ndtri,
  xlog1py,
  zeta,
} from "./specialformulas.ts";
export { erf, erfc, exp2, expm1, log1p } from "./unary.ts";
export { logit, round, sinc } from "./unaryscaled.ts";
export { digamma, digamma as psi, erfinv, i0, i1, lgamma as gammaln, polygamma } from "./unaryspecial.ts";
