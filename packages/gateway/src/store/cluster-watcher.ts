/*
 * Follows the registry: keeps the peers up to date, tells the event feed what changed, and remembers which
 * nodes there were.
 */
import type { Clock, NodeDetails, Registered, Registry, RegistryView } from '@trolley/cluster';
import type { EventFeed } from '../events.ts';
import type { Handover } from './handover.ts';
import { mapEvents } from './map-events.ts';
import type { SeenNode } from './overview.ts';
import type { Peers } from './peers.ts';
import type { WatchedNodes } from './watched-nodes.ts';

/** What the watcher works with. */
export interface ClusterWatcherOptions {
  readonly registry: Pick<Registry, 'view' | 'onChange'>;
  readonly peers: Peers;
  readonly watched: WatchedNodes;
  readonly handover: Handover;
  readonly events: EventFeed;
  readonly clock: Clock;
}

/** Keeps in step with the registry until it is stopped. */
export class ClusterWatcher {
  readonly #options: ClusterWatcherOptions;
  readonly #stopWatching: () => void;
  readonly #seen = new Map<string, SeenNode>();
  #previous: RegistryView | undefined;

  constructor(options: ClusterWatcherOptions) {
    this.#options = options;
    this.#stopWatching = options.registry.onChange((view) => this.#follow(view));
    this.#follow(options.registry.view);
  }

  stop(): void {
    this.#stopWatching();
  }

  /** Every node that was registered since this gateway started, as it last was. */
  get seen(): ReadonlyMap<string, SeenNode> {
    return this.#seen;
  }

  #follow(view: RegistryView): void {
    const previous = this.#previous;
    this.#previous = view;
    const inMap = new Set(view.stored?.map.nodes.map(({ id }) => id));
    this.#options.peers.update(view.nodes, (id) => inMap.has(id));
    this.#options.handover.follow(view.stored?.map);
    this.#noteNodes(previous?.nodes ?? [], view.nodes);
    this.#noteRegistry(previous?.connected ?? view.connected, view.connected);
    this.#noteMap(previous, view);
  }

  #noteNodes(before: readonly Registered<NodeDetails>[], now: readonly Registered<NodeDetails>[]): void {
    const { events, watched, clock } = this.#options;
    const sequenceBefore = new Map(before.map(({ id, sequence }) => [id, sequence]));
    for (const details of now) {
      this.#seen.set(details.id, { details, seenMs: clock.nowMs() });
      if (sequenceBefore.get(details.id) === details.sequence) continue;
      // A node that registers anew was away, however shortly, and may have missed writes.
      watched.watch(details.id);
      events.publish({ type: 'node-up', node: details.id });
    }
    const idsNow = new Set(now.map(({ id }) => id));
    for (const { sequence: _, ...details } of before) {
      if (idsNow.has(details.id)) continue;
      this.#seen.set(details.id, { details, seenMs: clock.nowMs() });
      events.publish({ type: 'node-down', node: details.id });
    }
  }

  #noteRegistry(before: boolean, now: boolean): void {
    if (before !== now) this.#options.events.publish({ type: now ? 'registry-back' : 'registry-lost' });
  }

  #noteMap(before: RegistryView | undefined, now: RegistryView): void {
    const map = now.stored?.map;
    if (map === undefined || map.epoch === before?.stored?.map.epoch) return;
    for (const event of mapEvents(before?.stored?.map, map)) this.#options.events.publish(event);
  }
}
