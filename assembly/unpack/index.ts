// Unpacks what scripts/build/pack.mjs packs: LZMA's scheme (Igor Pavlov, LZMA specification, 2015) with two changes
// that make WebAssembly code smaller. A model is the mean of a fast and a slow probability, and whether a literal
// or a match comes is told from the byte before instead of the position.
// A module of its own with its own memory: [models, text, unpacked bytes].

const FAST: u32 = 4;
const SLOW: u32 = 6;
const STATES = 12;
const LENGTH_MODELS = 2 + 16 + 16 + 256;

// Each model is four bytes: two probabilities of 0 in 65536ths.
const IS_MATCH: usize = 1024;
const IS_REP: usize = IS_MATCH + 4 * 16 * STATES;
const IS_OLDER: usize = IS_REP + 4 * STATES;
const IS_LONG: usize = IS_OLDER + 4 * STATES;
const IS_REP_2: usize = IS_LONG + 4 * STATES;
const IS_REP_3: usize = IS_REP_2 + 4 * STATES;
const LENGTH: usize = IS_REP_3 + 4 * STATES;
const REP_LENGTH: usize = LENGTH + 4 * LENGTH_MODELS;
const SLOT: usize = REP_LENGTH + 4 * LENGTH_MODELS;
const FOOT: usize = SLOT + 4 * 4 * 64;
const ALIGN: usize = FOOT + 4 * 128;
const LITERAL: usize = ALIGN + 4 * 16;
const END: usize = LITERAL + 4 * 8 * 0x300;

let source: usize = 0;
let held: u32 = 0;
let count: i32 = 0;
let range: u32 = 0xffffffff;
let code: u32 = 0;

/** The next byte of the base64 text. */
function nextByte(): u32 {
  while (count < 8) {
    const c: u32 = load<u8>(source++);
    held = (held << 6) | (c >= 97 ? c - 71 : c >= 65 ? c - 65 : c >= 48 ? c + 4 : c == 43 ? 62 : 63);
    count += 6;
  }
  count -= 8;
  return (held >> count) & 255;
}

function refill(): void {
  while (range < 1 << 24) {
    range <<= 8;
    code = (code << 8) | nextByte();
  }
}

function bit(model: usize): i32 {
  const both = load<u32>(model);
  let fast = both & 0xffff;
  let slow = both >> 16;
  const bound = (range >> 15) * ((fast + slow) >> 2);
  const one = code >= bound;
  if (one) {
    code -= bound;
    range -= bound;
    fast -= fast >> FAST;
    slow -= slow >> SLOW;
  } else {
    range = bound;
    fast += (65536 - fast) >> FAST;
    slow += (65536 - slow) >> SLOW;
  }
  store<u32>(model, fast | (slow << 16));
  if (range < 1 << 24) refill();
  return i32(one);
}

/** A number of `bits` bits, the highest first. */
function tree(models: usize, bits: i32): i32 {
  let node = 1;
  while (node < 1 << bits) node = (node << 1) | bit(models + (node << 2));
  return node - (1 << bits);
}

/** A number of `bits` bits, the lowest first. */
function treeFromLow(models: usize, bits: i32): i32 {
  let node = 1;
  let value = 0;
  for (let i = 0; i < bits; i++) {
    const b = bit(models + (node << 2));
    node = (node << 1) | b;
    value |= b << i;
  }
  return value;
}

function length(models: usize): i32 {
  if (!bit(models)) return 2 + tree(models + 4 * 2, 3);
  if (!bit(models + 4)) return 10 + tree(models + 4 * 18, 3);
  return 18 + tree(models + 4 * 34, 8);
}

/** How far back a new match lies, less one. */
function distance(length: i32): i32 {
  const slot = tree(SLOT + 4 * 64 * min(length - 2, 3), 6);
  if (slot < 4) return slot;
  let bits = (slot >> 1) - 1;
  const base = (2 | (slot & 1)) << bits;
  if (slot < 14) return base + treeFromLow(FOOT + 4 * (base - slot), bits);
  let high = 0;
  for (; bits > 4; bits--) {
    range >>= 1;
    const one = code >= range;
    if (one) code -= range;
    high = (high << 1) | i32(one);
    refill();
  }
  return base + (high << 4) + treeFromLow(ALIGN, 4);
}

/** What the last few operations were. */
let state: i32 = 0;
/** The last four distances, less one. */
let near: i32 = 0;
let second: i32 = 0;
let third: i32 = 0;
let fourth: i32 = 0;

/** Writes a byte that is no part of a match. */
function literal(at: usize, before: i32): void {
  const models = LITERAL + 4 * 0x300 * (before >> 5);
  // After a match the byte that would have continued it tells what does not come.
  let offset = state >= 7 ? 256 : 0;
  let match: i32 = load<u8>(at - near - 1);
  let node = 1;
  while (node < 256) {
    match <<= 1;
    const b = bit(models + 4 * (offset + (match & offset) + node));
    node = (node << 1) | b;
    offset &= b ? match : ~match;
  }
  store<u8>(at, node);
  state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
}

/** The length of a match, whose distance becomes `near`. */
function matched(): i32 {
  const models = 4 * state;
  const early = state < 7;
  if (!bit(IS_REP + models)) {
    fourth = third;
    third = second;
    second = near;
    state = early ? 7 : 10;
    const n = length(LENGTH);
    near = distance(n);
    return n;
  }
  if (!bit(IS_OLDER + models)) {
    if (!bit(IS_LONG + models)) {
      state = early ? 9 : 11;
      return 1;
    }
  } else {
    let chosen = second;
    if (bit(IS_REP_2 + models)) {
      chosen = third;
      if (bit(IS_REP_3 + models)) {
        chosen = fourth;
        fourth = third;
      }
      third = second;
    }
    second = near;
    near = chosen;
  }
  state = early ? 8 : 11;
  return length(REP_LENGTH);
}

/** Unpacks the first `size` bytes of the base64 text at `text` to `target`; once, for it leaves its state behind. */
export function unpack(text: usize, target: usize, size: i32): void {
  for (let at: usize = IS_MATCH; at < END; at += 4) store<u32>(at, 0x80008000);
  source = text;
  for (let i = 0; i < 4; i++) code = (code << 8) | nextByte();
  const end = target + size;
  // Engines optimise functions while they are called, not while they run: what is hot is not in this loop.
  for (let at = target; at < end; ) {
    const before: i32 = at > target ? load<u8>(at - 1) : 0;
    if (bit(IS_MATCH + 4 * (state * 16 + (before >> 4)))) {
      for (const stop = at + matched(); at < stop; at++) store<u8>(at, load<u8>(at - near - 1));
    } else literal(at++, before);
  }
}
