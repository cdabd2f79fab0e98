/*
 * Looks at every replica of a key and changes nothing: what `trolley where` shows, of records and registers alike.
 */
import {
  contextTextOf,
  emptyRecord,
  emptyRegister,
  encodeRecord,
  encodeRegister,
  isRegisterKey,
  mergeTexts,
  type RecordText,
} from '@trolley/records';
import type { KeyLocation, ReplicaState, StoreOptions } from '../store.ts';
import type { StoreContext } from './store-context.ts';
import { targetsOf } from './targets.ts';

/** The replicas of a key with what each one holds. @throws StoreError */
export async function locate(context: StoreContext, key: string, { requestId }: StoreOptions): Promise<KeyLocation> {
  const map = context.map();
  const targets = targetsOf(key, map, context.peers, {});
  const zones = new Map(map?.nodes.map(({ id, zone }) => [id, zone]));
  const states = await Promise.all(targets.nodes.map((node) => look(context, key, node, requestId)));
  const texts = states.map(({ text }) => text).filter((text) => text !== undefined);
  const merged = texts.reduce((all, text) => mergeTexts(all, text, 0), emptyText(key));
  const replicas = states.map((state) => ({
    ...state,
    zone: zones.get(state.node) ?? '',
    stale: state.text === undefined ? undefined : contextTextOf(state.text) !== contextTextOf(merged),
  }));
  return { key, placementGroup: targets.placementGroup, epoch: map?.epoch ?? 0, replicas, merged };
}

type Look = Pick<ReplicaState, 'node' | 'up' | 'text' | 'error'>;

async function look(context: StoreContext, key: string, node: string, requestId: string): Promise<Look> {
  const peer = context.peers.get(node);
  if (peer === undefined || !peer.up) return { node, up: false, text: undefined, error: 'the node is down' };
  try {
    const { record } = await peer.client.read(key, 'record', requestId);
    return { node, up: true, text: record ?? emptyText(key), error: undefined };
  } catch (error) {
    return { node, up: true, text: undefined, error: error instanceof Error ? error.message : String(error) };
  }
}

function emptyText(key: string): RecordText {
  return isRegisterKey(key) ? encodeRegister(emptyRegister) : encodeRecord(emptyRecord);
}
