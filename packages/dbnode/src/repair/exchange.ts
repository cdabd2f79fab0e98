/*
 * Brings two replicas in step on keys that differ: fetches what the other knows better, then offers what is known
 * better here. Both ends merge, so doing it twice, or while others do the same, does no harm. Tells of each record
 * that this changed.
 */
import type { NodeClient } from '@trolley/cluster';
import { versionOfContext, type ContextText } from '@trolley/records';
import type { Engine } from '../engine.ts';
import { hasSeenAll, type Difference } from './differences.ts';
import type { NodeEvents } from './node-events.ts';
import type { RepairFigures } from './repair-figures.ts';
import type { Throttle } from './throttle.ts';

/** Records under way to or from one node at once. */
const RECORDS_AT_ONCE = 100;

/** What an exchange works with. */
export interface ExchangeOptions {
  readonly engine: Engine;
  readonly events: NodeEvents;
  readonly figures: RepairFigures;
  readonly throttle: Throttle;
  /** Whether this node may offer what it has. */
  readonly mayOffer: () => boolean;
}

/** Why records are exchanged. */
export type RepairReason = 'hint' | 'anti-entropy';

/**
 * Resolves, when both have each record on disk, to how many records that changed.
 * @throws NodeCallError, what the engine throws, or Error when this node may no longer offer what it has; what was
 * exchanged until then stays so.
 */
export async function exchange(
  options: ExchangeOptions,
  client: NodeClient,
  differences: readonly Difference[],
  why: RepairReason,
): Promise<number> {
  let changed = 0;
  for (let from = 0; from < differences.length; from += RECORDS_AT_ONCE) {
    const some = differences.slice(from, from + RECORDS_AT_ONCE);
    await options.throttle.take(some.length);
    const changes = await Promise.all(some.map(async (difference) => settle(options, client, difference, why)));
    changed += changes.reduce((sum, count) => sum + count, 0);
  }
  return changed;
}

async function settle(options: ExchangeOptions, client: NodeClient, difference: Difference, why: RepairReason) {
  const fetched = difference.fetch ? await fetchOne(options, client, difference, why) : 0;
  return fetched + (difference.offer ? await offerOne(options, client, difference, why) : 0);
}

async function fetchOne(
  options: ExchangeOptions,
  client: NodeClient,
  { key, theirs }: Difference,
  why: RepairReason,
): Promise<number> {
  const { engine } = options;
  const before = (await engine.readContext(key)).value;
  // It may have come by itself since: a write was still on its way when the replicas were compared.
  if (hasSeenAll(before, theirs)) return 0;
  const { record } = await client.read(key, 'record', undefined);
  if (record === undefined || !(await engine.merge(key, record))) return 0;
  noteRepair(options, key, engine.nodeId, before, (await engine.readContext(key)).value, why);
  return 1;
}

async function offerOne(
  options: ExchangeOptions,
  client: NodeClient,
  { key, theirs }: Difference,
  why: RepairReason,
): Promise<number> {
  const { value: record } = await options.engine.readRecord(key);
  // Asked last: while the differences were found this node may have stood still for long, and heard of a newer map since.
  if (!options.mayOffer()) throw new Error('what this node has may have been deleted for good meanwhile');
  if (record === undefined || !(await client.merge(key, record, undefined))) return 0;
  noteRepair(options, key, client.nodeId, theirs, (await options.engine.readContext(key)).value, why);
  return 1;
}

function noteRepair(
  { events, figures }: ExchangeOptions,
  key: string,
  node: string,
  before: ContextText | undefined,
  after: ContextText | undefined,
  why: RepairReason,
): void {
  figures.repaired[why] += 1;
  events.publish({
    type: 'repaired',
    key,
    node,
    fromVersion: versionOf(before),
    toVersion: versionOf(after),
    why,
  });
}

function versionOf(context: ContextText | undefined): number {
  return context === undefined ? 0 : versionOfContext(context);
}
