/*
 * The replicated store under everything that can go wrong, on virtual time: real stores and real storage engines;
 * a network, a registry and disks that fail by chance. A failure names its seed, which shows it again:
 *
 *     SEED=42 ROUNDS=1 npx vitest run tests/simulation
 *
 * The ordinary run has the same seeds each time; SEED=$RANDOM ROUNDS=200 looks further.
 */
import { expect, test } from 'vitest';
import { numberSetting } from '../support/number-setting.ts';
import { blindAdoption, forgottenMap } from './planted-bugs.ts';
import { changingShop, growingShop, mapLosingShop, unheardGrowthShop, troubledShop } from './scenarios.ts';

const SEED = numberSetting('SEED', 1);
const ROUNDS = numberSetting('ROUNDS', 4);
const seeds = Array.from({ length: ROUNDS }, (_, round) => SEED + round);
const ROUND_TIMEOUT_MS = 60_000;
const FORGETFUL_SEEDS_MAX = 10;
const BLIND_SEEDS_MAX = 60;
/** Of carts with 160 additions while three nodes become six: two for each node, where four to six are usual. */
const CONTEXT_ENTRIES_MAX = 12;

test.each(seeds)(
  'whatever goes wrong, no acknowledged write is lost, no read goes back, and replicas converge (SEED=%i)',
  async (seed) => {
    const { violations, acknowledged } = await troubledShop(seed);
    expect(violations).toEqual([]);
    expect(acknowledged).toBeGreaterThan(0);
  },
  ROUND_TIMEOUT_MS,
);

test.each(seeds)(
  'so too while a cluster grows from one node and part of it does not hear of that (SEED=%i)',
  async (seed) => {
    const { violations, acknowledged } = await unheardGrowthShop(seed);
    expect(violations).toEqual([]);
    expect(acknowledged).toBeGreaterThan(0);
  },
  ROUND_TIMEOUT_MS,
);

/** What came of the runs in which nodes leave: a few are over before anything is forgotten. */
const changes: { readonly forgotten: number; readonly epoch: number }[] = [];

test.each(seeds)(
  'I19: while nodes leave for short and long, are drained and weighed anew, nothing is lost and nothing deleted comes back (SEED=%i)',
  async (seed) => {
    const { history, gone, forgotten, epoch } = await changingShop(seed);
    expect(history.violations).toEqual([]);
    // It went through what it is about.
    expect(gone).toBeGreaterThan(5);
    changes.push({ forgotten, epoch });
  },
  ROUND_TIMEOUT_MS,
);

test('most of these runs forgot what was deleted, and went through several maps', () => {
  const eventful = changes.filter(({ forgotten, epoch }) => forgotten > 0 && epoch > 5);
  expect(eventful.length).toBeGreaterThan(changes.length / 2);
});

test.each(seeds)(
  'so too while the registry loses its map again and again, and no gateway is left that knows it (SEED=%i)',
  async (seed) => {
    const { violations, acknowledged } = await mapLosingShop(seed);
    expect(violations).toEqual([]);
    expect(acknowledged).toBeGreaterThan(0);
  },
  ROUND_TIMEOUT_MS,
);

test.each(seeds)(
  'a shop that grows loses no addition, and contexts do not grow with what is added (SEED=%i)',
  async (seed) => {
    const { found, added, contextEntriesMax } = await growingShop(seed);
    expect(found).toBe(added);
    expect(contextEntriesMax).toBeLessThanOrEqual(CONTEXT_ENTRIES_MAX);
  },
  ROUND_TIMEOUT_MS,
);

test(
  'the check finds what quorums that miss each other lose',
  async () => {
    const histories = await Promise.all([1, 2, 3].map((seed) => troubledShop(seed, 'one')));
    expect(histories.flatMap(({ violations }) => violations)).not.toEqual([]);
  },
  ROUND_TIMEOUT_MS,
);

test(
  'I19: the check finds what nodes bring back that were away for long and ask nobody',
  async () => {
    const shops = await Promise.all([1, 2, 4].map((seed) => changingShop(seed, true)));
    expect(shops.flatMap(({ history }) => history.violations)).not.toEqual([]);
  },
  ROUND_TIMEOUT_MS,
);

test(
  'the check finds what is lost with the map when no node keeps it',
  async () => {
    const found: string[] = [];
    for (let seed = 2; found.length === 0 && seed <= FORGETFUL_SEEDS_MAX; seed += 1) {
      found.push(...(await mapLosingShop(seed, forgottenMap)).violations);
    }
    expect(found).not.toEqual([]);
  },
  ROUND_TIMEOUT_MS,
);

test(
  'I5: the check finds what is lost when drafts are adopted by those who have seen more',
  async () => {
    const found: string[] = [];
    for (let seed = 1; found.length === 0 && seed <= BLIND_SEEDS_MAX; seed += 1) {
      found.push(...(await mapLosingShop(seed, blindAdoption)).violations);
    }
    expect(found).not.toEqual([]);
  },
  ROUND_TIMEOUT_MS,
);
