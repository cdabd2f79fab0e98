/*
 * Sends one record to several replicas and resolves once enough have it on disk. Used for the second
 * half of a write and for read repair alike: a replica merges what it is sent, so sending twice or to
 * one that knows more does no harm.
 */
import type { RecordText } from '@trolley/records';
import { FAILING_PATIENCE_MS } from './failing-patience.ts';
import type { Peer } from './peers.ts';
import { quorumMet, type ReplicaSet } from './quorum.ts';
import type { StoreContext } from './store-context.ts';

/** What is written where. */
export interface WriteBack {
  readonly key: string;
  readonly text: RecordText;
  readonly requestId: string;
  readonly peers: readonly Peer[];
  readonly sets: readonly ReplicaSet[];
  /** Those that hold the record already. */
  readonly holders: readonly string[];
  /** Replicas that should hold it as well, whether or not they are among the peers; they are hinted to if not. */
  readonly owners: readonly string[];
  /** Told of each replica that learned something from it. */
  readonly onChanged?: (nodeId: string) => void;
}

/**
 * Resolves to the replicas that hold the record on disk, as soon as they are a quorum or no more are to
 * be had. Never rejects; replicas that miss it are watched from then on, and a holder is told to push it to them later.
 */
export function writeBack(context: StoreContext, write: WriteBack): Promise<ReadonlySet<string>> {
  const holders = new Set(write.holders);
  const outstanding = new Map(write.peers.map((peer) => [peer.id, peer]));
  return new Promise((resolve) => {
    let patient = true;
    const patience = context.clock.after(FAILING_PATIENCE_MS, () => {
      patient = false;
      settleWithoutFailing();
    });
    const settle = () => {
      patience.cancel();
      resolve(new Set(holders));
    };
    const settleIfDone = () => {
      if (outstanding.size === 0 || quorumMet(write.sets, holders)) settle();
    };
    const settleWithoutFailing = () => {
      if (!patient && [...outstanding.values()].every(({ client }) => client.failing)) settle();
    };
    const send = async (peer: Peer) => {
      try {
        const changed = await peer.client.merge(write.key, write.text, write.requestId);
        holders.add(peer.id);
        context.missedWrites.reached(peer.id);
        if (changed) write.onChanged?.(peer.id);
      } catch (error) {
        context.watched.watch(peer.id);
        missed(context, peer.id, write, holders, String(error));
      }
      outstanding.delete(peer.id);
      settleIfDone();
      settleWithoutFailing();
    };
    for (const owner of write.owners) {
      if (!holders.has(owner) && !outstanding.has(owner)) missed(context, owner, write, holders, 'it is down');
    }
    for (const peer of write.peers) void send(peer);
    settleIfDone();
  });
}

function missed(
  context: StoreContext,
  node: string,
  { key, requestId }: WriteBack,
  holders: ReadonlySet<string>,
  error: string,
): void {
  context.hints.missed(node, key, holders);
  context.missedWrites.missed({ node, key, requestId, error });
}
