/*
 * What a node makes of a batch, however it got here: whether it is meant for this node and made under a map that
 * still counts, and then its results.
 */
import { ProblemError, STALE_EPOCH, TOO_LATE, type Batch, type BatchReply, type Clock } from '@trolley/cluster';
import { isAboutMaps } from './about-maps.ts';
import { executeBatch, type ExecuteOperation } from './execute-batch.ts';
import type { KnownEpochs } from './known-epochs.ts';

/** What answering works with. */
export interface BatchAnswering {
  readonly nodeId: string;
  readonly execute: ExecuteOperation;
  readonly epochs: KnownEpochs;
  readonly clock: Clock;
  /** Whether the node may hold, by the map of that epoch, what others have deleted and forgotten. */
  readonly isInDoubt: (epoch: number) => boolean;
}

/**
 * Carries out the batch; resolves when what it shows is on disk. The epoch in the reply is looked up last: a sender
 * who worked with an older map learns that this node heard of a newer one meanwhile.
 *
 * @throws ProblemError 421 MISDIRECTED for another node's batch, 409 STALE_EPOCH for one made under an older map than
 * this node knows or 409 TOO_LATE for one that its sender has given up, 503 NOT_READY while it may have forgotten the
 * newest map, or may hold what the others forgot; nothing was done then.
 */
export async function answerBatch(batch: Batch, answering: BatchAnswering): Promise<BatchReply> {
  const { nodeId, execute, epochs, clock } = answering;
  checkAddressee(batch, nodeId);
  checkMemory(epochs);
  checkEpoch(batch, epochs.newest);
  checkTime(batch, clock.monotonicMs());
  if (!isAnsweredEarly(batch) && answering.isInDoubt(batch.epoch)) throw inDoubt();
  const results = await epochs.during(batch, async () => executeBatch(execute, batch.operations));
  const epoch = await epochs.settled();
  // Both are promises that must outlast a restart.
  const epochInForce = Math.min(epoch, epochs.inForce);
  return { node: nodeId, epoch, epochInForce, syncedEpoch: epochs.synced, clockMs: clock.monotonicMs(), results };
}

/**
 * What the network, or this process while it stood still, kept for too long must not be done any more: its sender has
 * gone on without it, and made now, on top of what was written since, a change would be made twice.
 */
function checkTime({ notAfterMs }: Batch, nowMs: number): void {
  if (notAfterMs !== undefined && nowMs > notAfterMs) {
    throw new ProblemError({
      status: 409,
      code: TOO_LATE,
      title: 'The batch came too late',
      detail: `Its sender gave it up ${Math.ceil(nowMs - notAfterMs)} ms ago.`,
    });
  }
}

/**
 * What is asked of a node before it serves. Nodes that start together would wait for each other, were they refused what
 * they ask then; and a gateway that makes the first map, since the registry lost the last, must learn which epoch the
 * nodes remember, and which map: they would turn away whoever works by a lower one.
 */
export function isAnsweredEarly({ operations }: Pick<Batch, 'operations'>): boolean {
  return operations.every(({ type }) => type === 'tombstone-drops' || type === 'known-map');
}

/**
 * A sender with an older map may have chosen the wrong replicas; it must look again before it counts on them. A
 * batch that only asks which epoch or map is the newest has chosen none, and perhaps seeks what it lacks.
 */
function checkEpoch(batch: Batch, newest: number): void {
  if (batch.epoch < newest && !isAboutMaps(batch)) {
    throw new ProblemError({
      status: 409,
      code: STALE_EPOCH,
      title: 'There is a newer map',
      detail: `The batch was made under epoch ${batch.epoch}; this node knows ${newest}.`,
    });
  }
}

/** A node that cannot tell old from new must not help a sender with an older map to a quorum. */
function checkMemory(epochs: KnownEpochs): void {
  if (epochs.mayBeForgotten) {
    throw new ProblemError({
      status: 503,
      code: 'NOT_READY',
      title: 'The node does not serve now',
      detail: 'The node lost its data, and waits for the registry to tell it the newest map.',
    });
  }
}

function checkAddressee(batch: Batch, nodeId: string): void {
  if (batch.to !== nodeId) {
    throw new ProblemError({
      status: 421,
      code: 'MISDIRECTED',
      title: 'The batch is meant for another node',
      detail: `This is ${nodeId}.`,
    });
  }
}

/** What a node answers while it may hold what others have deleted and forgotten. */
export function inDoubt(): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'NOT_READY',
    title: 'The node does not serve now',
    detail: 'The node was away for long, and asks the others what they deleted for good.',
  });
}
