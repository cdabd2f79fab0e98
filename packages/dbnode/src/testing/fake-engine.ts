/*
 * An engine in memory, for tests of what stands around it: records and changes as they really are, no disk.
 * Switches let a test make it read-only, broken or slow.
 */
import type { Change, ChangeOutcome, RecordText } from '@trolley/records';
import { applyChange, contextTextOf, decodeRecord, emptyRecord, encodeRecord, merge } from '@trolley/records';
import { ReadOnlyError, type Engine, type EngineStatistics, type RecoveryReport } from '../engine.ts';

const NOTHING_RECOVERED: RecoveryReport = {
  records: 0,
  journalEntries: 0,
  tornBytes: 0,
  setAside: [],
  doubts: [],
  incompleteGroups: [],
  tookMs: 0,
};

/** The engine; tests read and set its fields. */
export class FakeEngine implements Engine {
  readonly nodeId: string;
  readonly actor: string;
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
  checkpoints = 0;

  constructor(nodeId = 'node-a', incompleteGroups: readonly number[] = []) {
    this.nodeId = nodeId;
    this.recovery = { ...NOTHING_RECOVERED, incompleteGroups };
    this.incompleteGroups = new Set(incompleteGroups);
    this.actor = `${nodeId}.000001`;
  }

  get statistics(): EngineStatistics {
    return {
      records: this.records.size,
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
    const text = encodeRecord(merge(this.#record(key), decodeRecord(record)));
    const changed = text !== this.records.get(key);
    if (changed) {
      this.calls.push(key);
      this.records.set(key, text);
    }
    await this.#before();
    return changed;
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

  async rememberEpoch(epoch: number): Promise<void> {
    this.#checkWritable();
    this.rememberedEpoch = Math.max(epoch, this.rememberedEpoch);
  }

  async checkpoint(): Promise<void> {
    this.checkpoints += 1;
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  #record(key: string) {
    const text = this.records.get(key);
    return text === undefined ? emptyRecord : decodeRecord(text);
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
