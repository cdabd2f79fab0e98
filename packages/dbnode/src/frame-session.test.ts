/*
 * What a session does about time, on a clock that a test turns.
 */
import { encodeBatch, type BatchReply } from '@trolley/cluster';
import { createManualClock } from '@trolley/cluster/testing';
import { expect, it } from 'vitest';
import { FrameSession } from './frame-session.ts';
import { batch } from './testing/serving-node.ts';

const REPLY: BatchReply = { node: 'node-a', epoch: 7, epochInForce: 7, syncedEpoch: 7, results: [] };

/** A session whose caller reads nothing until `read` is called. */
function open() {
  const clock = createManualClock();
  const warnings: unknown[] = [];
  const state = { written: 0, isDestroyed: false, read: (): void => undefined };
  const socket = {
    cork: () => undefined,
    uncork: () => undefined,
    write: (_: Buffer, onTaken?: () => void) => {
      state.written += 1;
      state.read = () => onTaken?.();
      return false;
    },
    destroy: () => (state.isDestroyed = true),
  };
  const logger = { warn: (...line: unknown[]) => void warnings.push(line), error: () => undefined };
  const session = new FrameSession({ socket, answer: async () => REPLY, clock, logger });
  return { session, clock, state, warnings };
}

const FRAME = encodeBatch(batch([]));

it('ends the connection of a caller who does not read his answer', async () => {
  const { session, clock, state, warnings } = open();
  session.received(FRAME);
  await expect.poll(() => state.written).toBe(1);
  clock.advance(59_999);
  expect(state.isDestroyed).toBe(false);
  clock.advance(1);
  expect(state.isDestroyed).toBe(true);
  expect(warnings).toHaveLength(1);
});

it('takes the next batch of a caller who reads late', async () => {
  const { session, clock, state } = open();
  session.received(FRAME);
  await expect.poll(() => state.written).toBe(1);
  clock.advance(59_000);
  state.read();
  clock.advance(59_000);
  session.received(FRAME);
  await expect.poll(() => state.written).toBe(2);
  expect(state.isDestroyed).toBe(false);
});

it('ends the connection of a caller who does not send the rest of a frame', () => {
  const { session, clock, state } = open();
  session.received(FRAME.subarray(0, 2));
  clock.advance(60_000);
  expect(state.isDestroyed).toBe(true);
});
