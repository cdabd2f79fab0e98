/*
 * A registry whose maps are on this node's disk before anything on the node acts by them: it is the nodes that remember
 * the newest map when the registry has lost it. A disk that takes no writes holds no map back, as reads must go on;
 * nothing can be dropped or promised on such a node.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Announcement, Clock, GatewayDetails, NodeDetails, Registry, RegistryView, Timer } from '@trolley/cluster';
import type { Logger } from 'pino';
import type { Engine } from './engine.ts';

const RETRY_MS = 5_000;

/** What remembering works with. */
export interface RememberingRegistryOptions {
  /** Where maps come from; closed with this one. */
  readonly registry: Registry;
  readonly memory: Pick<Engine, 'rememberedMap' | 'rememberMap'>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
}

/** The registry as the rest of the node sees it. */
export class RememberingRegistry implements Registry {
  readonly #options: RememberingRegistryOptions;
  readonly #listeners = new Set<(view: RegistryView) => void>();
  readonly #stopWatching: () => void;
  #view: RegistryView;
  #remembering: Promise<void> | undefined;
  #retry: Timer | undefined;
  #closed = false;

  constructor(options: RememberingRegistryOptions) {
    this.#options = options;
    const { registry } = options;
    this.#view = { ...registry.view, stored: undefined };
    this.#stopWatching = registry.onChange(() => this.#follow());
    this.#follow();
  }

  get view(): RegistryView {
    return this.#view;
  }

  /** The epoch of the map that the registry told last, on disk or not; 0 before the first. */
  get toldEpoch(): number {
    return this.#options.registry.view.stored?.map.epoch ?? 0;
  }

  /** Resolves when the map that was told last is shown. */
  async settled(): Promise<void> {
    await this.#remembering;
  }

  onChange(listener: (view: RegistryView) => void): () => void {
    const subscription = (view: RegistryView): void => listener(view);
    this.#listeners.add(subscription);
    return () => void this.#listeners.delete(subscription);
  }

  async ready(): Promise<void> {
    return this.#options.registry.ready();
  }

  announceNode(details: NodeDetails): Announcement {
    return this.#options.registry.announceNode(details);
  }

  announceGateway(details: GatewayDetails): Announcement {
    return this.#options.registry.announceGateway(details);
  }

  async writeMap(...args: Parameters<Registry['writeMap']>): ReturnType<Registry['writeMap']> {
    return this.#options.registry.writeMap(...args);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopWatching();
    this.#listeners.clear();
    this.#retry?.cancel();
    await this.#options.registry.close();
  }

  /** Shows what the registry says now; a map that is not on disk yet only when it is, and everything else meanwhile. */
  #follow(): void {
    const { view } = this.#options.registry;
    if (this.#isRemembered(view)) {
      this.#show(view);
      return;
    }
    this.#show({ ...view, stored: this.#view.stored });
    this.#remembering ??= this.#remember();
  }

  /** Whether there is nothing to write. An older map is never written over a newer one: the registry was set back. */
  #isRemembered({ stored }: RegistryView): boolean {
    const known = this.#options.memory.rememberedMap;
    if (stored === undefined) return true;
    if (known === undefined) return false;
    return stored.map.epoch < known.epoch || isDeepStrictEqual(stored.map, known);
  }

  async #remember(): Promise<void> {
    const { registry, memory, clock, logger } = this.#options;
    try {
      // What comes while one is written is written after it, and only the newest of it.
      while (!this.#closed && !this.#isRemembered(registry.view)) {
        const map = registry.view.stored?.map;
        if (map !== undefined) await memory.rememberMap(map);
      }
    } catch (error) {
      logger.warn({ err: error }, 'the cluster map could not be written to disk');
      this.#retry?.cancel();
      if (!this.#closed) this.#retry = clock.after(RETRY_MS, () => this.#follow());
    }
    this.#remembering = undefined;
    if (!this.#closed) this.#show(registry.view);
  }

  #show(view: RegistryView): void {
    if (this.#closed || isSame(view, this.#view)) return;
    this.#view = view;
    for (const listener of this.#listeners) listener(view);
  }
}

function isSame(a: RegistryView, b: RegistryView): boolean {
  return a.connected === b.connected && a.nodes === b.nodes && a.gateways === b.gateways && a.stored === b.stored;
}
