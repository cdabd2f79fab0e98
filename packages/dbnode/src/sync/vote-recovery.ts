/*
 * Gives this node its votes on registers back after it may have forgotten what it promised and accepted. Two things
 * bring that back. Enough other replicas tell all that they have accepted, and how high their promises are: below that this
 * node votes in nothing any more, and every attempt that a majority promised to with this node is below it. And it does
 * so only after a silence: a proposer that still counted an answer of before the loss could have others promise or
 * accept later than they told.
 *
 * Relies on proposers to give up an attempt within the silence, by their own clocks, which only have to run about as fast as
 * this one. Gateways say in the registry how long they take; the silence is never shorter than what any of them said.
 */
import type { Clock, Registry, Timer } from '@trolley/cluster';
import type { ClusterMap } from '@trolley/crush';
import type { Logger } from 'pino';
import type { Engine } from '../engine.ts';
import type { RepairPeer, RepairPeers } from '../repair/repair-peers.ts';
import type { Throttle } from '../repair/throttle.ts';
import { fetchGroups } from './fetch-groups.ts';
import { groupsToAsk, metBy, syncNeeds, type GroupNeed, type TellingKind } from './sync-needs.ts';

const RETRY_MS = 500;

/** What it works with. */
export interface VoteRecoveryOptions {
  readonly registry: Registry;
  readonly engine: Engine;
  /** The number of placement groups that the engine counts in. */
  readonly pgCount: number;
  readonly peers: RepairPeers;
  readonly throttle: Throttle;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long an attempt to change a register may take, from its first message to the last answer that counts, at least. */
  readonly silenceMs: number;
  /** Whether what is here can be added to; not while it is being settled what of it may stay. */
  readonly mayFetch: () => boolean;
}

/** What the others have told, by one map. */
interface Inquiry {
  readonly map: ClusterMap;
  readonly told: Map<string, Map<number, TellingKind>>;
  /** The highest promise that any of them told of in each placement group. */
  readonly promises: Map<number, number>;
}

/** Runs until it is stopped: a node that becomes an owner later may need its vote only then. */
export class VoteRecovery {
  readonly #options: VoteRecoveryOptions;
  readonly #stopWatching: () => void;
  #silence: Timer | undefined;
  #inquiry: Inquiry | undefined;
  #running: Promise<void> | undefined;
  #timer: Timer | undefined;
  #stopped = false;
  #silentSinceMs = 0;
  #longestAttemptMs: number;

