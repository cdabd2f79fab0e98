/*
 * An engine in memory, for tests of what stands around it: records and changes as they really are, no disk.
 * Switches let a test make it read-only, broken or slow.
 */
import type { AcceptResult, AdoptOutcome, PrepareResult, WithdrawOutcome } from '@trolley/cluster';
import type { Ballot, Change, ChangeOutcome, Proposal, RecordText } from '@trolley/records';
import {
  accept,
  applyChange,
  comparableText,
  compareContextTexts,
  contextTextOf,
  decodeRecord,
  decodeRegister,
  emptyRecord,
  emptyRegister,
  encodeRecord,
  encodeRegister,
  isRegisterText,
  isTombstoneText,
  merge,
  mergeTexts,
  prepare,
  promisedCounterOf,
} from '@trolley/records';
import { placementGroupOf, type ClusterMap } from '@trolley/crush';
import {
  BallotReusedError,
  ReadOnlyError,
  type Engine,
  type EngineStatistics,
  type Presence,
  type RecoveryReport,
  type TombstoneWait,
} from '../engine.ts';
import { HashTree, leafOf, type TreePath } from '../storage/hash-tree.ts';
import { HintLedger } from '../storage/hint-ledger.ts';

const NOTHING_RECOVERED: RecoveryReport = {
  records: 0,
  journalEntries: 0,
  tornBytes: 0,
  setAside: [],
  doubts: [],
  incompleteGroups: [],
  asOfMs: undefined,
  tookMs: 0,
};

