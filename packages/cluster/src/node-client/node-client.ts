/*
 * One node as a gateway or another node calls it: typed operations, batched in two lanes. Reads do not
 * wait behind durable writes, which take as long as a disk takes.
 */
import { parseClusterMap, type ClusterMap } from '@trolley/crush';
import type { Ballot, Change, Proposal, RecordText } from '@trolley/records';
import type {
  Batch,
  BatchReply,
  NodeOperation,
  NodeResult,
  WithdrawnDraft,
  WithdrawOutcome,
} from '../node-protocol.ts';
import type { AcceptResult, PrepareResult } from '../register-protocol.ts';
import type {
  GroupsComparison,
  HighestPromises,
  ListedEntries,
  NodeStatus,
  RepairRun,
  TombstoneDrops,
} from '../repair-protocol.ts';
import { BatchLane, type LaneCall, type LaneResult } from './batch-lane.ts';
import { LatencyWindow } from './latency-window.ts';
import type { BatchOutcome, Lane, NodeClientOptions } from './node-client-options.ts';
import { NodeTime } from './node-time.ts';
import { NodeCallError, type NodeAddress } from './node-transport.ts';
import {
  adoptedOf,
  asIs,
  changedOf,
  changeOf,
  draftOf,
  readOf,
  unexpected,
  withdrawnOf,
  type NodeChange,
  type NodeRead,
} from './node-results.ts';
import { isOfUseLate, isRepeatable } from './repeatable.ts';
import { sendUnderNewestMap } from './send-under-newest-map.ts';

/** A page of a node's records, ordered by key. */
export interface NodeScan {
  readonly entries: readonly (readonly [key: string, record: RecordText])[];
  readonly more: boolean;
  /** Placement groups of which the node may lack what it once acknowledged; absent when there are none. */
  readonly incompleteGroups?: readonly number[];
}

const BATCH_OPERATIONS_MAX = 1_000;
const QUEUE_MAX = 20_000;
const INITIAL_LATENCY_MS = 100;

