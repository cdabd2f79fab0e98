/*
 * Claims under everything that can go wrong, on virtual time: real proposers and real acceptors in real engines, on a
 * network, a registry and disks that fail by chance. A failure names its seed, which shows it again:
 *
 *     SEED=42 ROUNDS=1 npx vitest run tests/simulation/claims.test.ts
 *
 * The ordinary run has the same seeds each time; SEED=$RANDOM ROUNDS=500 looks further.
 */
import { expect, test } from 'vitest';
import { numberSetting } from '../support/number-setting.ts';
import { forgottenClaims, mapLosingClaims, troubledClaims } from './claim-scenarios.ts';

const SEED = numberSetting('SEED', 1);
const ROUNDS = numberSetting('ROUNDS', 50);
const seeds = Array.from({ length: ROUNDS }, (_, round) => SEED + round);
/** Each of these goes on for long. */
const LONG_SHARE = 0.1;
const longSeeds = seeds.slice(0, Math.ceil(ROUNDS * LONG_SHARE));
const TRUSTING_SEEDS_MAX = 10;
const ROUND_TIMEOUT_MS = 60_000;

test.each(seeds)(
  'I24, I25: whatever goes wrong, registers change one change after another, and each is made once (SEED=%i)',
  async (seed) => {
    const { violations, known } = await troubledClaims(seed);
    expect(violations).toEqual([]);
    expect(known).toBeGreaterThan(0);
  },
  ROUND_TIMEOUT_MS,
);

test.each(longSeeds)(
  'so too while the registry loses its map again and again, and no gateway is left that knows it (SEED=%i)',
  async (seed) => {
    const { violations, known } = await mapLosingClaims(seed);
    expect(violations).toEqual([]);
    expect(known).toBeGreaterThan(0);
  },
  ROUND_TIMEOUT_MS,
);

test.each(longSeeds)(
  'so too while nodes leave for short and long, and releases are forgotten (SEED=%i)',
  async (seed) => {
    const { history, forgotten } = await forgottenClaims(seed);
    expect(history.violations).toEqual([]);
    // It went through what it is about.
    expect(forgotten).toBeGreaterThan(0);
  },
  ROUND_TIMEOUT_MS,
);

test(
  'the check finds claims that nodes bring back which were away for long and ask nobody',
  async () => {
    const found: string[] = [];
    for (let seed = 1; found.length === 0 && seed <= TRUSTING_SEEDS_MAX; seed += 1) {
      found.push(...(await forgottenClaims(seed, true)).history.violations);
    }
    expect(found).not.toEqual([]);
  },
  ROUND_TIMEOUT_MS,
);
