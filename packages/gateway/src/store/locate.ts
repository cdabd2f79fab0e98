/*
 * Looks at every replica of a key and changes nothing: what `trolley where` shows.
 */
import { compare, emptyRecord, merge, type CausalRecord } from '@trolley/records';
import type { KeyLocation, ReplicaState, StoreOptions } from '../store.ts';
import { recordOf } from './quorum-read.ts';
import type { StoreContext } from './store-context.ts';
import { targetsOf } from './targets.ts';

/** The replicas of a key with what each one holds. @throws StoreError */
export async function locate(context: StoreContext, key: string, { requestId }: StoreOptions): Promise<KeyLocation> {
  const map = context.map();
  const targets = targetsOf(key, map, context.peers, {});
  const zones = new Map(map?.nodes.map(({ id, zone }) => [id, zone]));
  const states = await Promise.all(targets.nodes.map((node) => look(context, key, node, requestId)));
  const merged = states.reduce((sum, { record }) => merge(sum, record ?? emptyRecord), emptyRecord);
  const replicas = states.map((state) => ({
    ...state,
    zone: zones.get(state.node) ?? '',
    stale: state.record === undefined ? undefined : isStale(state.record, merged),
  }));
  return { key, placementGroup: targets.placementGroup, epoch: map?.epoch ?? 0, replicas, merged };
}

type Look = Pick<ReplicaState, 'node' | 'up' | 'record' | 'error'>;

async function look(context: StoreContext, key: string, node: string, requestId: string): Promise<Look> {
  const peer = context.peers.get(node);
  if (peer === undefined || !peer.up) return { node, up: false, record: undefined, error: 'the node is down' };
  try {
    const { record } = await peer.client.read(key, 'record', requestId);
    return { node, up: true, record: recordOf(record), error: undefined };
  } catch (error) {
    return { node, up: true, record: undefined, error: error instanceof Error ? error.message : String(error) };
  }
}

function isStale(record: CausalRecord, merged: CausalRecord): boolean {
  return compare(record.context, merged.context) !== 'equal';
}
