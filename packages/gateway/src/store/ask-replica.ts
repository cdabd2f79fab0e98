/*
 * One question to one replica, answered in the form that decisions are made from.
 */
import type { NodeRead } from '@trolley/cluster';
import type { Peer } from './peers.ts';
import { NO_CONTEXT, type ReplicaAnswer } from './quorum-read.ts';

/** What the replica holds under the key: its record, or its context only. @throws NodeCallError */
export async function askReplica(
  peer: Peer,
  key: string,
  detail: 'record' | 'context',
  requestId: string,
): Promise<ReplicaAnswer> {
  return answerOf(await peer.client.read(key, detail, requestId));
}

/** The same for whoever called the node already. */
export function answerOf({ context, record, incomplete }: NodeRead): ReplicaAnswer {
  return { context: context ?? NO_CONTEXT, record, incomplete };
}
