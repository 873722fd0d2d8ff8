// Python's `random.seed(number)` and `random.randint`, so that a program draws what its Python original draws.

const [N, M] = [624, 397];

export class PythonRandom {
  #state = new Uint32Array(N);
  #next = N;

  /** @param {number} seed an integer from 0 to 2^32 - 1 */
  constructor(seed) {
    // init_by_array of Matsumoto and Nishimura's mt19937ar.c (2002), with a key of one word.
    const mt = this.#state;
    mt[0] = 19650218;
    for (let i = 1; i < N; i++) mt[i] = Math.imul(1812433253, mt[i - 1] ^ (mt[i - 1] >>> 30)) + i;
    let i = 1;
    const mix = (factor) => Math.imul(mt[i - 1] ^ (mt[i - 1] >>> 30), factor);
    const advance = () => {
      if (++i < N) return;
      mt[0] = mt[N - 1];
      i = 1;
    };
    for (let k = 0; k < N; k++, advance()) mt[i] = (mt[i] ^ mix(1664525)) + seed;
    for (let k = 1; k < N; k++, advance()) mt[i] = (mt[i] ^ mix(1566083941)) - i;
    mt[0] = 0x80000000;
  }

  #word() {
    const mt = this.#state;
    if (this.#next === N) {
      for (let i = 0; i < N; i++) {
        const y = (mt[i] & 0x80000000) | (mt[(i + 1) % N] & 0x7fffffff);
        mt[i] = mt[(i + M) % N] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      this.#next = 0;
    }
    let y = mt[this.#next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** An integer from `low` to `high`, both included. */
  randint(low, high) {
    const count = high - low + 1;
    const bits = 32 - Math.clz32(count);
    for (;;) {
      const drawn = this.#word() >>> (32 - bits);
      if (drawn < count) return low + drawn;
    }
  }
}
