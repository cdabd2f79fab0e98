/*
 * Fetches placement groups from one node that holds them: what is equal costs one message for all groups, of
 * the others the contexts are listed, and only records that lack something here travel. Where a call fails, the
 * groups that were told to their end stay so.
 */
import type { NodeClient } from '@trolley/cluster';
import type { Engine } from '../engine.ts';
import { hasSeenAll } from '../repair/differences.ts';
import { digestText, runsOf } from '../repair/digest-text.ts';
import type { Throttle } from '../repair/throttle.ts';
import { sumOf } from '../storage/hash-tree.ts';
import type { TellingKind } from './sync-needs.ts';

/** Groups under way at once; the throttle bounds what they fetch together. */
const GROUPS_AT_ONCE = 4;
/** Records under way at once for each of them. */
const RECORDS_AT_ONCE = 100;
const REQUEST_ID = 'sync';

/** What fetching works with. */
export interface FetchOptions {
  readonly engine: Engine;
  readonly throttle: Throttle;
  /** Called when a group has been told to its end. */
  readonly onTold: (group: number, telling: TellingKind) => void;
  /** Called when a record was news. */
  readonly onLearned: () => void;
  /** Once it says so, no further record is fetched. */
  readonly isStopped: () => boolean;
}

/**
 * Fetches groups from a node; resolves when it has told of each. All that it acknowledged before it was asked
 * counts as told, so whoever calls makes sure first that it takes no more writes that are not meant for this node too.
 * @throws NodeCallError, or what the engine throws.
 */
export async function fetchGroups(options: FetchOptions, client: NodeClient, groups: readonly number[]): Promise<void> {
  const { engine, onTold, isStopped } = options;
  const own = groups.map((pg) => engine.digest(pg));
  const { digests, incompleteGroups } = await client.compareGroups(
    engine.nodeId,
    runsOf(groups),
    digestText(sumOf(own)),
  );
  // Looked up before the records: what the node has back only later, it may not have told.
  const lacking = new Set(incompleteGroups);
  const queue = groups.map((pg, index) => ({
    pg,
    isEqual: digests === null || digests[index] === digestText(own[index] ?? engine.digest(pg)),
  }));
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined && !isStopped(); next = queue.shift()) {
      const { pg, isEqual } = next;
      if (isEqual || (await fetchGroup(options, client, pg))) onTold(pg, lacking.has(pg) ? 'what-is-left' : 'all');
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: GROUPS_AT_ONCE }, worker));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}

/** Merges what a node holds of one group. @returns whether that was all */
async function fetchGroup(options: FetchOptions, client: NodeClient, pg: number): Promise<boolean> {
  for (let after: string | undefined; ;) {
    const page = await client.digestEntries(pg, [''], after);
    const lacking: string[] = [];
    for (const [key, theirs] of page.entries) {
      const { value: mine } = await options.engine.readContext(key);
      if (!hasSeenAll(mine, theirs)) lacking.push(key);
    }
    for (let from = 0; from < lacking.length; from += RECORDS_AT_ONCE) {
      if (options.isStopped()) return false;
      await fetchRecords(options, client, lacking.slice(from, from + RECORDS_AT_ONCE));
    }
    after = page.entries.at(-1)?.[0];
    if (!page.more || after === undefined) return true;
  }
}

async function fetchRecords(
  { engine, throttle, onLearned }: FetchOptions,
  client: NodeClient,
  keys: readonly string[],
): Promise<void> {
  await throttle.take(keys.length);
  await Promise.all(
    keys.map(async (key) => {
      const { record } = await client.read(key, 'record', REQUEST_ID);
      if (record !== undefined && (await engine.merge(key, record))) onLearned();
    }),
  );
}
