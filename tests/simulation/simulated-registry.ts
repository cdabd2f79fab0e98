/*
 * A registry that forgets only when it is told to, and clients of it that each learn late, at a time of their own, or not at all
 * while they are cut off. A node that is cut off or dead leaves when its session runs out.
 */
import {
  type Announcement,
  type NodeDetails,
  type Registered,
  type Registry,
  type RegistryView,
} from '@trolley/cluster';
import type { ClusterMap } from '@trolley/crush';
import type { VirtualTime } from './virtual-time.ts';

const NEWS_DELAY_MS = 150;
const SESSION_MS = 1_000;

/** What all clients share. */
export class SimulatedRegistry {
  readonly time: VirtualTime;
  readonly random: () => number;
  readonly #nodes = new Map<string, Registered<NodeDetails>>();
  readonly #clients = new Set<RegistryClient>();
  #stored: RegistryView['stored'];
  readonly #maps: ClusterMap[] = [];
  #sequence = 0;
  #revision = 0;

  constructor(time: VirtualTime, random: () => number) {
    this.time = time;
    this.random = random;
  }

  /** A client, cut off until it is connected. */
  open(): RegistryClient {
    const client = new RegistryClient(this);
    this.#clients.add(client);
    return client;
  }

  close(client: RegistryClient): void {
    this.#clients.delete(client);
  }

  get contents(): Omit<RegistryView, 'connected'> {
    const nodes = [...this.#nodes.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    return { nodes, gateways: [], stored: this.#stored };
  }

  /** Registers the node until this very registration ends. */
  register(details: NodeDetails): Registered<NodeDetails> {
    this.#sequence += 1;
    const registered = { ...details, sequence: this.#sequence };
    this.#nodes.set(details.id, registered);
    this.#tell();
    return registered;
  }

  unregister(registered: Registered<NodeDetails>): void {
    // A later registration of the node is another matter.
    if (this.#nodes.get(registered.id) === registered && this.#nodes.delete(registered.id)) this.#tell();
  }

  writeMap(map: ClusterMap, expectedRevision: number | undefined): 'written' | 'conflict' {
    if (this.#stored?.revision !== expectedRevision) return 'conflict';
    this.#maps.push(map);
    this.#store(map);
    return 'written';
  }

  /** Loses all its data; whoever reaches it registers anew. */
  lose(): void {
    this.#nodes.clear();
    this.#store(undefined);
    for (const client of this.#clients) this.time.after(this.random() * NEWS_DELAY_MS, () => client.registerAnew());
  }

  /** Is put back from a copy: has a map that was the newest some changes ago. */
  setBack(changes: number): void {
    this.#store(this.#maps.at(-1 - changes) ?? this.#maps[0]);
  }

  #store(map: ClusterMap | undefined): void {
    this.#revision += 1;
    this.#stored = map && { map, revision: this.#revision };
    this.#tell();
  }

  #tell(): void {
    for (const client of this.#clients) this.time.after(this.random() * NEWS_DELAY_MS, () => client.refresh());
  }
}

/** One process's connection to the registry. */
export class RegistryClient implements Registry {
  view: RegistryView = { connected: false, nodes: [], gateways: [], stored: undefined };
  readonly #registry: SimulatedRegistry;
  readonly #listeners = new Set<(view: RegistryView) => void>();
  #announced: NodeDetails | undefined;
  #registered: Registered<NodeDetails> | undefined;

  constructor(registry: SimulatedRegistry) {
    this.#registry = registry;
  }

  /** Cut off, it keeps its last view, and its node leaves unless it is back within the session. */
  connect(connected: boolean): void {
    if (connected === this.view.connected) return;
    if (connected) this.#register();
    else this.#registry.time.after(SESSION_MS, () => this.#expire());
    // What it knew before it was cut off is never shown as what the registry says now.
    this.view = { ...this.view, connected, ...(connected ? this.#registry.contents : {}) };
    this.#tell();
  }

  refresh(): void {
    if (!this.view.connected) return;
    this.view = { ...this.view, ...this.#registry.contents };
    this.#tell();
  }

  onChange(listener: (view: RegistryView) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  announceNode(details: NodeDetails): Announcement {
    this.#announced = details;
    if (this.view.connected) this.#register();
    return { withdraw: async () => {} };
  }

  announceGateway(): Announcement {
    return { withdraw: async () => {} };
  }

  async ready(): Promise<void> {}

  async writeMap(map: ClusterMap, expectedRevision: number | undefined): Promise<'written' | 'conflict'> {
    await this.#registry.time.sleep(this.#registry.random() * NEWS_DELAY_MS);
    if (!this.view.connected) throw new Error('the registry is away');
    return this.#registry.writeMap(map, expectedRevision);
  }

  registerAnew(): void {
    if (this.view.connected) this.#register();
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    this.connect(false);
    this.#registry.close(this);
  }

  #register(): void {
    if (this.#announced !== undefined) this.#registered = this.#registry.register(this.#announced);
  }

  #expire(): void {
    if (!this.view.connected && this.#registered !== undefined) this.#registry.unregister(this.#registered);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.view);
  }
}
