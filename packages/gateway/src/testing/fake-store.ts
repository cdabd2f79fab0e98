/*
 * A store in memory for tests of the API: one copy of each record, changed as a node would. It can be told
 * to fail, to be slow and to be degraded, and remembers what it was asked.
 */
import { applyChange, emptyRecord, encodeRecord, mergeTexts, type CausalRecord, type Change } from '@trolley/records';
import type {
  ChangeResult,
  KeyLocation,
  ListResult,
  QuorumReport,
  ReadResult,
  Store,
  StoreError,
  StoreOptions,
} from '../store.ts';

/** One call of the store. */
export interface StoreCall {
  readonly method: 'read' | 'change' | 'list' | 'where';
  readonly key: string;
  readonly options: StoreOptions;
  readonly change?: Change;
}

export class FakeStore implements Store {
  readonly records = new Map<string, CausalRecord>();
  readonly calls: StoreCall[] = [];
  quorum: QuorumReport = { answered: 2, replicas: 3, degraded: false };
  location: Partial<KeyLocation> = {};
  /** When it returns an error, the call fails with it. */
  failure: (call: StoreCall) => StoreError | undefined = () => undefined;
  /** Reads wait for this. */
  gate: Promise<void> | undefined;
  nowMs = 1_000_000;

  async read(key: string, options: StoreOptions): Promise<ReadResult> {
    this.#note({ method: 'read', key, options });
    await this.gate;
    return { record: this.#recordOf(key), quorum: this.quorum };
  }

  async change(key: string, change: Change, options: StoreOptions): Promise<ChangeResult> {
    this.#note({ method: 'change', key, options, change });
    const outcome = applyChange(this.#recordOf(key), change, { actor: 'fake', nowMs: this.nowMs });
    if (outcome.type === 'applied') this.records.set(key, outcome.record);
    return { ...outcome, quorum: this.quorum };
  }

  async list(
    prefix: string,
    { after, limit }: { readonly after: string | undefined; readonly limit: number },
    options: StoreOptions,
  ): Promise<ListResult> {
    this.#note({ method: 'list', key: prefix, options });
    const keys = [...this.records.keys()].filter((key) => key.startsWith(prefix) && key > (after ?? '')).toSorted();
    const listed = keys.slice(0, limit);
    const entries = listed.map((key) => ({ key, record: this.#recordOf(key) }));
    return { entries, next: keys.length > limit ? listed.at(-1) : undefined, quorum: this.quorum };
  }

  async where(key: string, options: StoreOptions): Promise<KeyLocation> {
    this.#note({ method: 'where', key, options });
    const { replicas = [] } = this.location;
    const texts = replicas.map(({ text }) => text).filter((text) => text !== undefined);
    const merged = texts.reduce((all, text) => mergeTexts(all, text, 0), texts[0] ?? encodeRecord(emptyRecord));
    return { key, placementGroup: 7, epoch: 3, replicas, merged, ...this.location };
  }

  /** How often a method was called. */
  count(method: StoreCall['method']): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  #note(call: StoreCall): void {
    this.calls.push(call);
    const error = this.failure(call);
    if (error !== undefined) throw error;
  }

  #recordOf(key: string): CausalRecord {
    return this.records.get(key) ?? emptyRecord;
  }
}
