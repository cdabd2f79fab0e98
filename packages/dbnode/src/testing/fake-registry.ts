/*
 * A registry in memory, for one process: what is announced is in the view at once, and a test decides when the
 * registry answers and which map it has.
 */
import type { Announcement, GatewayDetails, NodeDetails, Registered, Registry, RegistryView } from '@trolley/cluster';
import type { ClusterMap } from '@trolley/crush';

/** The registry; tests call `answer`, `setMap`, and look at `events`. */
export class FakeRegistry implements Registry {
  view: RegistryView = { connected: false, nodes: [], gateways: [], stored: undefined };
  readonly events: string[] = [];
  /** What withdrawing waits for. */
  withdrawPause: Promise<void> = Promise.resolve();
  readonly #listeners = new Set<(view: RegistryView) => void>();
  readonly #ready: Promise<void>;
  #resolveReady: () => void = () => undefined;
  #sequence = 0;

  constructor() {
    this.#ready = new Promise((resolve) => {
      this.#resolveReady = resolve;
    });
  }

  /** Lets the registry answer, as it does once it is reached. */
  answer(map?: ClusterMap): void {
    this.view = { ...this.view, connected: true };
    this.setMap(map);
    this.#resolveReady();
  }

  setMap(map: ClusterMap | undefined): void {
    this.view = { ...this.view, stored: map && { map, revision: map.epoch } };
    for (const listener of this.#listeners) listener(this.view);
  }

  /** Registers a node, anew when it was registered before. */
  setNodeUp(details: NodeDetails): void {
    this.#sequence += 1;
    const others = this.view.nodes.filter(({ id }) => id !== details.id);
    this.#setNodes([...others, { ...details, sequence: this.#sequence }]);
  }

  setNodeDown(nodeId: string): void {
    this.#setNodes(this.view.nodes.filter(({ id }) => id !== nodeId));
  }

  setGateways(gateways: readonly GatewayDetails[]): void {
    const registered = gateways.map((details, sequence) => ({ ...details, sequence }));
    this.view = { ...this.view, gateways: registered };
    for (const listener of this.#listeners) listener(this.view);
  }

  #setNodes(nodes: RegistryView['nodes']): void {
    this.view = { ...this.view, nodes };
    for (const listener of this.#listeners) listener(this.view);
  }

  onChange(listener: (view: RegistryView) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async ready(): Promise<void> {
    return this.#ready;
  }

  announceNode(details: NodeDetails): Announcement {
    this.#sequence += 1;
    this.events.push('announced');
    const node: Registered<NodeDetails> = { ...details, sequence: this.#sequence };
    this.#setNodes([...this.view.nodes, node]);
    return {
      withdraw: async () => {
        this.events.push('withdrawn');
        await this.withdrawPause;
        this.setNodeDown(details.id);
      },
    };
  }

  announceGateway(_details: GatewayDetails): Announcement {
    throw new Error('a node announces no gateway');
  }

  async writeMap(): Promise<'written' | 'conflict'> {
    return 'conflict';
  }

  async close(): Promise<void> {
    this.events.push('closed');
  }
}
