// Packs the kernel binaries; assembly/unpack unpacks them and describes the format, LZMA's with small changes.
// The parse is the cheapest path over all literals and matches, priced by the models as they were in the pass before.

const STATES = 12;
const LENGTH_MODELS = 2 + 16 + 16 + 256;
const IS_MATCH = 0;
const IS_REP = IS_MATCH + 16 * STATES;
const IS_OLDER = IS_REP + STATES;
const IS_LONG = IS_OLDER + STATES;
const IS_REP_2 = IS_LONG + STATES;
const IS_REP_3 = IS_REP_2 + STATES;
const LENGTH = IS_REP_3 + STATES;
const REP_LENGTH = LENGTH + LENGTH_MODELS;
const SLOT = REP_LENGTH + LENGTH_MODELS;
const FOOT = SLOT + 4 * 64;
const ALIGN = FOOT + 128;
const LITERAL = ALIGN + 16;
const MODELS = LITERAL + 8 * 0x300;

const LONGEST = 273;
/** How many earlier places with the same three bytes are tried. */
const CHAIN = 256;
const PASSES = 3;

/** Operations of a parse: a literal, a match at a new distance, one byte at the last distance, then matches at the last four. */
const [BYTE, MATCH, SHORT, REP] = [0, 1, 2, 3];

/** @param {Uint8Array} data */
export function pack(data) {
  const matches = findMatches(data);
  let operations = cheapest(data, matches, null);
  for (let pass = 1; pass < PASSES; pass++) operations = cheapest(data, matches, operations);
  const coder = new RangeEncoder();
  new Writer(data, operations, coder).advance(data.length);
  return coder.finish();
}

/** The two probabilities of each model, as the unpacker keeps them. */
class Models {
  fast = new Uint16Array(MODELS).fill(32768);
  slow = new Uint16Array(MODELS).fill(32768);

  /** The probability of 0, in 32768ths, before the model learns of the bit. */
  learn(model, bit) {
    const fast = this.fast[model];
    const slow = this.slow[model];
    this.fast[model] = bit ? fast - (fast >> 4) : fast + ((65536 - fast) >> 4);
    this.slow[model] = bit ? slow - (slow >> 6) : slow + ((65536 - slow) >> 6);
    return (fast + slow) >> 2;
  }
}

class RangeEncoder {
  models = new Models();
  bytes = [];
  low = 0;
  range = 0xffffffff;
  cache = 0;
  pending = 0;

  bit(model, bit) {
    const bound = (this.range >>> 15) * this.models.learn(model, bit);
    if (bit) {
      this.low += bound;
      this.range -= bound;
    } else this.range = bound;
    this.refill();
  }
  direct(value, bits) {
    for (let i = bits - 1; i >= 0; i--) {
      this.range >>>= 1;
      if ((value >> i) & 1) this.low += this.range;
      this.refill();
    }
  }
  refill() {
    for (; this.range < 2 ** 24; this.range = (this.range * 256) >>> 0) this.shift();
  }
  shift() {
    if (this.low < 0xff000000 || this.low >= 2 ** 32) {
      const carry = this.low >= 2 ** 32 ? 1 : 0;
      this.bytes.push((this.cache + carry) & 255);
      for (; this.pending > 0; this.pending--) this.bytes.push((255 + carry) & 255);
      this.cache = (this.low / 2 ** 24) & 255;
    } else this.pending++;
    this.low = (this.low % 2 ** 24) * 256;
  }
  /** The bytes; the first is always 0 and left out. */
  finish() {
    for (let i = 0; i < 5; i++) this.shift();
    return Uint8Array.from(this.bytes.slice(1));
  }
}

/** The prices of both bits under each model, in bits, learning as a parse goes on. */
class Prices {
  models = new Models();
  zero = new Float32Array(MODELS).fill(1);
  one = new Float32Array(MODELS).fill(1);

  bit(model, bit) {
    this.models.learn(model, bit);
    const p = (this.models.fast[model] + this.models.slow[model]) / 131072;
    this.zero[model] = -Math.log2(p);
    this.one[model] = -Math.log2(1 - p);
  }
  direct() {}
}

/** Adds up prices of what is written to it. */
class Sum {
  total = 0;
  constructor(prices) {
    this.prices = prices;
  }
  bit(model, bit) {
    this.total += (bit ? this.prices.one : this.prices.zero)[model];
  }
  direct(_, bits) {
    this.total += bits;
  }
  of(write) {
    this.total = 0;
    write();
    return this.total;
  }
}

