/*
 * Storage nodes as the replicas of registers.
 */
import { placementGroupOf, type ClusterMap } from '@trolley/crush';
import { decodeRegister, emptyRegister } from '@trolley/records';
import { StoreError } from '../../store.ts';
import { requiredAnswers } from '../consistency-level.ts';
import type { Peer, Peers } from '../peers.ts';
import { ownersOf } from '../targets.ts';
import type { Replica, ReplicaGroup } from './replica.ts';

/**
 * The replicas of a register by this map. Those that left the registry while they still answered are asked as well: it
 * may be the registry that is wrong, and one of those that stand in it may have no vote.
 *
 * @throws StoreError NO_CLUSTER_MAP
 */
export function replicasByMap(key: string, map: ClusterMap | undefined, peers: Peers): ReplicaGroup {
  if (map === undefined) {
    throw new StoreError('NO_CLUSTER_MAP', 'there is no cluster map yet: no storage node has registered');
  }
  const lists = ownersOf(map, placementGroupOf(key, map.pgCount));
  const nodes = [...new Set(lists.flat())];
  const majorities = lists.map((list) => ({ nodes: list, required: requiredAnswers('quorum', list.length, 'w') }));
  return { epoch: map.epoch, nodes, majorities, replicas: peers.inAskingOrder(nodes).map(asReplica) };
}

function asReplica({ id, client }: Peer): Replica {
  return {
    id,
    prepare: (key, ballot, { epoch, requestId }) => client.prepare(key, ballot, { madeUnder: epoch }, requestId),
    accept: (key, proposal, { epoch, requestId }) => client.accept(key, proposal, { madeUnder: epoch }, requestId),
    async read(key, { requestId }) {
      const { record, incomplete } = await client.read(key, 'record', requestId);
      const { accepted, value, heard } = record === undefined ? emptyRegister : decodeRegister(record);
      return { accepted, value, isVote: !incomplete && !heard };
    },
  };
}
