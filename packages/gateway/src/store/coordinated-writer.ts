/*
 * Writes: the short way (draft-writer.ts), or a quorum read of contexts, the change at one coordinator, the result to the other replicas.
 * All gateways pick the first live replica of the key's list, so concurrent writes line up there and
 * none is lost. When they pick differently, siblings appear and merge.
 */
import { NodeCallError, type NodeChange } from '@trolley/cluster';
import {
  compareContextTexts,
  contextTextOf,
  decodeRecord,
  encodeRecord,
  type Change,
  type RecordText,
} from '@trolley/records';
import { StoreError, type ChangeResult, type StoreOptions } from '../store.ts';
import type { AskedChange, ChangeProgress } from './asked-change.ts';
import { askReplica } from './ask-replica.ts';
import { DraftWriter } from './draft-writer.ts';
import { gather, type Gathered } from './gather.ts';
import type { Peer } from './peers.ts';
import { reconcile, unseenBy } from './quorum-read.ts';
import { quorumMet, quorumReport, type ReplicaSet } from './quorum.ts';
import type { StoreContext } from './store-context.ts';
import { targetsOf, type Targets } from './targets.ts';
import { writeBack } from './write-back.ts';

/** What was asked, and of whom by the map of the time. */
interface Request extends AskedChange {
  readonly targets: Targets;
  /** The coordinator by the map before, while its answer matters. */
  readonly coordinatorBefore: Peer | undefined;
}

interface Coordinated {
  readonly request: Request;
  readonly gathered: Gathered;
  readonly coordinator: Peer;
  readonly outcome: NodeChange;
}

/** The result of a change, to be sent to its owners. */
interface Write extends Pick<AskedChange, 'key' | 'options'> {
  readonly text: RecordText;
}

/** Who holds the result of a change, and who should. */
interface Spread {
  readonly targets: Targets;
  readonly holders: ReadonlySet<string>;
}

/** A little longer than a node waits for the fate of a draft. */
const DRAFTS_WAIT_MS = 600;

/** How often a change is begun, each time with whoever answers then and under the newest map. */
const ATTEMPTS_MAX = 5;

/** How often a change is sent on, each time to the owners by a newer map. */
const SPREADS_MAX = 10;

/** Changes keys. */
export class CoordinatedWriter {
  readonly #context: StoreContext;
  readonly #drafts: DraftWriter;

  /** @param name of this process of a gateway; no other has the same */
  constructor(context: StoreContext, name: string) {
    this.#context = context;
    this.#drafts = new DraftWriter(context, name);
  }

  /** Makes a change; when it resolves a write quorum has the result on disk, or the report says degraded. @throws StoreError */
  async change(key: string, change: Change, options: StoreOptions): Promise<ChangeResult> {
    const progress: ChangeProgress = { maybeDone: false, failures: [] };
    try {
      const draft = await this.#drafts.change({ key, change, options }, progress);
      if (draft !== undefined) {
        progress.maybeDone = true;
        const write = { key, options, text: draft.record };
        const spread = draft.holders.size > 0 ? draft : await this.#writeOn(write, draft);
        return acknowledged(
          options,
          { type: 'applied', record: draft.record },
          await this.#followMap(write, spread),
          true,
        );
      }
      const { request, gathered, coordinator, outcome } = await this.#readAndCoordinate(
        { key, change, options },
        progress,
      );
      if (outcome.type === 'refused') {
        // A coordinator before this one may have made it, and then it was refused for that very reason.
        if (progress.maybeDone) throw new StoreError('OUTCOME_UNKNOWN', outcome.detail);
        const quorum = quorumReport(request.targets.readSets, gathered.complete);
        return { ...outcome, record: decodeRecord(outcome.record), quorum };
      }
      progress.maybeDone = true;
      const write = { key, options, text: outcome.record };
      const spread = await this.#writeOn(write, { targets: request.targets, holders: new Set([coordinator.id]) });
      return acknowledged(options, outcome, await this.#followMap(write, spread), gathered.met);
    } catch (error) {
      if (!(error instanceof StoreError) || !progress.maybeDone) throw error;
      // Whatever kept it from going on, the client must not be told that nothing was changed.
      const message = `the change was sent: ${[...progress.failures, error.message].join('; ')}`;
      throw new StoreError('OUTCOME_UNKNOWN', message);
    }
  }

