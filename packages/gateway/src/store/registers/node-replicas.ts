/*
 * Storage nodes as the replicas of registers.
 */
import type { ClusterMap } from '@trolley/crush';
import { decodeRegister, emptyRegister } from '@trolley/records';
import type { Peer, Peers } from '../peers.ts';
import { quorumMet } from '../quorum.ts';
import { targetsOf } from '../targets.ts';
import type { Replica, ReplicaGroup } from './replica.ts';

/**
 * The replicas of a register by this map. Nodes that left the registry are asked only where the others are too few: it
 * may be the registry that is wrong.
 *
 * @throws StoreError NO_CLUSTER_MAP, or NO_REPLICA when none can be called
 */
export function replicasByMap(key: string, map: ClusterMap | undefined, peers: Peers): ReplicaGroup {
  // Not given r or w, the sets are those of strict majorities.
  const { epoch, nodes, peers: callable, readSets: majorities } = targetsOf(key, map, peers, {});
  const up = callable.filter((peer) => peer.up);
  const isEnough = quorumMet(majorities, new Set(up.map(({ id }) => id)));
  return { epoch, nodes, majorities, replicas: (isEnough ? up : callable).map(asReplica) };
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
