/*
 * Everything that a storage node holds, byte for byte, through the batch call that gateways use.
 */
import type { TestCluster } from './cluster.ts';
import { get, post } from './client.ts';
import { isObject } from './json.ts';
import type { TestProcess } from './process.ts';
import { waitUntil } from './wait-until.ts';

const PAGE_RECORDS = 1_000;

/** All records of a node, each with its key, in key order, deleted ones too. */
export async function contentsOf(node: TestProcess): Promise<readonly string[]> {
  const contents: string[] = [];
  for (let after: string | null = null; ;) {
    const page = await scan(node, after);
    contents.push(...page.entries.map((entry) => JSON.stringify(entry)));
    const [last] = page.entries.at(-1) ?? [];
    if (!page.more || last === undefined) return contents;
    after = last;
  }
}

/** What each node of a cluster holds, by node id. */
export async function contentsOfAll(cluster: TestCluster): Promise<ReadonlyMap<string, readonly string[]>> {
  const all = [...cluster.nodes].map(async ([id, node]) => [id, await contentsOf(node)] as const);
  return new Map(await Promise.all(all));
}

/**
 * What each node holds of the shop. Claims are left out: their holds lapse, their lists are tidied and their registers
 * are settled after the requests that began it were answered.
 */
export async function shopContentsOfAll(cluster: TestCluster): Promise<ReadonlyMap<string, readonly string[]>> {
  const all = await contentsOfAll(cluster);
  return new Map([...all].map(([id, contents]) => [id, contents.filter(isOfShop)]));
}

function isOfShop(entry: string): boolean {
  return entry.startsWith('["product:') || entry.startsWith('["user:');
}

/** Waits until all nodes hold the same of the shop. */
export async function waitUntilShopsAgree(cluster: TestCluster): Promise<void> {
  await waitUntil('all nodes to hold the same of the shop', async () => {
    const [first = [], ...rest] = (await shopContentsOfAll(cluster)).values();
    return rest.every((contents) => contents.join('\n') === first.join('\n'));
  });
}

/** Waits until all nodes hold the same, in a cluster with as many nodes as replicas. */
export async function waitUntilNodesAgree(cluster: TestCluster): Promise<readonly string[]> {
  let agreed: readonly string[] = [];
  await waitUntil('all nodes to hold the same', async () => {
    const [first, ...rest] = (await contentsOfAll(cluster)).values();
    agreed = first ?? [];
    return rest.every((contents) => contents.join('\n') === agreed.join('\n'));
  });
  return agreed;
}

interface Page {
  readonly entries: readonly (readonly [key: string, record: string])[];
  readonly more: boolean;
}

async function scan(node: TestProcess, after: string | null): Promise<Page> {
  const { body: status } = await get(node.url, '/status');
  if (!isObject(status)) throw new Error('the node tells no status');
  const operation = { type: 'scan', prefix: '', after, limit: PAGE_RECORDS };
  const batch = { to: status['id'], epoch: status['epoch'], operations: [operation] };
  const { body } = await post(node.url, '/batch', batch);
  const results = isObject(body) ? body['results'] : undefined;
  const result: unknown = Array.isArray(results) ? results[0] : undefined;
  if (!isPage(result)) throw new Error(`the node answered a scan with ${JSON.stringify(body)}`);
  return result;
}

function isPage(value: unknown): value is Page {
  return isObject(value) && value['type'] === 'scan' && Array.isArray(value['entries']);
}