  async #readAndCoordinate(asked: AskedChange, progress: ChangeProgress): Promise<Coordinated> {
    for (let attempt = 1; ; attempt += 1) {
      const coordinatorBefore = this.#context.handover.coordinatorBefore(asked.key);
      const request = { ...asked, targets: this.#targets(asked), coordinatorBefore };
      refuseIfTooFewAreUp(request);
      const gathered = await this.#gatherContexts(request);
      refuseIfTooFewAnswered(request, gathered);
      const made = madeByDraft(request, gathered, progress);
      if (made !== undefined) return made;
      try {
        return await this.#coordinate(request, gathered, progress);
      } catch (error) {
        if (!(error instanceof OutdatedError)) throw error;
        progress.failures.push(error.message);
        if (attempt === ATTEMPTS_MAX) throw noCoordinator(progress);
      }
    }
  }

  #targets({ key, options }: Pick<AskedChange, 'key' | 'options'>): Targets {
    return targetsOf(key, this.#context.map(), this.#context.peers, options);
  }

  #gatherContexts(request: Request): Promise<Gathered> {
    const { targets, coordinatorBefore } = request;
    return coordinatorBefore === undefined
      ? this.#gather(request, targets.readSets)
      : this.#gatherWith(coordinatorBefore, request);
  }

  async #gatherWith(coordinatorBefore: Peer, request: Request): Promise<Gathered> {
    const { readSets } = request.targets;
    const gathered = await this.#gather(request, [...readSets, { nodes: [coordinatorBefore.id], required: 1 }]);
    return { ...gathered, met: quorumMet(readSets, gathered.complete) };
  }

  #gather(request: Request, sets: readonly ReplicaSet[]): Promise<Gathered> {
    const { clock, metrics } = this.#context;
    return gather({
      key: request.key,
      requestId: request.options.requestId,
      clock,
      peers: peersToRead(request),
      sets,
      firstDetail: 'context',
      awaitsDraftsMs: DRAFTS_WAIT_MS,
      // The write itself brings every replica up to date: no need to look at more than a quorum.
      isWatched: () => false,
      onHedge: () => metrics.hedged(),
      onLate: () => {},
    });
  }

  /**
   * Has the change applied by the first replica that can. A coordinator that fails midway may have
   * applied it: going on with the next is harmless where values merge by maximum and minimum.
   */
  async #coordinate(request: Request, gathered: Gathered, progress: ChangeProgress): Promise<Coordinated> {
    const { key, change, options } = request;
    for (const coordinator of this.#coordinators(request, gathered)) {
      const ahead = unseenBy(gathered.answers.get(coordinator.id)?.context, gathered.answers);
      const base = ahead.length === 0 ? undefined : await this.#base(request, ahead);
      try {
        const asRead = { base, madeUnder: request.targets.epoch };
        const outcome = await coordinator.client.change(key, change, asRead, options.requestId);
        return { request, gathered, coordinator, outcome };
      } catch (error) {
        if (!(error instanceof NodeCallError)) throw error;
        // Begun anew after it may have been made, a change would be made on top of itself.
        if (error.code === 'STALE_EPOCH' && !progress.maybeDone) throw new OutdatedError(error.message);
        if (error.code === 'DRAFTED' && !progress.maybeDone) {
          // Once its fate is known the node drafts nothing of the key for a while.
          await this.#gather(request, [{ nodes: [coordinator.id], required: 1 }]);
          throw new OutdatedError(error.message);
        }
        progress.maybeDone ||= error.maybeDone;
        progress.failures.push(`${coordinator.id}: ${error.code} ${error.message}`);
        this.#context.metrics.coordinatorFallback();
        // Of one that misses writes anyway (its disk is full, say) there was a warning already.
        const level = this.#context.missedWrites.isMissing(coordinator.id) ? 'debug' : 'warn';
        this.#context.logger[level](
          { key, requestId: options.requestId, node: coordinator.id, code: error.code },
          'a coordinator failed, going on with the next replica',
        );
      }
    }
    throw noCoordinator(progress);
  }

  /** Live replicas in the order of placement; those that did not answer the read come last. */
  #coordinators({ targets }: Request, { failures }: Gathered): readonly Peer[] {
    if (failures.size === 0) return targets.peers;
    const sound = targets.peers.filter(({ id }) => !failures.has(id));
    const doubtful = targets.peers.filter(({ id }) => failures.has(id));
    return [...sound, ...doubtful];
  }

  /** What the coordinator must merge first: the records of replicas that know more than it does. */
  async #base(request: Request, ahead: readonly string[]): Promise<RecordText> {
    const { key, options } = request;
    const records = new Map<string, RecordText | undefined>();
    const fetchOne = async (peer: Peer) => {
      records.set(peer.id, (await askReplica(peer, key, 'record', options.requestId)).record);
    };
    try {
      await Promise.all(
        peersToRead(request)
          .filter(({ id }) => ahead.includes(id))
          .map(fetchOne),
      );
    } catch (error) {
      throw new OutdatedError(`a replica that knew more than the others stopped answering: ${String(error)}`);
    }
    return encodeRecord(reconcile(records).merged);
  }

  /** Sends the record to the owners that do not hold it yet; resolves once a write quorum does, or no more can be had. */
  async #writeOn({ key, options, text }: Write, { targets, holders }: Spread): Promise<Spread> {
    const toAll = !enoughUp(targets);
    const held = await writeBack(this.#context, {
      key,
      text,
      requestId: options.requestId,
      peers: targets.peers.filter(({ id, up }) => !holders.has(id) && (up || toAll)),
      sets: targets.writeSets,
      owners: targets.nodes,
      holders: [...holders],
    });
    return { targets, holders: held };
  }

  /** Sends the record on until those who hold it are owners by the newest map. @throws StoreError when that never stays the same */
  async #followMap(write: Write, first: Spread): Promise<Spread> {
    let spread = first;
    for (let count = 1; count <= SPREADS_MAX; count += 1) {
      if (this.#context.map()?.epoch === spread.targets.epoch) return spread;
      spread = await this.#writeOn(write, { ...spread, targets: this.#targets(write) });
    }
    throw new StoreError('OUTCOME_UNKNOWN', 'the cluster map changes all the time');
  }
}

