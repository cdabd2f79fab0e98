/*
 * One question to one replica, answered in the form that decisions are made from.
 */
import { contextTextOf } from '@trolley/records';
import type { Peer } from './peers.ts';
import { NO_CONTEXT, type ReplicaAnswer } from './quorum-read.ts';

/** What the replica holds under the key: its record, or its context only. @throws NodeCallError */
export async function askReplica(
  peer: Peer,
  key: string,
  detail: 'record' | 'context',
  requestId: string,
): Promise<ReplicaAnswer> {
  const { context, record, incomplete } = await peer.client.read(key, detail, requestId);
  const known = record === undefined ? context : contextTextOf(record);
  return { context: known ?? NO_CONTEXT, record, incomplete };
}