/** The engine; tests read and set its fields. */
export class FakeEngine implements Engine {
  readonly nodeId: string;
  readonly actor: string;
  /** Placement groups that it counts in; tests set it to those of their map. */
  pgCount = 16;
  readonly recovery: RecoveryReport;
  incompleteGroups: ReadonlySet<number>;
  /** The groups that were marked complete. */
  readonly completed: number[] = [];
  readonly records = new Map<string, RecordText>();
  /** Every key that was changed or merged, in the order of the calls. */
  readonly calls: string[] = [];
  readOnlyReason: string | undefined;
  /** Thrown by the next calls when set. */
  failure: Error | undefined;
  /** What every call waits for before it answers. */
  pause: Promise<void> = Promise.resolve();
  /** Calls that have begun. */
  started = 0;
  incomplete = false;
  closed = false;
  rememberedEpoch = 0;
  rememberedMap: ClusterMap | undefined;
  checkpoints = 0;
  lastPresence: Presence | undefined;
  /** The groups that were set aside, call by call. */
  readonly setAsides: (readonly number[])[] = [];
  /** What the node noted of its taking part. */
  readonly presences: Presence[] = [];
  readonly tombstoneWaits: TombstoneWait[] = [];
  readonly hints = new HintLedger(1_000, (key) => this.#groupOf(key));
  readonly #dropsMs = new Map<number, number>();

  constructor(nodeId = 'node-a', incompleteGroups: readonly number[] = []) {
    this.nodeId = nodeId;
    this.recovery = { ...NOTHING_RECOVERED, incompleteGroups };
    this.incompleteGroups = new Set(incompleteGroups);
    this.actor = `${nodeId}.000001`;
  }

  get statistics(): EngineStatistics {
    return {
      records: this.records.size,
      bytes: [...this.records].reduce((sum, [key, text]) => sum + key.length + text.length, 0),
      journalBytes: 0,
      commits: this.calls.length,
      committedEntries: this.calls.length,
      checkpoints: this.checkpoints,
      readOnlyReason: this.readOnlyReason,
    };
  }

  async readRecord(key: string) {
    await this.#before();
    return { value: this.records.get(key), incomplete: this.incomplete };
  }

  readSettled() {
    return undefined;
  }

  async readContext(key: string) {
    await this.#before();
    const text = this.records.get(key);
    return { value: text === undefined ? undefined : contextTextOf(text), incomplete: this.incomplete };
  }

  async change(key: string, change: Change, base: RecordText | undefined): Promise<ChangeOutcome<RecordText>> {
    this.#checkWritable();
    const before = merge(this.#record(key), base === undefined ? emptyRecord : decodeRecord(base));
    const outcome = applyChange(before, change, { actor: this.actor, nowMs: 0 });
    const text = encodeRecord(outcome.record);
    if (outcome.type === 'applied') {
      this.calls.push(key);
      this.records.set(key, text);
    }
    await this.#before();
    return { ...outcome, record: text };
  }

  async merge(key: string, record: RecordText): Promise<boolean> {
    this.#checkWritable();
    const text = mergeTexts(this.records.get(key), record, this.#floorOf(key));
    const changed = text !== this.records.get(key);
    if (changed) {
      this.calls.push(key);
      this.records.set(key, text);
    }
    await this.#before();
    return changed;
  }

  draft(): undefined {
    return undefined;
  }

  async adopt(key: string, draft: RecordText): Promise<AdoptOutcome> {
    const held = this.records.get(key) ?? encodeRecord(emptyRecord);
    const order = compareContextTexts(contextTextOf(held), contextTextOf(draft));
    if (order === 'concurrent' || this.incomplete) return 'refused';
    return (await this.merge(key, draft)) ? 'adopted' : 'held';
  }

  async withdraw(): Promise<WithdrawOutcome> {
    return { type: 'withdrawn' };
  }

  closeDrafts(): boolean {
    return false;
  }

  async prepare(key: string, ballot: Ballot): Promise<PrepareResult> {
    this.#checkWritable();
    const register = this.#register(key);
    const outcome = prepare(register, ballot, this.#floorOf(key));
    if (outcome.type === 'promised') this.records.set(key, encodeRegister(outcome.register));
    await this.#before();
    if (outcome.type === 'outbid') return outcome;
    return { type: 'promised', accepted: register.accepted[0] === 0 ? null : register.accepted, value: register.value };
  }

  async accept(key: string, proposal: Proposal): Promise<AcceptResult> {
    this.#checkWritable();
    const outcome = accept(this.#register(key), proposal, this.#floorOf(key));
    if (outcome.type === 'ballot-reused') throw new BallotReusedError(key);
    if (outcome.type === 'accepted') this.records.set(key, encodeRegister(outcome.register));
    await this.#before();
    return outcome.type === 'outbid' ? outcome : { type: 'accepted' };
  }

  async scan(prefix: string, after: string | undefined, limit: number) {
    await this.#before();
    const keys = [...this.records.keys()]
      .filter((key) => key.startsWith(prefix) && key > (after ?? ''))
      .toSorted(byCodeUnit);
    const entries = keys.slice(0, limit).map((key) => [key, this.records.get(key) ?? ''] as const);
    return { entries, more: keys.length > limit };
  }

  /** Keeps every call from answering until the function that it returns is called. */
  hold(): () => void {
    const waiting: (() => void)[] = [];
    this.pause = new Promise((resolve) => {
      waiting.push(resolve);
    });
    return () => waiting.forEach((resolve) => resolve());
  }

  async markComplete(placementGroups: readonly number[]): Promise<void> {
    this.completed.push(...placementGroups);
    this.incompleteGroups = new Set([...this.incompleteGroups].filter((pg) => !placementGroups.includes(pg)));
    this.incomplete = false;
  }

  async markIncomplete(placementGroups: readonly number[]): Promise<void> {
    this.incompleteGroups = new Set([...this.incompleteGroups, ...placementGroups]);
  }

  async notePresence(presence: Presence): Promise<void> {
    this.presences.push(presence);
  }

  votelessGroups: ReadonlySet<number> = new Set();
  readonly floors = new Map<number, number>();

  get highestPromises(): readonly (readonly [pg: number, counter: number])[] {
    const registers = [...this.records].filter(([, text]) => isRegisterText(text));
    const promised = registers.map(([key, text]) => [this.#groupOf(key), promisedCounterOf(text)] as const);
    const highest = new Map(this.floors);
    for (const [pg, counter] of promised) highest.set(pg, Math.max(counter, highest.get(pg) ?? 0));
    return [...highest];
  }

  async raiseBallotFloors(counters: readonly (readonly [pg: number, counter: number])[]): Promise<void> {
    for (const [pg, counter] of counters) this.floors.set(pg, Math.max(counter, this.floors.get(pg) ?? 0));
  }

  async regainVotes(counters: readonly (readonly [pg: number, counter: number])[]): Promise<void> {
    const regained = new Map(counters);
    this.votelessGroups = new Set([...this.votelessGroups].filter((pg) => !regained.has(pg)));
    await this.raiseBallotFloors(counters);
  }

  digest(pg: number) {
    return this.#tree(pg).root;
  }

  digestChildren(pg: number, path: TreePath) {
    return this.#tree(pg).children(path);
  }

  async entriesUnder(pg: number, paths: readonly TreePath[], after: string | undefined, limit: number) {
    const all = this.#recordsOf(pg)
      .filter(([key]) => paths.some((path) => leafOf(key).startsWith(path)) && key > (after ?? ''))
      .toSorted(([a], [b]) => byCodeUnit(a, b))
      .map(([key, text]) => [key, contextTextOf(text)] as const);
    return { entries: all.slice(0, limit), more: all.length > limit };
  }

  tombstones(pg: number): ReadonlySet<string> {
    return new Set(
      this.#recordsOf(pg)
        .filter(([, text]) => isTombstoneText(text))
        .map(([key]) => key),
    );
  }

  get barePromises(): ReadonlySet<string> {
    return new Set([...this.records].filter(([, text]) => comparableText(text) === undefined).map(([key]) => key));
  }

  takeTombstoneWaits(): readonly TombstoneWait[] {
    return this.tombstoneWaits.splice(0);
  }

  async noteTombstoneWaits(waits: Iterable<TombstoneWait>): Promise<void> {
    this.tombstoneWaits.splice(0, Infinity, ...waits);
  }

  get tombstoneDrops(): readonly (readonly [pg: number, atMs: number])[] {
    return [...this.#dropsMs];
  }

  async noteTombstoneDrops(drops: Iterable<readonly [pg: number, atMs: number]>): Promise<void> {
    for (const [pg, atMs] of drops) this.#dropsMs.set(pg, Math.max(atMs, this.#dropsMs.get(pg) ?? 0));
  }

  async dropRecords(
    records: Iterable<readonly [key: string, record: RecordText]>,
    mayDrop: () => boolean = () => true,
  ): Promise<number> {
    const held = [...records].filter(([key, text]) => this.records.get(key) === text && mayDrop());
    for (const [key] of held) this.records.delete(key);
    return held.length;
  }

  async setAside(placementGroups: readonly number[]): Promise<string> {
    this.setAsides.push(placementGroups);
    return '/set-aside';
  }

  async addHints(node: string, keys: readonly string[]): Promise<void> {
    this.hints.add(node, keys);
    this.#checkWritable();
  }

  async rememberEpoch(epoch: number): Promise<void> {
    this.#checkWritable();
    this.rememberedEpoch = Math.max(epoch, this.rememberedEpoch);
  }

  async rememberMap(map: ClusterMap): Promise<void> {
    this.#checkWritable();
    this.rememberedMap = map;
  }

  async checkpoint(): Promise<void> {
    this.checkpoints += 1;
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  #groupOf(key: string): number {
    return placementGroupOf(key, this.pgCount);
  }

  #recordsOf(pg: number): (readonly [key: string, text: RecordText])[] {
    return [...this.records].filter(([key]) => this.#groupOf(key) === pg);
  }

  #tree(pg: number): HashTree {
    const tree = new HashTree();
    for (const [key, text] of this.#recordsOf(pg)) tree.add(key, comparableText(text) ?? '');
    return tree;
  }

  #record(key: string) {
    const text = this.records.get(key);
    return text === undefined ? emptyRecord : decodeRecord(text);
  }

  #floorOf(key: string): number {
    return this.floors.get(this.#groupOf(key)) ?? 0;
  }

  #register(key: string) {
    const text = this.records.get(key);
    return text === undefined ? emptyRegister : decodeRegister(text);
  }

  #checkWritable(): void {
    if (this.readOnlyReason !== undefined) {
      throw new ReadOnlyError(this.readOnlyReason);
    }
  }

  async #before(): Promise<void> {
    this.started += 1;
    await this.pause;
    if (this.failure !== undefined) {
      throw this.failure;
    }
  }
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