/** What the client is told. @throws StoreError when it wants a quorum, and too few hold the result */
function acknowledged(
  options: StoreOptions,
  outcome: Exclude<NodeChange, { type: 'refused' }>,
  { targets, holders }: Spread,
  wasQuorumRead: boolean,
): ChangeResult {
  const quorum = quorumReport(targets.writeSets, holders);
  if (quorum.degraded && options.strict === true) {
    const { answered, replicas } = quorum;
    const message = `the change is on disk on ${answered} of ${replicas} replicas only, and will spread from there`;
    throw new StoreError('OUTCOME_UNKNOWN', message);
  }
  // A change made on what too few replicas told may have missed a write, however many have it on disk now.
  return {
    type: outcome.type,
    record: decodeRecord(outcome.record),
    quorum: wasQuorumRead ? quorum : { ...quorum, degraded: true },
  };
}

/** What a draft came to that a replica holds after all: made once more, it would be made on top of itself. */
function madeByDraft(request: Request, gathered: Gathered, { drafted }: ChangeProgress): Coordinated | undefined {
  if (drafted === undefined) return undefined;
  const own = contextTextOf(drafted);
  const holder = peersToRead(request).find(({ id }) => {
    const context = gathered.answers.get(id)?.context;
    return context !== undefined && ['equal', 'before'].includes(compareContextTexts(own, context));
  });
  if (holder === undefined) return undefined;
  return { request, gathered, coordinator: holder, outcome: { type: 'applied', record: drafted } };
}

/** Whom to ask what they hold, in this order. */
function peersToRead({ targets, coordinatorBefore }: Request): readonly Peer[] {
  if (coordinatorBefore === undefined) return targets.peers;
  return [coordinatorBefore, ...targets.peers.filter(({ id }) => id !== coordinatorBefore.id)];
}

/** What the quorum read told is no longer good to go on from: a replica that knew more is gone, or the map is another. */
class OutdatedError extends Error {}

/** With `strict`, a write that cannot reach its quorum is refused before anything is changed. */
function refuseIfTooFewAreUp({ targets, options }: Request): void {
  if (options.strict !== true || enoughUp(targets)) return;
  const up = targets.peers.filter((peer) => peer.up).length;
  throw new StoreError('QUORUM_NOT_MET', `${up} of ${targets.nodes.length} replicas are up; nothing was changed`);
}

function refuseIfTooFewAnswered({ targets, options }: Request, { met, answers, complete, failures }: Gathered): void {
  if (met || (options.strict !== true && answers.size > 0)) return;
  const { answered, replicas } = quorumReport(targets.readSets, complete);
  const reasons = [...failures].map(([node, reason]) => `${node}: ${reason}`).join('; ');
  const message = `${answered} of ${replicas} replicas answered, nothing was changed: ${reasons}`;
  throw new StoreError(answers.size === 0 ? 'NO_REPLICA' : 'QUORUM_NOT_MET', message);
}

function enoughUp({ peers, writeSets }: Targets): boolean {
  return quorumMet(writeSets, { has: (id) => peers.some((peer) => peer.up && peer.id === id) });
}

function noCoordinator({ failures }: ChangeProgress): StoreError {
  const reasons = failures.join('; ');
  if (failures.some((failure) => failure.includes('READ_ONLY'))) {
    return new StoreError('READ_ONLY', `no replica could take the write: ${reasons}`);
  }
  return new StoreError('NO_REPLICA', `no replica took the write: ${reasons}`);
}
