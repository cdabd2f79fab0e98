/*
 * Sends a batch under the map in use, and once more under the next one when the node knows that already. Nobody
 * is told of a result before the map that the node knew is here too: whoever asked must look afterwards whether
 * the right nodes were asked, and can only see that from the newer map. Relies on the map coming by itself.
 */
import type { Clock } from '../environment.ts';
import type { BatchReply, NodeOperation } from '../node-protocol.ts';
import type { LaneCall, LaneResult } from './batch-lane.ts';
import { NodeCallError } from './node-transport.ts';

/** What sending works with. */
export interface SendingOptions {
  readonly clock: Clock;
  /** How long to wait for a newer map. */
  readonly timeoutMs: number;
  /** The epoch of the map in use. */
  readonly epoch: () => number;
  readonly send: (epoch: number, operations: NodeOperation[]) => Promise<BatchReply>;
}

/** Of the time that a call has, so that whoever asked hears that nothing was done before he gives it up himself. */
const MAP_WAIT_SHARE = 0.9;

/** How often to look for a newer map that a node has told of. */
const MAP_POLL_MS = 10;

/**
 * One result for each call, in order. Those that were made under another map than the one in use are held
 * back, with STALE_EPOCH for a result: a change made on what the owners by an older map told could miss what was
 * written to the owners since.
 *
 * @throws NodeCallError STALE_EPOCH when the newer map does not come here in time and nothing was done; TIMEOUT when
 * all was done, and the node heard of a newer map meanwhile that does not come here in time
 */
export async function sendUnderNewestMap(
  calls: readonly LaneCall[],
  options: SendingOptions,
): Promise<readonly LaneResult[]> {
  const deadlineMs = options.clock.monotonicMs() + options.timeoutMs * MAP_WAIT_SHARE;
  for (;;) {
    const sentUnder = options.epoch();
    const holds = ({ madeUnder }: LaneCall) => madeUnder === undefined || madeUnder === sentUnder;
    const current = calls.every(holds) ? calls : calls.filter(holds);
    if (current.length === 0) return calls.map(() => heldBack);
    let reply: BatchReply;
    try {
      reply = await options.send(
        sentUnder,
        current.map(({ operation }) => operation),
      );
    } catch (error) {
      if (!(error instanceof NodeCallError) || error.code !== 'STALE_EPOCH') throw error;
      if (!(await mapArrives(sentUnder + 1, deadlineMs, options))) throw error;
      continue;
    }
    if (await mapArrives(reply.epoch, deadlineMs, options)) return inPlace(calls, current, reply);
    throw new NodeCallError('TIMEOUT', `the node knows the map of epoch ${reply.epoch}, which does not come here`);
  }
}

const heldBack: LaneResult = {
  type: 'error',
  code: 'STALE_EPOCH',
  message: 'the map changed before the operation was sent',
};

function inPlace(
  calls: readonly LaneCall[],
  sent: readonly LaneCall[],
  { results }: BatchReply,
): readonly LaneResult[] {
  if (sent === calls) return results;
  const bySent = new Map(sent.map((call, index) => [call, results[index]]));
  return calls.map((call) => bySent.get(call) ?? heldBack);
}

/** Resolves to whether the map in use is of that epoch, or a later one, before the deadline. */
async function mapArrives(wanted: number, deadlineMs: number, { clock, epoch }: SendingOptions): Promise<boolean> {
  while (epoch() < wanted) {
    if (clock.monotonicMs() >= deadlineMs) return false;
    await new Promise<void>((resolve) => void clock.after(MAP_POLL_MS, resolve));
  }
  return true;
}
