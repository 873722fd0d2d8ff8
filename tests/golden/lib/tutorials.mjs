// The tutorial programs, line by line in JavaScript. `R` records what the fixtures hold; `R.given(name)` is recorded
// data that does not come from torch's generator (numpy's, Python's `random`, image files).

import { train } from "./tutorial-loops.mjs";
import { leNet, programs as networks } from "./tutorials-networks.mjs";
import { programs as polynomial } from "./tutorials-polynomial.mjs";
import { twoAutogradWith, programs as twoLayers } from "./tutorials-two-layers.mjs";

export const programs = { ...polynomial, ...twoLayers, ...networks };
/** For further programs of the same kinds. */
export { leNet, train, twoAutogradWith };