/** Calls one node. Every method rejects with a NodeCallError, and always within the time. */
export class NodeClient {
  readonly nodeId: string;
  readonly address: NodeAddress;
  readonly #options: NodeClientOptions;
  readonly #lanes: Record<Lane, BatchLane>;
  readonly #latency = new LatencyWindow(INITIAL_LATENCY_MS);
  readonly #nodeTime: NodeTime;
  /** One for all reads. */
  readonly #timedRead = (result: NodeResult, tookMs: number): NodeRead => {
    this.#latency.record(tookMs);
    return readOf(result);
  };
  #failing = false;

  constructor(options: NodeClientOptions) {
    this.#nodeTime = new NodeTime(options.clock);
    this.nodeId = options.nodeId;
    this.address = options.address;
    this.#options = options;
    this.#lanes = { read: this.#lane('read'), write: this.#lane('write') };
  }

  /** Whether the last batch brought no answer. Such a node is asked last, and never waited for if others will do. */
  get failing(): boolean {
    return this.#failing;
  }

  /** The latency that 99 of 100 recent reads stayed under, in milliseconds. */
  get readP99Ms(): number {
    return this.#latency.p99Ms;
  }

  /** The whole record under the key, or its context only. */
  read(key: string, detail: 'record' | 'context', requestId: string | undefined): Promise<NodeRead> {
    return this.#lanes.read.call({ type: 'read', key, detail, requestId }, undefined, this.#timedRead);
  }

  /**
   * Applies a change, after merging `base`; resolves once the outcome is on the node's disk.
   *
   * @param madeUnder the epoch under which base was read; the call fails with STALE_EPOCH, unsent, once there is a newer
   */
  change(
    key: string,
    change: Change,
    { base, madeUnder }: { readonly base: RecordText | undefined; readonly madeUnder: number },
    requestId: string | undefined,
  ): Promise<NodeChange> {
    const operation: NodeOperation = { type: 'change', key, change, base: base ?? null, requestId };
    return this.#lanes.write.call(operation, madeUnder, changeOf);
  }

  /**
   * Has the node draft what a change would make of its record. Nobody holds the draft, this node included, until others have
   * adopted it. Resolves to undefined when the node drafts nothing now.
   *
   * @param id by which it can be withdrawn; no two drafts of a key have the same
   * @param madeUnder the epoch by which the node coordinates; the call fails with STALE_EPOCH, unsent, once there is a newer
   */
  draft(
    key: string,
    id: string,
    change: Change,
    madeUnder: number,
    requestId: string | undefined,
  ): Promise<RecordText | undefined> {
    return this.#lanes.read.call({ type: 'draft', key, id, change, requestId }, madeUnder, draftOf);
  }

  /** Has the node take over another's draft, unless it has seen more or the time is over; resolves to whether its disk holds it. */
  adopt(
    key: string,
    draft: RecordText,
    { withinMs, madeUnder }: { readonly withinMs: number; readonly madeUnder: number },
    requestId: string | undefined,
  ): Promise<boolean> {
    const notAfterMs = this.#nodeTime.notAfter(withinMs);
    // Before the node told its time an offer would have no end.
    if (notAfterMs === undefined) return Promise.resolve(false);
    return this.#lanes.write.call({ type: 'adopt', key, record: draft, notAfterMs, requestId }, madeUnder, adoptedOf);
  }

  /** Has the node give up a draft that nobody adopted; resolves to what became of it. */
  withdraw(key: string, draft: WithdrawnDraft, requestId: string | undefined): Promise<WithdrawOutcome> {
    return this.#lanes.write.call({ type: 'withdraw', key, ...draft, requestId }, undefined, withdrawnOf);
  }

  /**
   * Asks for a promise on a register; resolves once the outcome is on the node's disk.
   *
   * @param madeUnder the epoch whose owners are asked; the call fails with STALE_EPOCH, unsent, once there is a newer
   */
  async prepare(
    key: string,
    ballot: Ballot,
    { madeUnder }: { readonly madeUnder: number },
    requestId: string | undefined,
  ): Promise<PrepareResult> {
    const operation: NodeOperation = { type: 'prepare', key, ballot, requestId };
    const result = await this.#lanes.write.call(operation, madeUnder, asIs);
    if (result.type !== 'promised' && result.type !== 'outbid' && result.type !== 'no-vote') throw unexpected(result);
    return result;
  }

  /**
   * Has a register accept a value; resolves once the outcome is on the node's disk.
   *
   * @param madeUnder the epoch under which the promise was given; the call fails with STALE_EPOCH, unsent, once there is a
   * newer. Of any other failure it is not known whether the value was accepted.
   */
  async accept(
    key: string,
    proposal: Proposal,
    { madeUnder }: { readonly madeUnder: number },
    requestId: string | undefined,
  ): Promise<AcceptResult> {
    const operation: NodeOperation = { type: 'accept', key, ...proposal, requestId };
    const result = await this.#lanes.write.call(operation, madeUnder, asIs);
    if (result.type !== 'accepted' && result.type !== 'outbid' && result.type !== 'no-vote') throw unexpected(result);
    return result;
  }

  /** Merges a record into the node's own; resolves, once that is on its disk, to whether the node learned anything. */
  merge(key: string, record: RecordText, requestId: string | undefined): Promise<boolean> {
    return this.#lanes.write.call({ type: 'merge', key, record, requestId }, this.#boundTo, changedOf);
  }

  /** Up to `limit` records whose keys begin with the prefix and come after `after`. */
  async scan(
    prefix: string,
    after: string | undefined,
    limit: number,
    requestId: string | undefined,
  ): Promise<NodeScan> {
    const result = await this.#lanes.read.call(
      { type: 'scan', prefix, after: after ?? null, limit, requestId },
      undefined,
      asIs,
    );
    if (result.type !== 'scan') throw unexpected(result);
    return result;
  }

  /** How the node is doing, and what happened there after the event with this id (0: since it started). */
  async status(eventsAfter: number): Promise<NodeStatus> {
    const result = await this.#lanes.read.call({ type: 'status', eventsAfter }, undefined, asIs);
    if (result.type !== 'status') throw unexpected(result);
    return result;
  }

  /** Has the node remember, on its disk, that another missed writes to these keys; at most REPAIR_BATCH_MAX. */
  async hint(node: string, keys: readonly string[]): Promise<void> {
    const result = await this.#lanes.write.call({ type: 'hint', node, keys: [...keys] }, undefined, asIs);
    if (result.type !== 'hint') throw unexpected(result);
  }

  /** Compares placement groups, given as runs of first and last, with those of the node that asks. */
  async compareGroups(
    from: string,
    runs: readonly (readonly [first: number, last: number])[],
    digest: string,
  ): Promise<GroupsComparison> {
    const tuples = runs.map(([first, last]): [number, number] => [first, last]);
    const result = await this.#lanes.read.call({ type: 'digest-groups', from, runs: tuples, digest }, undefined, asIs);
    if (result.type !== 'digest-groups') throw unexpected(result);
    return result;
  }

  /** The 16 digests under a node of a placement group's hash tree, with their numbers of records. */
  async digestChildren(group: number, path: string): Promise<readonly (readonly [digest: string, count: number])[]> {
    const result = await this.#lanes.read.call({ type: 'digest-children', group, path }, undefined, asIs);
    if (result.type !== 'digest-children') throw unexpected(result);
    return result.children;
  }

  /** Keys and contexts under nodes of a placement group's hash tree, those after `after`. */
  async digestEntries(group: number, paths: readonly string[], after: string | undefined): Promise<ListedEntries> {
    const result = await this.#lanes.read.call(
      {
        type: 'digest-entries',
        group,
        paths: [...paths],
        after: after ?? null,
      },
      undefined,
      asIs,
    );
    if (result.type !== 'digest-entries') throw unexpected(result);
    return result;
  }

  /** Has the node drop tombstones; resolves to how many it dropped, undefined when it must not drop any now. */
  async drop(
    group: number,
    records: readonly (readonly [key: string, record: RecordText])[],
    atMs: number,
  ): Promise<number | undefined> {
    const tuples = records.map(([key, record]): [string, string] => [key, record]);
    const operation: NodeOperation = { type: 'drop', group, records: tuples, atMs };
    const result = await this.#lanes.write.call(operation, this.#boundTo, asIs);
    if (result.type !== 'drop') throw unexpected(result);
    return result.dropped ?? undefined;
  }

  /** When the node last dropped tombstones of each placement group, and of which it may have forgotten that. */
  async tombstoneDrops(): Promise<TombstoneDrops> {
    const result = await this.#lanes.read.call({ type: 'tombstone-drops' }, undefined, asIs);
    if (result.type !== 'tombstone-drops') throw unexpected(result);
    return result;
  }

  /** Has the node compare with all other replicas now; resolves to the run that began. */
  async beginRepair(requestId: string | undefined): Promise<RepairRun | undefined> {
    return this.#repair(true, requestId);
  }

  /** How the node's latest full comparison is; undefined when there was none since it started. */
  async repairRun(requestId: string | undefined): Promise<RepairRun | undefined> {
    return this.#repair(false, requestId);
  }

  /** How high the promises are that the node made on registers. */
  async highestPromises(): Promise<HighestPromises> {
    const result = await this.#lanes.read.call({ type: 'highest-promises' }, undefined, asIs);
    if (result.type !== 'highest-promises') throw unexpected(result);
    return result;
  }

  /** Asks the node which epochs it knows and is in step with. */
  async ping(): Promise<Pick<BatchReply, 'epoch' | 'epochInForce' | 'syncedEpoch'>> {
    const { nodeId, address, transport, timeoutMs, epoch } = this.#options;
    return transport.send(address, { to: nodeId, epoch: epoch(), operations: [] }, timeoutMs);
  }

  /**
   * As `ping`, and asks for the newest cluster map that the node was told, if it is newer than an epoch: a map is long,
   * and most nodes know what everybody knows. Past the lanes: they would wait for a map as new as the node's, and that
   * may be the very one which is sought.
   */
  async knownMap(
    newerThan: number,
  ): Promise<Pick<BatchReply, 'epoch' | 'syncedEpoch'> & { readonly map: ClusterMap | undefined }> {
    const { nodeId, address, transport, timeoutMs } = this.#options;
    // By no map: the node must not have heard from this question what it says that it has heard of.
    const batch: Batch = { to: nodeId, epoch: 0, operations: [{ type: 'known-map', newerThan }] };
    const reply = await transport.send(address, batch, timeoutMs);
    const [result] = reply.results;
    if (result?.type !== 'known-map') throw unexpected(result);
    const map = result.map === null ? undefined : parseClusterMap(result.map);
    return { epoch: reply.epoch, syncedEpoch: reply.syncedEpoch, map };
  }

  async #repair(begin: boolean, requestId: string | undefined): Promise<RepairRun | undefined> {
    const result = await this.#lanes.read.call({ type: 'repair', begin, requestId }, undefined, asIs);
    if (result.type !== 'repair') throw unexpected(result);
    return result.run ?? undefined;
  }

  /** The epoch that holds for what may not be sent under another map than now; undefined when any will do. */
  get #boundTo(): number | undefined {
    const { isBoundToMap, epoch } = this.#options;
    return isBoundToMap === true ? epoch() : undefined;
  }

  #lane(lane: Lane): BatchLane {
    const { clock, timeoutMs, transport } = this.#options;
    return new BatchLane({
      clock,
      timeoutMs,
      gatherTurns: transport.gatherTurns ?? 1,
      batchOperationsMax: BATCH_OPERATIONS_MAX,
      queueMax: QUEUE_MAX,
      send: (calls) => this.#send(lane, calls),
    });
  }

  async #send(lane: Lane, calls: readonly LaneCall[]): Promise<readonly LaneResult[]> {
    const { nodeId, clock, metrics } = this.#options;
    const startMs = clock.monotonicMs();
    const ended = (outcome: BatchOutcome) =>
      metrics.batchEnded(nodeId, lane, outcome, (clock.monotonicMs() - startMs) / 1_000);
    metrics.batchSent(nodeId, lane, calls.length);
    try {
      const results = await sendUnderNewestMap(calls, {
        ...this.#options,
        send: async (sentUnder, current) => {
          const reply = await this.#sendOnSoundConnection({ to: nodeId, epoch: sentUnder, operations: current });
          this.#failing = false;
          return reply;
        },
      });
      ended('answered');
      return results;
    } catch (error) {
      this.#failing = true;
      ended(error instanceof NodeCallError && error.code === 'TIMEOUT' ? 'timeout' : 'failed');
      throw error;
    }
  }

  /**
   * A connection kept from before the node was restarted breaks on its first use. What may be done twice is
   * sent again, on a new one. So is what was turned away as late although an answer is still awaited.
   */
  async #sendOnSoundConnection(batch: Batch): Promise<BatchReply> {
    try {
      return await this.#sendInTime(batch);
    } catch (error) {
      const code = error instanceof NodeCallError ? error.code : undefined;
      if (code === 'TOO_LATE') this.#nodeTime.forget();
      if (!(code === 'TOO_LATE' ? isOfUseLate(batch) : code === 'CONNECTION_LOST' && isRepeatable(batch))) throw error;
      return this.#sendInTime(batch);
    }
  }

  /** Sends a batch that the node must not carry out once it has been given up here. */
  async #sendInTime(batch: Batch): Promise<BatchReply> {
    const { address, transport, timeoutMs, clock } = this.#options;
    const notAfterMs = this.#nodeTime.after(timeoutMs);
    const sentAtMs = clock.monotonicMs();
    const reply = await transport.send(address, notAfterMs === undefined ? batch : { ...batch, notAfterMs }, timeoutMs);
    if (reply.clockMs !== undefined) this.#nodeTime.learn(sentAtMs, reply.clockMs);
    return reply;
  }
}
