/*
 * A store on fake nodes and a registry that says what the test tells it.
 */
import { systemClock, type Registry, type RegistryView } from '@trolley/cluster';
import type { ClusterMap } from '@trolley/crush';
import { pino } from 'pino';
import { createEventFeed, type ClusterEvent } from '../events.ts';
import { createGatewayMetrics } from '../metrics.ts';
import { createStore } from '../store/create-store.ts';
import { FakeNode, FakeTransport } from './fake-nodes.ts';

const REQUEST = { requestId: 'test' } as const;

/** What a test wants of its store. */
export interface TestStoreOptions {
  readonly nodes?: number;
  readonly replicas?: number;
  readonly nodeTimeoutMs?: number;
  readonly claimTimeoutMs?: number;
  /** Off by default, so that tests see the quorum alone. */
  readonly readRepairWatchMs?: number;
  readonly downOutAfterMs?: number;
}

/** A store on `nodes` fake nodes named a, b, c and so on. */
export function createTestStore({
  nodes: nodeCount = 3,
  replicas = 3,
  nodeTimeoutMs = 100,
  claimTimeoutMs = 1_000,
  readRepairWatchMs = 0,
  downOutAfterMs = 600_000,
}: TestStoreOptions = {}) {
  const transport = new FakeTransport();
  const nodes = Array.from(
    { length: nodeCount },
    (_, index) => new FakeNode(String.fromCodePoint(97 + index), index + 1),
  );
  for (const node of nodes) transport.nodes.set(node.port, node);
  const registry = new FakeRegistry(nodes, {
    epoch: 1,
    pgCount: 16,
    replicas,
    nodes: nodes.map(({ id }) => ({ id, zone: `zone-${id}`, weight: 1, state: 'in' })),
  });
  const events = createEventFeed({ clock: systemClock });
  const published: ClusterEvent[] = [];
  events.subscribe(({ event }) => published.push(event));
  const running = createStore({
    registry,
    transport,
    clock: systemClock,
    random: () => 0.5,
    logger: pino({ level: 'silent' }),
    metrics: createGatewayMetrics(),
    events,
    settings: {
      replicas,
      pgCount: 16,
      expectedNodes: nodeCount,
      mapSettleMs: 0,
      downOutAfterMs,
      downOutMinInPercent: 75,
      nodeTimeoutMs,
      claimTimeoutMs,
      gatewayId: 'test',
      readRepairWatchMs,
    },
  });
  const node = (id: string) => {
    const found = nodes.find((candidate) => candidate.id === id);
    if (found === undefined) throw new Error(`no node ${id}`);
    return found;
  };
  return { ...running, transport, nodes, node, registry, published, REQUEST };
}

/** A registry whose view the test sets. */
class FakeRegistry implements Registry {
  view: RegistryView;
  readonly #listeners = new Set<(view: RegistryView) => void>();
  #sequence = 0;

  constructor(nodes: readonly FakeNode[], map: ClusterMap) {
    this.view = { connected: true, nodes: [], gateways: [], stored: { map, revision: 1 } };
    for (const node of nodes) this.up(node);
  }

  up({ id, port }: FakeNode): void {
    this.#sequence += 1;
    const details = { id, host: '127.0.0.1', port, zone: `zone-${id}`, weight: 1, sequence: this.#sequence };
    const others = this.view.nodes.filter((node) => node.id !== id);
    this.#set({ ...this.view, nodes: [...others, details].toSorted((a, b) => (a.id < b.id ? -1 : 1)) });
  }

  down({ id }: FakeNode): void {
    this.#set({ ...this.view, nodes: this.view.nodes.filter((node) => node.id !== id) });
  }

  connect(connected: boolean): void {
    this.#set({ ...this.view, connected });
  }

  setMap(map: ClusterMap): void {
    this.#set({ ...this.view, stored: { map, revision: (this.view.stored?.revision ?? 0) + 1 } });
  }

  #set(view: RegistryView): void {
    this.view = view;
    for (const listener of this.#listeners) listener(view);
  }

  onChange(listener: (view: RegistryView) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async ready(): Promise<void> {}

  announceNode() {
    return { withdraw: async () => {} };
  }

  announceGateway() {
    return { withdraw: async () => {} };
  }

  /** Called before each write of a map; may throw, or let somebody else be first. */
  onWrite: () => void = () => {};

  async writeMap(map: ClusterMap, expectedRevision: number | undefined): Promise<'written' | 'conflict'> {
    this.onWrite();
    if (expectedRevision !== this.view.stored?.revision) return 'conflict';
    this.#set({ ...this.view, stored: { map, revision: (expectedRevision ?? 0) + 1 } });
    return 'written';
  }

  async close(): Promise<void> {}
}
