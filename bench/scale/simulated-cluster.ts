/*
 * A cluster that is only registered: as many nodes as one likes, behind a transport that answers at once and counts what
 * it is asked. What it says goes through JSON as it would over the wire; there are no sockets.
 */
import type { BatchReply, NodeOperation, NodeResult, NodeTransport, Registry, RegistryView } from '@trolley/cluster';
import type { ClusterMap, MapNode } from '@trolley/crush';

const ZONES = 10;
const FIRST_PORT = 20_000;

/** A registry that holds what it is told. */
export interface SimulatedRegistry extends Registry {
  /** Shows another view to whoever follows it. */
  show(view: RegistryView): void;
}

/** A map of so many nodes in ten zones. */
export function mapOf(nodes: number, pgCount: number): ClusterMap {
  const ids = Array.from({ length: nodes }, (_, index) => nodeId(index));
  const all = ids.map((id, index): MapNode => ({ id, zone: `zone-${index % ZONES}`, weight: 1, state: 'in' }));
  return { epoch: 1, pgCount, replicas: 3, nodes: all };
}

/** The view in which all nodes of a map are up. */
export function viewOf(map: ClusterMap): RegistryView {
  const nodes = map.nodes.map(({ id, zone, weight }, index) => ({
    id,
    zone,
    weight,
    host: '127.0.0.1',
    port: FIRST_PORT + index,
    sequence: index + 1,
  }));
  return { connected: true, nodes, gateways: [], stored: { map, revision: map.epoch } };
}

/** A registry with this view. */
export function simulatedRegistry(first: RegistryView): SimulatedRegistry {
  const listeners = new Set<(view: RegistryView) => void>();
  const announcement = { withdraw: () => Promise.resolve() };
  let current = first;
  return {
    get view() {
      return current;
    },
    show(view) {
      current = view;
      for (const listener of listeners) listener(view);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    ready: () => Promise.resolve(),
    announceNode: () => announcement,
    announceGateway: () => announcement,
    writeMap: () => Promise.resolve('conflict'),
    close: () => Promise.resolve(),
  };
}

/** A transport to nodes that are idle, whole and told of this map, which counts messages. */
export function simulatedTransport(map: () => ClusterMap | undefined): NodeTransport & { readonly messages: number } {
  let messages = 0;
  return {
    get messages() {
      return messages;
    },
    async send(_, batch) {
      messages += 1;
      const heard = JSON.parse(JSON.stringify(batch)) as typeof batch;
      const known = map() ?? null;
      const now = known?.epoch ?? 0;
      const reply: BatchReply = {
        node: heard.to,
        epoch: now,
        epochInForce: now,
        syncedEpoch: now,
        results: heard.operations.map((operation) => answer(operation, known)),
      };
      return Promise.resolve(JSON.parse(JSON.stringify(reply)) as BatchReply);
    },
    forget: () => undefined,
    close: () => Promise.resolve(),
  };
}

function answer({ type }: NodeOperation, map: ClusterMap | null): NodeResult {
  if (type === 'known-map') return { type, map };
  if (type !== 'status') return { type: 'error', code: 'INVALID_OPERATION', message: 'only registered' };
  return {
    type,
    records: 1_000,
    bytes: 100_000,
    hintsWaiting: [],
    incompleteGroups: [],
    fetching: null,
    answered: 0,
    lastEvent: 0,
    events: [],
  };
}

function nodeId(index: number): string {
  return `node-${String(index + 1).padStart(4, '0')}`;
}
