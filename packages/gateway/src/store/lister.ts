/*
 * Lists what there is over all nodes. A listing asks every node that is up, since each holds part of the
 * keys; it is complete when every placement group has a read quorum among those that answered and lack
 * nothing of it.
 */
import type { NodeScan } from '@trolley/cluster';
import { placementGroupOf, type ClusterMap } from '@trolley/crush';
import type { RecordText } from '@trolley/records';
import { StoreError, type ListResult, type QuorumReport, type StoreOptions } from '../store.ts';
import { requiredAnswers } from './consistency-level.ts';
import { mergePages, mergeRecords, type MergedPage } from './merge-pages.ts';
import { quorumMet } from './quorum.ts';
import type { StoreContext } from './store-context.ts';
import { ownersOf } from './targets.ts';
import { underOneMap } from './under-one-map.ts';

/** What part of a listing is asked for. */
export interface Page {
  readonly after: string | undefined;
  readonly limit: number;
}

/** A page of the records whose keys begin with the prefix. @throws StoreError */
export async function list(
  context: StoreContext,
  prefix: string,
  page: Page,
  options: StoreOptions,
): Promise<ListResult> {
  return listWith(context, { prefix, page, mergeTexts: mergeRecords }, options);
}

/** What a listing is made of. */
export interface Listing<T> {
  /** Of the keys. */
  readonly prefix: string;
  readonly page: Page;
  /** Makes one of what several nodes hold under a key. */
  readonly mergeTexts: (texts: Iterable<RecordText>) => T;
}

/** A page of whatever stands under keys that begin with the prefix. @throws StoreError */
export async function listWith<T>(
  context: StoreContext,
  listing: Listing<T>,
  options: StoreOptions,
): Promise<MergedPage<T> & { readonly quorum: QuorumReport }> {
  return underOneMap(context.map, () => listOnce(context, listing, options));
}

async function listOnce<T>(context: StoreContext, { prefix, page, mergeTexts }: Listing<T>, options: StoreOptions) {
  const map = context.map();
  if (map === undefined)
    throw new StoreError('NO_CLUSTER_MAP', 'there is no cluster map yet: no storage node has registered');
  const pages = await askAll(context, prefix, page, options.requestId);
  if (pages.size === 0) throw new StoreError('NO_REPLICA', 'no storage node answered');
  const quorum = coverage(map, pages, options);
  if (quorum.degraded && options.strict === true) {
    throw new StoreError(
      'QUORUM_NOT_MET',
      `${quorum.answered} of ${quorum.replicas} nodes answered, too few for some keys`,
    );
  }
  const owned = [...pages].map(([id, found]) => ({ ...found, isOwned: (key: string) => isOwnedBy(id, key, map) }));
  return { ...mergePages(owned, page.limit, mergeTexts), quorum };
}

async function askAll(context: StoreContext, prefix: string, { after, limit }: Page, requestId: string) {
  const pages = new Map<string, NodeScan>();
  await Promise.all(
    context.peers.up.map(async ({ id, client }) => {
      try {
        pages.set(id, await client.scan(prefix, after, limit, requestId));
      } catch (error) {
        context.logger.warn({ requestId, node: id, error: String(error) }, 'a node did not answer a listing');
      }
    }),
  );
  return pages;
}

/** Whether a read of the key would ask the node. What it holds besides may be long out of date. */
function isOwnedBy(nodeId: string, key: string, map: ClusterMap): boolean {
  return ownersOf(map, placementGroupOf(key, map.pgCount)).some((owners) => owners.includes(nodeId));
}

function coverage(map: ClusterMap, pages: ReadonlyMap<string, NodeScan>, { r }: StoreOptions): QuorumReport {
  const answered = [...pages.keys()];
  // While data moves, nodes that are out by now may still be needed for a quorum.
  const placed = [...map.nodes, ...(map.previousNodes ?? [])].filter(({ state }) => state === 'in');
  const holders = [...new Set(placed.map(({ id }) => id))];
  const isCovered = (pg: number) => {
    const sets = ownersOf(map, pg).map((nodes) => ({ nodes, required: requiredAnswers(r, nodes.length, 'r') }));
    return quorumMet(sets, new Set(answered.filter((id) => pages.get(id)?.incompleteGroups?.includes(pg) !== true)));
  };
  const isAll = holders.every((id) => pages.has(id));
  const degraded = !isAll && !Array.from({ length: map.pgCount }, (_, pg) => isCovered(pg)).every(Boolean);
  return { answered: holders.filter((id) => pages.has(id)).length, replicas: holders.length, degraded };
}
