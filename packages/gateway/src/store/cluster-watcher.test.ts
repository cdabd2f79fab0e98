import type { RegistryView } from '@trolley/cluster';
import { createManualClock } from '@trolley/cluster/testing';
import { expect, test } from 'vitest';
import { createEventFeed } from '../events.ts';
import { createGatewayMetrics } from '../metrics.ts';
import { FakeTransport } from '../testing/fake-nodes.ts';
import { ClusterWatcher } from './cluster-watcher.ts';
import { Handover } from './handover.ts';
import { Peers } from './peers.ts';
import { WatchedNodes } from './watched-nodes.ts';

const EMPTY: RegistryView = { connected: true, nodes: [], gateways: [], stored: undefined };
const node = { id: 'a', host: 'localhost', port: 1, zone: 'z', weight: 1, sequence: 1 };

test('a node that went was last seen when it went, not when anything else changed before', () => {
  const clock = createManualClock();
  const transport = new FakeTransport();
  const metrics = createGatewayMetrics();
  const peers = new Peers({ transport, clock, nodeTimeoutMs: 100, epoch: () => 0, metrics });
  let listener: ((view: RegistryView) => void) | undefined;
  const registry = {
    view: { ...EMPTY, nodes: [node] },
    onChange: (called: (view: RegistryView) => void) => {
      listener = called;
      return () => (listener = undefined);
    },
  };
  const watched = new WatchedNodes(clock, { watchMs: 0, settleMs: 0 });
  const handover = new Handover({ clock, peers, handoverMs: 0 });
  const watcher = new ClusterWatcher({ registry, peers, watched, handover, events: createEventFeed({ clock }), clock });
  const registeredMs = watcher.seen.get('a')?.seenMs ?? 0;
  clock.advance(86_400_000);
  listener?.(EMPTY);
  expect(watcher.seen.get('a')?.seenMs).toBe(registeredMs + 86_400_000);
  clock.advance(1_000);
  listener?.({ ...EMPTY, connected: false });
  expect(watcher.seen.get('a')?.seenMs).toBe(registeredMs + 86_400_000);
});
