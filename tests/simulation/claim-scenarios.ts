/*
 * What registers go through in a simulated cluster: claimants, while one thing after another goes wrong.
 */
import { contextTextOf } from '@trolley/records';
import { ClaimHistory } from './claim-history.ts';
import { claim, look, type ClaimingOptions } from './claimants.ts';
import { SimulatedCluster } from './simulated-cluster.ts';
import type { Tampering } from './tampering.ts';
import { claimTrouble, makeTrouble } from './troubles.ts';

const NODES = 4;
const GATEWAYS = 3;
const CLAIMANTS = 8;
const TROUBLED_MS = 12_000;
/** Longer than any message takes. */
const STRAGGLERS_MS = 6_000;
const CLAIM_TIMEOUT_MS = 1_000;
const KEYS = ['item:seat', 'stock:apple'];

/** Claimants claim in trouble; then all is mended, and every register is looked at. */
export function troubledClaims(seed: number, tampering: Tampering = {}): Promise<ClaimHistory> {
  const cluster = new SimulatedCluster({
    seed,
    nodes: NODES,
    gateways: GATEWAYS,
    claimTimeoutMs: CLAIM_TIMEOUT_MS,
    tampering,
  });
  return cluster.time.run(
    (async () => {
      for (let node = 0; node < NODES; node += 1) await cluster.grow();
      await cluster.settle();
      return claimsInTrouble(cluster);
    })(),
  );
}

async function claimsInTrouble(cluster: SimulatedCluster): Promise<ClaimHistory> {
  const history = new ClaimHistory();
  const { time } = cluster;
  const startMs = time.monotonicMs();
  const isOver = () => time.monotonicMs() - startMs > TROUBLED_MS;
  const options = { cluster, history, keys: KEYS, isOver };
  await Promise.all([
    ...Array.from({ length: CLAIMANTS }, (_, index) => claim(`claimant-${index}`, options)),
    makeTrouble(cluster, { troubles: claimTrouble, mayWipe: false, isOver }),
  ]);
  await cluster.heal();
  await time.sleep(STRAGGLERS_MS);
  await cluster.settle();
  await cluster.until('every node votes', () => cluster.isWhole);
  for (const key of KEYS) await lookAtLast(key, options);
  return history;
}

/** Everybody can be asked now, and in the end all replicas hold the same. */
async function lookAtLast(key: string, options: ClaimingOptions): Promise<void> {
  const { cluster, history } = options;
  for (const settle of [false, true, false]) {
    if ((await look(key, settle, options)) === undefined) history.violated(`${key} cannot be read with all at work`);
  }
  await cluster.until(`all replicas of ${key} hold the same`, async () => {
    const held = await cluster.heldTexts(key);
    return new Set(held.map(({ text }) => (text === undefined ? '' : contextTextOf(text)))).size === 1;
  });
}
