import { createManualClock } from '@trolley/cluster/testing';
import { encodeRecord, emptyRecord } from '@trolley/records';
import { expect, test, vi } from 'vitest';
import type { StoreContext } from './store-context.ts';
import { WatchedNodes } from './watched-nodes.ts';
import { writeBack } from './write-back.ts';

test('I13: an owner that a write leaves out is watched from when the others hold it, and hinted to', async () => {
  const clock = createManualClock();
  const watched = new WatchedNodes(clock, { watchMs: 60_000, settleMs: 1_000 });
  const hints = { missed: vi.fn<(...told: unknown[]) => void>() };
  const context = { clock, watched, hints, missedWrites: { missed: vi.fn<() => void>() } } as unknown as StoreContext;
  const holders = await writeBack(context, {
    key: 'user:ann@example.com',
    text: encodeRecord(emptyRecord),
    requestId: 'test',
    peers: [],
    sets: [{ nodes: ['a', 'b', 'c'], required: 2 }],
    owners: ['a', 'b', 'c'],
    holders: ['a', 'b'],
  });
  expect([...holders]).toEqual(['a', 'b']);
  expect(['a', 'b', 'c'].filter((id) => watched.isWatched(id))).toEqual(['c']);
  expect(hints.missed).toHaveBeenCalledWith('c', 'user:ann@example.com', new Set(['a', 'b']));
});
