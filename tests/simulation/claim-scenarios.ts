/*
 * What registers go through in a simulated cluster: claimants, while one thing after another goes wrong.
 */
import { contextTextOf } from '@trolley/records';
import { ClaimHistory } from './claim-history.ts';
import { claim, look, release, type ClaimingOptions } from './claimants.ts';
import { countForgotten } from './count-forgotten.ts';
import { SimulatedCluster } from './simulated-cluster.ts';
import type { Tampering } from './tampering.ts';
import { claimTrouble, makeTrouble, mapsAreLost, membersChange, type Trouble } from './troubles.ts';

const NODES = 4;
const GATEWAYS = 3;
const CLAIMANTS = 8;
const TROUBLED_MS = 12_000;
/** Longer than any message takes. */
const STRAGGLERS_MS = 6_000;
const CLAIM_TIMEOUT_MS = 1_000;
const MAP_CALM_MS = 1_500;
const KEYS = ['item:seat', 'stock:apple'];
const CHANGING_NODES = 6;
const CHANGING_MS = 60_000;
const CHANGING_CALM_MS = 4_000;
const OUT_AFTER_MS = 1_500;
/** Longer than a message may be on its way, and than anybody asks for one change. */
const GRACE_MS = 3_000;
const CLAIMED_MS = 2_000;
const SEATS = Array.from({ length: 12 }, (_, index) => `item:seat-${index}`);

/** Claimants claim in trouble; then all is mended, and every register is looked at. */
export function troubledClaims(seed: number, tampering: Tampering = {}): Promise<ClaimHistory> {
  return claimsAmid(claimTrouble, seed, tampering);
}

/** The same, while the registry loses its map when data moves, and all gateways go with it. */
export function mapLosingClaims(seed: number): Promise<ClaimHistory> {
  return claimsAmid(mapsAreLost, seed, {}, MAP_CALM_MS);
}

function claimsAmid(
  troubles: readonly Trouble[],
  seed: number,
  tampering: Tampering,
  calmMs?: number,
): Promise<ClaimHistory> {
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
      return claimsInTrouble(cluster, troubles, calmMs);
    })(),
  );
}

async function claimsInTrouble(
  cluster: SimulatedCluster,
  troubles: readonly Trouble[],
  calmMs: number | undefined,
): Promise<ClaimHistory> {
  const history = new ClaimHistory();
  const { time } = cluster;
  const startMs = time.monotonicMs();
  const isOver = () => time.monotonicMs() - startMs > TROUBLED_MS;
  const options = { cluster, history, keys: KEYS, isOver };
  await Promise.all([
    ...Array.from({ length: CLAIMANTS }, (_, index) => claim(`claimant-${index}`, options)),
    makeTrouble(cluster, { troubles, mayWipe: false, calmMs, isOver }),
  ]);
  await mend(options);
  return history;
}

/** What came of claims on a cluster whose nodes come and go. */
export interface ChangedClaims {
  readonly history: ClaimHistory;
  /** Releases that were forgotten in the end, over all nodes. */
  readonly forgotten: number;
}

/**
 * Six nodes that leave for short and long, crash while data moves, are drained and weighed anew, while seats are
 * claimed, released and left alone until that they were ever claimed is forgotten. @param isTrusting see World
 */
export function forgottenClaims(seed: number, isTrusting = false): Promise<ChangedClaims> {
  const cluster = new SimulatedCluster({
    seed,
    nodes: CHANGING_NODES,
    gateways: GATEWAYS,
    claimTimeoutMs: CLAIM_TIMEOUT_MS,
    downOutAfterMs: OUT_AFTER_MS,
    graceMs: GRACE_MS,
    isTrusting,
  });
  return cluster.time.run(
    (async () => {
      for (let node = 0; node < CHANGING_NODES; node += 1) await cluster.grow();
      await cluster.settle();
      const history = new ClaimHistory();
      const endMs = cluster.time.monotonicMs() + CHANGING_MS;
      const isOver = () => cluster.time.monotonicMs() > endMs;
      const options = { cluster, history, keys: SEATS, isOver };
      const forgotten = countForgotten(cluster, isOver);
      await Promise.all([
        ...SEATS.map((key) => claimAndRelease(key, options)),
        makeTrouble(cluster, { troubles: membersChange, mayWipe: false, calmMs: CHANGING_CALM_MS, isOver }),
      ]);
      await mend(options);
      return { history, forgotten: await forgotten };
    })(),
  );
}

/** Two claim one seat for a while; then it is released, and nobody touches it until it may have been forgotten. */
async function claimAndRelease(key: string, options: ClaimingOptions): Promise<void> {
  const { cluster, isOver } = options;
  const { time, random } = cluster;
  await time.sleep(random() * 2 * GRACE_MS);
  for (let visit = 1; !isOver(); visit += 1) {
    const endMs = time.monotonicMs() + CLAIMED_MS;
    const visiting = { ...options, keys: [key], isOver: () => isOver() || time.monotonicMs() > endMs };
    await Promise.all(['one', 'other'].map((name) => claim(`${key}-${visit}-${name}`, visiting)));
    await release(key, `${key}-${visit}`, options);
    await time.sleep((1.5 + 2 * random()) * GRACE_MS);
  }
}

/** Ends all trouble, and looks at every register. */
async function mend(options: ClaimingOptions): Promise<void> {
  const { cluster, keys } = options;
  await cluster.heal();
  await cluster.time.sleep(STRAGGLERS_MS);
  await cluster.settle();
  await cluster.until('every node votes', () => cluster.isWhole);
  for (const key of keys) await lookAtLast(key, options);
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
