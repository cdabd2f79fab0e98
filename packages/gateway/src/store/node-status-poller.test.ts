import type { NodeEvent } from '@trolley/cluster';
import { afterEach, expect, test, vi } from 'vitest';
import { createEventFeed } from '../events.ts';
import { createTestStore } from '../testing/test-store.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { ASKED_IN_A_ROUND_MAX, NodeStatusPoller } from './node-status-poller.ts';
import type { Peer, Peers } from './peers.ts';

const WAIT = { timeout: 10_000 };
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(async (store) => store.close()));
});

function createPolled() {
  const parts = createTestStore();
  running.push(parts);
  return parts;
}

function repairedAs(id: number): NodeEvent {
  return { id, atMs: 1, type: 'repaired', key: 'user:a', node: 'c', fromVersion: 0, toVersion: id, why: 'hint' };
}

test('what the nodes say of themselves is shown', async () => {
  const { node, status } = createPolled();
  node('a').status = { ...node('a').status, records: 42, hintsWaiting: [['b', 3]] };
  await vi.waitFor(() => {
    const [first, second] = status.overview().nodes;
    expect(first).toMatchObject({ id: 'a', records: 42 });
    expect(second).toMatchObject({ id: 'b', hintsWaiting: 3 });
  }, WAIT);
});

test('how much a node answers is measured from the count that it tells', async () => {
  const { node, status } = createPolled();
  await vi.waitFor(() => {
    node('a').status = { ...node('a').status, answered: (node('a').status.answered ?? 0) + 50 };
    expect(status.overview().nodes[0]?.requestsPerSecond).toBeGreaterThan(0);
  }, WAIT);
  expect(status.overview().nodes[1]?.requestsPerSecond).toBeUndefined();
});

test('what happens on a node is published once; what happened before the gateway started is not', async () => {
  const { node, published } = createPolled();
  const repairs = () => published.filter(({ type }) => type === 'repaired');
  node('a').status = { ...node('a').status, lastEvent: 5, events: [repairedAs(5)] };
  await vi.waitFor(() => expect(node('a').counts.status).toBeGreaterThan(0), WAIT);
  expect(repairs()).toEqual([]);
  const asked = node('a').counts.status;
  node('a').status = { ...node('a').status, lastEvent: 6, events: [repairedAs(6)] };
  await vi.waitFor(() => expect(node('a').counts.status).toBeGreaterThan(asked), WAIT);
  node('a').status = { ...node('a').status, events: [] };
  await vi.waitFor(() => expect(repairs()).toHaveLength(1), WAIT);
  expect(repairs()[0]).toMatchObject({ key: 'user:a', node: 'c', toVersion: 6, why: 'hint' });
  expect(node('a').lastEventsAfter).toBeGreaterThanOrEqual(5);
});

test('a node that hangs is not asked again before it has failed, and holds up no other', async () => {
  const { node, transport } = createPolled();
  const asked: string[] = [];
  transport.onBatch = ({ id }, { operations }) => {
    if (operations.some(({ type }) => type === 'status')) asked.push(id);
  };
  node('a').behaviour = 'hangs';
  await vi.waitFor(() => expect(asked.filter((id) => id === 'b').length).toBeGreaterThan(1), WAIT);
  const before = asked.length;
  node('a').behaviour = 'sound';
  await vi.waitFor(() => expect(asked.slice(before)).toContain('a'), WAIT);
});

test('a node says that it fetches: the event names it', async () => {
  const { node, published } = createPolled();
  await vi.waitFor(() => expect(node('b').counts.status).toBeGreaterThan(0), WAIT);
  const event: NodeEvent = { id: 1, atMs: 1, type: 'move-progress', epoch: 2, groups: 9, groupsDone: 3 };
  node('b').status = { ...node('b').status, lastEvent: 1, events: [event] };
  const expected = { type: 'move-progress', node: 'b', epoch: 2, groups: 9, groupsDone: 3 };
  await vi.waitFor(() => expect(published).toContainEqual(expected), WAIT);
});

test('the nodes of a large cluster take turns: so many in a round, and each as often as the others', async () => {
  const clock = new VirtualClock();
  const asked = new Map<string, number>();
  const up = Array.from({ length: ASKED_IN_A_ROUND_MAX * 2 + 50 }, (_, index): Peer => {
    const id = `node-${index}`;
    const status = async () => {
      asked.set(id, (asked.get(id) ?? 0) + 1);
      await clock.sleep(1);
      return { records: 0, bytes: 0, hintsWaiting: [], incompleteGroups: [], fetching: null, lastEvent: 0, events: [] };
    };
    return { id, up: true, client: { status } as unknown as Peer['client'] };
  });
  const byId = new Map(up.map((peer) => [peer.id, peer]));
  const poller = new NodeStatusPoller({
    peers: { up, get: (id: string) => byId.get(id) } as unknown as Peers,
    events: createEventFeed({ clock }),
    clock,
    onAnswered: () => undefined,
    epoch: () => 1,
    onTurnedAway: () => undefined,
  });
  const times = () => [...asked.values()].reduce((sum, count) => sum + count, 0);
  await clock.run(clock.sleep(10));
  expect(times()).toBe(ASKED_IN_A_ROUND_MAX);
  await clock.run(clock.sleep(8_000));
  poller.stop();
  expect(times()).toBe(ASKED_IN_A_ROUND_MAX * 9);
  expect([Math.min(...asked.values()), Math.max(...asked.values())]).toEqual([4, 4]);
  expect(asked.size).toBe(up.length);
});