const slotOf = (distance) => {
  if (distance < 4) return distance;
  const high = 31 - Math.clz32(distance);
  return high * 2 + ((distance >>> (high - 1)) & 1);
};

function tree(out, models, bits, value) {
  let node = 1;
  for (let i = bits - 1; i >= 0; i--) {
    const bit = (value >> i) & 1;
    out.bit(models + node, bit);
    node = node * 2 + bit;
  }
}

function treeFromLow(out, models, bits, value) {
  let node = 1;
  for (let i = 0; i < bits; i++) {
    const bit = (value >> i) & 1;
    out.bit(models + node, bit);
    node = node * 2 + bit;
  }
}

function writeLength(out, models, length) {
  out.bit(models, length < 10 ? 0 : 1);
  if (length < 10) return tree(out, models + 2, 3, length - 2);
  out.bit(models + 1, length < 18 ? 0 : 1);
  if (length < 18) tree(out, models + 18, 3, length - 10);
  else tree(out, models + 34, 8, length - 18);
}

const writeSlot = (out, length, slot) => tree(out, SLOT + 64 * Math.min(length - 2, 3), 6, slot);

/** What of a distance its slot does not tell. */
function writeFoot(out, distance) {
  const slot = slotOf(distance);
  if (slot < 4) return;
  const bits = (slot >> 1) - 1;
  const base = (2 | (slot & 1)) << bits;
  const rest = distance - base;
  if (slot < 14) return treeFromLow(out, FOOT + base - slot, bits, rest);
  out.direct(rest >> 4, bits - 4);
  treeFromLow(out, ALIGN, 4, rest & 15);
}

function writeLiteral(out, data, at, state, near) {
  const models = LITERAL + 0x300 * ((at > 0 ? data[at - 1] : 0) >> 5);
  let offset = state >= 7 ? 256 : 0;
  let match = offset ? data[at - near - 1] : 0;
  let node = 1;
  for (let i = 7; i >= 0; i--) {
    match <<= 1;
    const bit = (data[at] >> i) & 1;
    out.bit(models + offset + (match & offset) + node, bit);
    node = node * 2 + bit;
    offset &= bit ? match : ~match;
  }
}

const matchModel = (data, at, state) => IS_MATCH + state * 16 + ((at > 0 ? data[at - 1] : 0) >> 4);

/** The state after an operation: what the last few were. */
function nextState(state, kind) {
  if (kind === BYTE) return state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  const early = state < 7;
  if (kind === MATCH) return early ? 7 : 10;
  return kind === SHORT ? (early ? 9 : 11) : early ? 8 : 11;
}

/** The last four distances after an operation. */
function nextDistances(last, kind, distance) {
  if (kind === MATCH) return [distance, last[0], last[1], last[2]];
  if (kind <= REP) return last;
  const which = kind - REP;
  return [last[which], ...last.filter((_, i) => i !== which)];
}

/** Writes a parse, as far as it is asked to. */
class Writer {
  state = 0;
  last = [0, 0, 0, 0];
  at = 0;
  next = 0;
  constructor(data, operations, out) {
    this.data = data;
    this.operations = operations;
    this.out = out;
  }
  advance(to) {
    while (this.at < to) this.write(this.operations[this.next++]);
  }
  write({ kind, length, distance }) {
    const { out, state } = this;
    out.bit(matchModel(this.data, this.at, state), kind === BYTE ? 0 : 1);
    if (kind === BYTE) writeLiteral(out, this.data, this.at, state, this.last[0]);
    else {
      out.bit(IS_REP + state, kind === MATCH ? 0 : 1);
      if (kind === MATCH) {
        writeLength(out, LENGTH, length);
        writeSlot(out, length, slotOf(distance));
        writeFoot(out, distance);
      } else {
        out.bit(IS_OLDER + state, kind > REP ? 1 : 0);
        if (kind <= REP) out.bit(IS_LONG + state, kind === REP ? 1 : 0);
        else out.bit(IS_REP_2 + state, kind > REP + 1 ? 1 : 0);
        if (kind > REP + 1) out.bit(IS_REP_3 + state, kind - REP - 2);
        if (kind >= REP) writeLength(out, REP_LENGTH, length);
      }
    }
    this.last = nextDistances(this.last, kind, distance);
    this.state = nextState(state, kind);
    this.at += length;
  }
}

function common(data, a, b, limit) {
  let n = 0;
  while (n < limit && data[a + n] === data[b + n]) n++;
  return n;
}

