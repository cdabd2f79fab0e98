/*
 * Follows the registry: keeps the peers up to date, tells the event feed what changed, and answers what
 * the cluster looks like.
 */
import type { Clock, NodeDetails, Registered, Registry, RegistryView } from '@trolley/cluster';
import type { ClusterOverview, ClusterStatus, NodeOverview } from '../cluster-overview.ts';
import type { EventFeed } from '../events.ts';
import type { Handover } from './handover.ts';
import type { Peers } from './peers.ts';
import type { WatchedNodes } from './watched-nodes.ts';

/** What the watcher works with. */
export interface ClusterWatcherOptions {
  readonly registry: Registry;
  readonly peers: Peers;
  readonly watched: WatchedNodes;
  readonly handover: Handover;
  readonly events: EventFeed;
  readonly clock: Clock;
}

interface SeenNode {
  readonly details: Registered<NodeDetails>;
  readonly seenMs: number;
}

/** Keeps in step with the registry until it is stopped. */
export class ClusterWatcher implements ClusterStatus {
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

  overview(): ClusterOverview {
    const { connected, nodes, gateways, stored } = this.#options.registry.view;
    const up = new Map(nodes.map((node) => [node.id, node]));
    const inMap = new Map(stored?.map.nodes.map((node) => [node.id, node]));
    const ids = [...new Set([...inMap.keys(), ...up.keys()])].toSorted();
    return {
      epoch: stored?.map.epoch,
      pgCount: stored?.map.pgCount,
      replicas: stored?.map.replicas,
      moving: stored?.map.previousNodes !== undefined,
      registry: { connected },
      nodes: ids.map((id) => this.#node(id, up.has(id), inMap.get(id))),
      gateways: gateways.map(({ id, host, port }) => ({ id, host, port, url: urlOf(host, port) })),
    };
  }

  #node(
    id: string,
    up: boolean,
    placed: { readonly zone: string; readonly weight: number; readonly state: 'in' | 'out' } | undefined,
  ): NodeOverview {
    const seen = this.#seen.get(id);
    const details = seen?.details;
    return {
      id,
      host: details?.host,
      port: details?.port,
      url: details === undefined ? undefined : urlOf(details.host, details.port),
      zone: placed?.zone ?? details?.zone ?? '',
      weight: placed?.weight ?? details?.weight ?? 0,
      state: placed?.state ?? 'absent',
      up,
      lastSeenMs: up ? this.#options.clock.nowMs() : seen?.seenMs,
    };
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
    for (const { id } of before) {
      if (!idsNow.has(id)) events.publish({ type: 'node-down', node: id });
    }
  }

  #noteRegistry(before: boolean, now: boolean): void {
    if (before !== now) this.#options.events.publish({ type: now ? 'registry-back' : 'registry-lost' });
  }

  #noteMap(before: RegistryView | undefined, now: RegistryView): void {
    const map = now.stored?.map;
    if (map === undefined || map.epoch === before?.stored?.map.epoch) return;
    const known = new Set(before?.stored?.map.nodes.map(({ id }) => id));
    const joined = map.nodes.filter(({ id }) => !known.has(id)).map(({ id }) => id);
    const reason = joined.length > 0 ? `with ${joined.join(', ')}` : `${map.nodes.length} nodes`;
    this.#options.events.publish({ type: 'map-changed', epoch: map.epoch, reason });
  }
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