  /** The silence begins: from now on this node answers nothing that it has forgotten by now. */
  constructor(options: VoteRecoveryOptions) {
    this.#options = options;
    this.#longestAttemptMs = options.silenceMs;
    this.#stopWatching = options.registry.onChange(() => {
      this.#heedGateways();
      this.#run();
    });
    this.#heedGateways();
    this.#beSilent();
  }

  /** More has been forgotten: the silence begins anew, and what others told before does not count. */
  startOver(): void {
    this.#inquiry = undefined;
    this.#beSilent();
  }

  /** Asks no more; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopWatching();
    this.#timer?.cancel();
    this.#silence?.cancel();
    await this.#running;
  }

  #beSilent(): void {
    this.#timer?.cancel();
    this.#silence?.cancel();
    this.#silentSinceMs = this.#options.clock.monotonicMs();
    this.#awaitEndOfSilence();
  }

  #awaitEndOfSilence(): void {
    const { clock } = this.#options;
    if (this.#stopped) return;
    const leftMs = this.#silentSinceMs + this.#longestAttemptMs - clock.monotonicMs();
    this.#silence = clock.after(Math.max(0, leftMs), () => {
      this.#silence = undefined;
      // Gateways may have said meanwhile that they take longer.
      if (clock.monotonicMs() - this.#silentSinceMs < this.#longestAttemptMs) this.#awaitEndOfSilence();
      else this.#run();
    });
  }

  /** A gateway that is gone by now still counts: it may have lost the registry alone. */
  #heedGateways(): void {
    const { registry, silenceMs, logger } = this.#options;
    for (const { id, claimTimeoutMs = 0 } of registry.view.gateways) {
      if (claimTimeoutMs <= this.#longestAttemptMs) continue;
      this.#longestAttemptMs = claimTimeoutMs;
      logger.error(
        { gateway: id, claimTimeoutMs, ownMs: silenceMs },
        'CLAIM_TIMEOUT_MS is higher on a gateway than here; after a loss this node is silent for as long as there',
      );
    }
  }

  #run(): void {
    if (this.#stopped || this.#silence !== undefined || this.#running !== undefined) return;
    this.#timer?.cancel();
    this.#running = this.#inquire()
      .catch((error: unknown) => this.#options.logger.warn({ err: error }, 'the votes could not be had back yet'))
      .finally(() => {
        this.#running = undefined;
        // Records may be lacking still, which comes first; that they are here, nobody tells.
        if (this.#stopped || this.#silence !== undefined || this.#options.engine.votelessGroups.size === 0) return;
        this.#timer = this.#options.clock.after(RETRY_MS, () => this.#run());
      });
  }

  /** The groups to be told of before this node can vote in them; what it lacks of records comes first. */
  #needs(): ReadonlyMap<number, GroupNeed> {
    const { engine, registry, pgCount, mayFetch } = this.#options;
    const map = registry.view.stored?.map;
    if (map?.pgCount !== pgCount || !mayFetch()) return new Map();
    const voteless = [...engine.votelessGroups].filter((pg) => !engine.incompleteGroups.has(pg));
    const wanted = new Set(voteless);
    return new Map([...syncNeeds(map, engine.nodeId, voteless)].filter(([pg]) => wanted.has(pg)));
  }

  async #inquire(): Promise<void> {
    const map = this.#options.registry.view.stored?.map;
    const needs = this.#needs();
    if (map === undefined || needs.size === 0) return;
    // Who told by an older map may have promised since to whoever works by that.
    if (this.#inquiry?.map.epoch !== map.epoch) this.#inquiry = { map, told: new Map(), promises: new Map() };
    const inquiry = this.#inquiry;
    for (const nodeId of groupsToAsk(needs, inquiry.told).keys()) {
      const peer = this.#options.peers.get(nodeId);
      const groups = groupsToAsk(needs, inquiry.told).get(nodeId);
      if (peer !== undefined && groups !== undefined && !this.#isOver(inquiry)) await this.#ask(peer, groups, inquiry);
    }
    await this.#regain(needs, inquiry);
  }

  async #ask({ id, client }: RepairPeer, groups: readonly number[], inquiry: Inquiry): Promise<void> {
    const { engine, throttle, logger } = this.#options;
    const { map, told, promises } = inquiry;
    try {
      if ((await client.ping()).epochInForce < map.epoch) return;
      const { counters, votelessGroups } = await client.highestPromises();
      for (const [pg, counter] of counters) promises.set(pg, Math.max(counter, promises.get(pg) ?? 0));
      const forgotten = new Set(votelessGroups);
      const onTold = (pg: number, kind: TellingKind) => {
        const ofNode = told.get(id) ?? new Map<number, TellingKind>();
        told.set(id, ofNode.set(pg, forgotten.has(pg) ? 'what-is-left' : kind));
      };
      const isStopped = () => this.#isOver(inquiry);
      await fetchGroups({ engine, throttle, onTold, onLearned: () => {}, isStopped }, client, groups);
    } catch (error) {
      logger.info({ node: id, error: String(error) }, 'a node could not be asked for what it promised');
    }
  }

  async #regain(needs: ReadonlyMap<number, GroupNeed>, inquiry: Inquiry): Promise<void> {
    const { engine, logger } = this.#options;
    const { told, promises } = inquiry;
    const groups = metBy(needs, told);
    if (groups.length === 0 || this.#isOver(inquiry)) return;
    await engine.regainVotes(groups.map((pg) => [pg, promises.get(pg) ?? 0]));
    logger.info({ groups: groups.length, left: engine.votelessGroups.size }, 'votes on registers again');
  }

  /** Whether what was told counts no more: it was by another map, or of before something more was forgotten. */
  #isOver(inquiry: Inquiry): boolean {
    const { registry, mayFetch } = this.#options;
    if (this.#stopped || this.#inquiry !== inquiry || !mayFetch()) return true;
    return registry.view.stored?.map.epoch !== inquiry.map.epoch;
  }
}