/** For each position the matches that are longer than any nearer one, as [length, distance, length, distance...]. */
function findMatches(data) {
  const pairs = new Int32Array(65536).fill(-1);
  const heads = new Map();
  const before = new Int32Array(data.length).fill(-1);
  return Array.from(data, (byte, at) => {
    const found = [];
    const limit = Math.min(LONGEST, data.length - at);
    let best = 1;
    if (limit >= 2) {
      const pair = byte | (data[at + 1] << 8);
      if (pairs[pair] >= 0) found.push((best = 2), at - pairs[pair] - 1);
      pairs[pair] = at;
    }
    if (limit >= 3) {
      const three = byte | (data[at + 1] << 8) | (data[at + 2] << 16);
      before[at] = heads.get(three) ?? -1;
      heads.set(three, at);
      for (let from = before[at], tries = CHAIN; from >= 0 && tries > 0 && best < limit; tries--) {
        if (data[from + best] === data[at + best]) {
          const length = common(data, from, at, limit);
          if (length > best) found.push((best = length), at - from - 1);
        }
        from = before[from];
      }
    }
    return found;
  });
}

/** The cheapest parse, at the prices that hold along the parse `before` (or at one bit for each bit). */
function cheapest(data, matches, before) {
  const n = data.length;
  const cost = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY);
  // How each position is reached at that cost.
  const kinds = new Uint8Array(n + 1);
  const steps = new Uint16Array(n + 1);
  const distances = new Int32Array(n + 1);
  const states = new Uint8Array(n + 1);
  const lasts = new Array(n + 1);
  const prices = new Prices();
  const history = before && new Writer(data, before, prices);
  const sum = new Sum(prices);
  const { zero, one } = prices;
  const lengths = new Float32Array(LONGEST + 1);
  const repLengths = new Float32Array(LONGEST + 1);
  const slots = new Float32Array(4 * 64);
  cost[0] = 0;
  lasts[0] = [0, 0, 0, 0];
  for (let at = 0; at < n; at++) {
    history?.advance(at);
    if (at % 128 === 0) {
      for (let k = 2; k <= LONGEST; k++) {
        lengths[k] = sum.of(() => writeLength(sum, LENGTH, k));
        repLengths[k] = sum.of(() => writeLength(sum, REP_LENGTH, k));
      }
      for (let i = 0; i < slots.length; i++) slots[i] = sum.of(() => writeSlot(sum, (i >> 6) + 2, i & 63));
    }
    if (at > 0) {
      const from = at - steps[at];
      states[at] = nextState(states[from], kinds[at]);
      lasts[at] = nextDistances(lasts[from], kinds[at], distances[at]);
    }
    const state = states[at];
    const last = lasts[at];
    const offer = (length, price, kind, distance) => {
      const to = at + length;
      if (price >= cost[to]) return;
      cost[to] = price;
      kinds[to] = kind;
      steps[to] = length;
      distances[to] = distance;
    };
    const model = matchModel(data, at, state);
    const literal = sum.of(() => writeLiteral(sum, data, at, state, last[0]));
    offer(1, cost[at] + zero[model] + literal, BYTE, 0);
    const limit = Math.min(LONGEST, n - at);
    const match = cost[at] + one[model];
    const rep = match + one[IS_REP + state];
    const latest = rep + zero[IS_OLDER + state];
    const older = rep + one[IS_OLDER + state];
    const oldest = older + one[IS_REP_2 + state];
    const repPrices = [
      latest + one[IS_LONG + state],
      older + zero[IS_REP_2 + state],
      oldest + zero[IS_REP_3 + state],
      oldest + one[IS_REP_3 + state],
    ];
    for (let which = 0; which < 4; which++) {
      if (at <= last[which]) continue;
      const longest = common(data, at - last[which] - 1, at, limit);
      if (which === 0 && longest > 0) offer(1, latest + zero[IS_LONG + state], SHORT, 0);
      for (let k = 2; k <= longest; k++) offer(k, repPrices[which] + repLengths[k], REP + which, 0);
    }
    const fresh = match + zero[IS_REP + state];
    const found = matches[at];
    for (let j = 0, k = 2; j < found.length; j += 2) {
      const distance = found[j + 1];
      const slot = slotOf(distance);
      const foot = fresh + sum.of(() => writeFoot(sum, distance));
      for (; k <= found[j]; k++)
        offer(k, foot + lengths[k] + slots[64 * Math.min(k - 2, 3) + slot], MATCH, distance);
    }
  }
  const operations = [];
  for (let at = n; at > 0; at -= steps[at])
    operations.push({ kind: kinds[at], length: steps[at], distance: distances[at] });
  return operations.reverse();
}
