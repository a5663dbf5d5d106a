/** Gives a generator of numbers from 0 up to, but never, 1: the same ones each time for the same seed. */
export function createRandom(seed: number): () => number {
  // Mulberry32: 32 bits of state are plenty for test data, and it needs no dependency.
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
