/*
 * Registers in memory for tests: linearizable for each key, with remembered changes, as the real ones are. Calls can
 * be made slow by a seeded number of turns before and after they take effect, and to fail in each of the ways in
 * which real ones can.
 */
import { StoreError } from '../store.ts';
import type {
  Memory,
  RegisterChange,
  RegisterOptions,
  RegisterPage,
  Registers,
  RegisterValue,
  VersionedValue,
} from '../registers.ts';

/** How many changes a register remembers, as real ones do. */
const RECENT_CHANGES_MAX = 32;

interface Cell {
  value: RegisterValue;
  version: number;
  /** Results of recent changes by id, oldest first. */
  recent: Map<string, RegisterValue>;
}

/** One call of the registers. */
export interface RegisterCall {
  readonly method: 'change' | 'read' | 'list';
  readonly key: string;
  readonly changeId?: string;
}

/** How a call goes wrong; `unknown-later` takes effect after the caller was told that it is not known. */
export type RegisterFailure = 'quorum-not-met' | 'unknown-applied' | 'unknown-not-applied' | 'unknown-later';

/** How many turns a late change takes to arrive. */
const LATE_TURNS = 200;

export class FakeRegisters implements Registers {
  readonly cells = new Map<string, Cell>();
  readonly calls: RegisterCall[] = [];
  /** When it returns a failure, the call ends so. */
  failure: (call: RegisterCall) => RegisterFailure | undefined = () => undefined;
  /** Turns that pass before a call takes effect, and again before it is answered. */
  delayTurns: () => number = () => 0;

  async change<T extends RegisterValue>(key: string, change: RegisterChange<T>): Promise<T> {
    const failure = this.#note({ method: 'change', key, changeId: change.id });
    await turns(this.delayTurns());
    if (failure === 'unknown-later') void turns(LATE_TURNS).then(() => this.#apply(key, change));
    if (failure === 'unknown-not-applied' || failure === 'unknown-later') throw outcomeUnknown(key);
    const result = this.#apply(key, change);
    await turns(this.delayTurns());
    if (failure === 'unknown-applied') throw outcomeUnknown(key);
    return result;
  }

  async read(key: string, _options?: RegisterOptions): Promise<VersionedValue> {
    this.#note({ method: 'read', key });
    await turns(this.delayTurns());
    const cell = this.#cellOf(key);
    await turns(this.delayTurns());
    return { value: cell.value, version: cell.version, memory: memoryOf(cell) };
  }

  async list(
    prefix: string,
    { after, limit }: { readonly after: string | undefined; readonly limit: number },
  ): Promise<RegisterPage> {
    this.#note({ method: 'list', key: prefix });
    await turns(this.delayTurns());
    const found = [...this.cells]
      .filter(([key, { value }]) => value !== null && key.startsWith(prefix) && key > (after ?? ''))
      .toSorted(([a], [b]) => (a < b ? -1 : 1));
    const entries = found.slice(0, limit).map(([key, { value, version }]) => ({ key, value, version }));
    return { entries, next: found.length > limit ? entries.at(-1)?.key : undefined };
  }

  /** What a register holds; null when it was never written, or was released. */
  valueOf(key: string): RegisterValue {
    return this.#cellOf(key).value;
  }

  /** How often a method was called. */
  count(method: RegisterCall['method']): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  #note(call: RegisterCall): RegisterFailure | undefined {
    this.calls.push(call);
    const failure = this.failure(call);
    if (failure === 'quorum-not-met') throw new StoreError('QUORUM_NOT_MET', `no majority for ${call.key}`);
    return failure;
  }

  #apply<T extends RegisterValue>(key: string, { id, decide }: RegisterChange<T>): T {
    const cell = this.#cellOf(key);
    // What is remembered under an id is what the same change returned before.
    if (cell.recent.has(id)) return cell.recent.get(id) as T;
    const decision = decide(cell.value, memoryOf(cell));
    if (decision.type === 'keep') return decision.result;
    const value: RegisterValue = JSON.parse(JSON.stringify(decision.value));
    const recent = new Map(cell.recent).set(id, decision.result);
    for (const oldest of recent.keys()) if (recent.size > RECENT_CHANGES_MAX) recent.delete(oldest);
    this.cells.set(key, { value, version: cell.version + 1, recent });
    return decision.result;
  }

  #cellOf(key: string): Cell {
    return this.cells.get(key) ?? { value: null, version: 0, recent: new Map() };
  }
}

function memoryOf({ recent }: Cell): Memory {
  return (id) => recent.get(id);
}

function outcomeUnknown(key: string): StoreError {
  return new StoreError('OUTCOME_UNKNOWN', `no answer about ${key}`);
}

/** Lets so many turns of whatever else is going on pass. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
}
