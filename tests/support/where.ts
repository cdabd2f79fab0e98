/*
 * Where a key lives, as a gateway tells it: its replicas in the order of the placement.
 */
import { get } from './client.ts';
import { listOf } from './json.ts';

/** One replica of a key. */
export interface Replica {
  readonly node: string;
  /** Whether it is the one that would coordinate a write now. */
  readonly coordinator: boolean;
  readonly up: boolean;
  /** Null when it did not answer. */
  readonly stale: boolean | null;
  readonly version: number | null;
}

/** The replicas of a key. */
export async function replicasOf(gatewayUrl: string, key: string): Promise<readonly Replica[]> {
  const { body } = await get(gatewayUrl, `/cluster/where?key=${encodeURIComponent(key)}`);
  return listOf(body, 'replicas').map(({ node, coordinator, up, stale, version }) => ({
    node: String(node),
    coordinator: coordinator === true,
    up: up === true,
    stale: typeof stale === 'boolean' ? stale : null,
    version: typeof version === 'number' ? version : null,
  }));
}

/** The node that would coordinate a write to the key now. @throws Error when there is none */
export async function coordinatorOf(gatewayUrl: string, key: string): Promise<string> {
  const coordinator = (await replicasOf(gatewayUrl, key)).find((replica) => replica.coordinator);
  if (coordinator === undefined) throw new Error(`no replica of ${key} can coordinate`);
  return coordinator.node;
}
