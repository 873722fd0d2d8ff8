import * as torch from "../../../ts/index.ts";
import { elementwise, mask, of, pairwise, real, type Sample } from "../sample.ts";

const { special } = torch;

/** Functions that have no record of their own. */
export const COMPOSED: Record<string, Sample[]> = {
  ndtr: elementwise(special.ndtr),
  floatPower: elementwise((x) => torch.floatPower(x, 3), 0.2, 2),
  positive: elementwise(torch.positive),
  real: elementwise(torch.real),
  ldexp: pairwise(torch.ldexp),
  maskedFillOfSums: [of((x, m) => torch.maskedFill(x, m, x.sum()), [real(["n", 2]), mask(["n", 1])])],
};
