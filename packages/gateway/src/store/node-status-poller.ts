/*
 * Asks every node that is up, once a second and more often while data moves, how it is doing and what has
 * happened there. What happened goes into the event feed; the rest is kept for `GET /cluster`. A node that is slow
 * is asked again only when it has answered. In a large cluster the nodes take turns, so that the asking costs a gateway
 * no more however many there are.
 */
import type { Clock, NodeClient, NodeEvent, NodeStatus, Timer } from '@trolley/cluster';
import type { EventFeed } from '../events.ts';
import { AnswerRate } from './answer-rate.ts';
import type { Peer, Peers } from './peers.ts';

const INTERVAL_MS = 1_000;
/** While a node fetches data, so that whoever watches sees it move. */
const BUSY_INTERVAL_MS = 250;
/** Nodes that are asked in one round. More of them, and the news of a thousand nodes would hold up requests. */
export const ASKED_IN_A_ROUND_MAX = 200;

/** What the poller works with. */
export interface NodeStatusPollerOptions {
  readonly peers: Peers;
  readonly events: EventFeed;
  readonly clock: Clock;
  /** Called whenever a node has answered what it was asked at that time, by the monotonic clock. */
  readonly onAnswered: (nodeId: string, status: NodeStatus, askedAtMs: number) => void;
  /** The epoch of the map in use. */
  readonly epoch: () => number;
  /** Called whenever a node has not answered, and knows a newer map that has not come here all that time. */
  readonly onTurnedAway: () => void;
}

/** What a node said of itself, and when. */
export interface NodeReport {
  readonly status: NodeStatus;
  readonly atMs: number;
  /** Undefined until it has said twice how many it answered. */
  readonly requestsPerSecond?: number | undefined;
}

/** Asks until it is stopped. */
export class NodeStatusPoller {
  readonly #options: NodeStatusPollerOptions;
  readonly #reports = new Map<string, NodeReport>();
  readonly #rates = new Map<string, AnswerRate>();
  /** The last event that was taken from each node. */
  readonly #seen = new Map<string, number>();
  readonly #underWay = new Set<string>();
  /** The nodes that were up before this gateway and have not answered yet; undefined before the first of all. */
  #elder: Set<string> | undefined;
  /** How many were asked so far of those that take turns. */
  #turn = 0;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: NodeStatusPollerOptions) {
    this.#options = options;
    this.#round();
  }

  /** What each node said last. Of one that is down that is old. */
  get reports(): ReadonlyMap<string, NodeReport> {
    return this.#reports;
  }

  /** Asks no more. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #round(): void {
    if (this.#stopped) return;
    const { peers, clock } = this.#options;
    const { up } = peers;
    this.#forgetOthers(peers);
    if (up.length > 0) this.#elder ??= new Set(up.map(({ id }) => id));
    for (const peer of this.#inTurn(up)) void this.#ask(peer);
    const isBusy = up.some(({ id }) => (this.#reports.get(id)?.status.fetching ?? null) !== null);
    this.#timer = clock.after(isBusy ? BUSY_INTERVAL_MS : INTERVAL_MS, () => this.#round());
  }

  #inTurn(up: readonly Peer[]): readonly Peer[] {
    if (up.length <= ASKED_IN_A_ROUND_MAX) return up;
    const first = this.#turn % up.length;
    this.#turn = first + ASKED_IN_A_ROUND_MAX;
    const last = up.slice(0, Math.max(0, this.#turn - up.length));
    return [...up.slice(first, this.#turn), ...last];
  }

  async #ask({ id, client }: Peer): Promise<void> {
    if (this.#underWay.has(id)) return;
    this.#underWay.add(id);
    try {
      const askedAtMs = this.#options.clock.monotonicMs();
      const status = await client.status(this.#seen.get(id) ?? 0);
      if (this.#stopped) return;
      const requestsPerSecond = this.#rateOf(id, status);
      this.#reports.set(id, { status, atMs: this.#options.clock.nowMs(), requestsPerSecond });
      this.#options.onAnswered(id, status, askedAtMs);
      // What happened before this gateway started is no news.
      const isHistory = this.#elder?.delete(id) === true;
      if (!isHistory) for (const event of status.events) this.#publish(id, event);
      this.#seen.set(id, isHistory ? status.lastEvent : (status.events.at(-1)?.id ?? status.lastEvent));
    } catch {
      // It is asked again in the next round; that it is down the registry tells.
      await this.#lookForNewerMap(client);
    } finally {
      this.#underWay.delete(id);
    }
  }

  #rateOf(id: string, { answered }: NodeStatus): number | undefined {
    if (answered === undefined) return undefined;
    const rate = this.#rates.get(id) ?? new AnswerRate();
    this.#rates.set(id, rate);
    rate.note(answered, this.#options.clock.monotonicMs());
    return rate.perSecond;
  }

  /** A node that turns callers away for their map still tells which one it knows. */
  async #lookForNewerMap(client: NodeClient): Promise<void> {
    try {
      const { epoch } = await client.ping();
      if (!this.#stopped && epoch > this.#options.epoch()) this.#options.onTurnedAway();
    } catch {
      // It does not answer at all.
    }
  }

  #publish(node: string, event: NodeEvent): void {
    const { events } = this.#options;
    switch (event.type) {
      case 'repaired': {
        const { type, key, node: repaired, fromVersion, toVersion, why } = event;
        events.publish({ type, key, node: repaired, fromVersion, toVersion, why });
        return;
      }
      case 'move-started':
      case 'move-progress':
      case 'move-ended': {
        const { type, epoch, groups, groupsDone } = event;
        events.publish({ type, node, epoch, groups, groupsDone });
        return;
      }
      default:
        event satisfies never;
    }
  }

  #forgetOthers(peers: Peers): void {
    for (const id of this.#reports.keys()) {
      if (peers.get(id) !== undefined) continue;
      this.#reports.delete(id);
      this.#seen.delete(id);
      this.#rates.delete(id);
    }
  }
}
