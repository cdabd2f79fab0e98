/*
 * Chance that can be replayed: splitmix32. Good enough to make sample data from, and for nothing secret.
 */
import type { Random } from '@trolley/cluster';

const STEP = 0x9e_37_79_b9;

/** Numbers in [0, 1) that are the same for the same seed, on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + STEP) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21_f0_aa_ad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x73_5a_2d_97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
