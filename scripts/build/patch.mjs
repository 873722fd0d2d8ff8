// A patch makes one binary from another: repeated (offset, count, added, bytes...), each number a LEB128 varint:
// copy `count` bytes from `offset` of the base, then take the `added` bytes that follow. ts/memory/binary.ts applies it.

const BLOCK = 24;

/** The patch that turns `base` into `target`. */
export function makePatch(base, target) {
  const index = indexBlocks(base);
  const out = [];
  let pending = 0; // start of the bytes of target not yet written
  let copy = { offset: 0, count: 0 };
  const flush = (end) => {
    varint(out, copy.offset);
    varint(out, copy.count);
    varint(out, end - pending);
    for (let i = pending; i < end; i++) out.push(target[i]);
  };
  for (let at = 0; at < target.length; ) {
    const match = longestMatch(
      base,
      target,
      at,
      index.get(key(target, at)),
      copy.offset + copy.count + (at - pending),
    );
    if (match.count < BLOCK) {
      at++;
      continue;
    }
    flush(at);
    copy = match;
    at += match.count;
    pending = at;
  }
  flush(target.length);
  return Uint8Array.from(out);
}

const key = (bytes, at) => (at + BLOCK <= bytes.length ? bytes.toString("latin1", at, at + BLOCK) : "");

function indexBlocks(base) {
  const index = new Map();
  for (let at = 0; at + BLOCK <= base.length; at++) {
    const block = key(base, at);
    const places = index.get(block);
    if (!places) index.set(block, [at]);
    else if (places.length < 32) places.push(at);
  }
  return index;
}

/** `expected` is where the base stands when nothing moved: tried first, so that ties need short numbers. */
function longestMatch(base, target, at, places = [], expected = 0) {
  let best = { offset: 0, count: 0 };
  for (const offset of [expected, ...places]) {
    let count = 0;
    while (
      offset + count < base.length &&
      at + count < target.length &&
      base[offset + count] === target[at + count]
    )
      count++;
    if (count > best.count) best = { offset, count };
  }
  return best;
}

function varint(out, value) {
  for (; value > 127; value = Math.floor(value / 128)) out.push((value % 128) + 128);
  out.push(value);
}
