/*
 * What clients saw of registers, and whether registers that keep their promises can have shown it: the history of each
 * is linearizable, no change is made twice, none that was said not to be made is made, and nobody is told two results.
 *
 * What a register is made to hold names the change that put it there, and the one before: whatever is read tells.
 */
import type { RegisterValue } from '../../packages/gateway/src/registers.ts';
import { checkRegister, type Held, type RegisterAction, type RegisterOperation } from '../support/register-model.ts';

/** What a register holds; null when it is free. */
export type Claim = { readonly token: string; readonly after: Held } | null;

/** An operation under way. */
export interface Begun {
  readonly key: string;
  readonly action: RegisterAction;
  readonly calledAt: number;
}

/** Collects what was seen. Time is the order in which it was told of it. */
export class ClaimHistory {
  readonly #operations = new Map<string, RegisterOperation[]>();
  readonly #violations: string[] = [];
  /** What each change was seen to follow. */
  readonly #before = new Map<string, Held>();
  #now = 0;
  /** Operations whose result is known. */
  known = 0;
  /** Changes of which nobody knows whether they were made. */
  unknown = 0;

  /** To be called before the operation is asked for. */
  begin(key: string, action: RegisterAction): Begun {
    return { key, action, calledAt: this.#next() };
  }

  /** Somebody was told what the register held. More than once for one operation, if it was asked for more than once. */
  returned({ key, action, calledAt }: Begun, found: Claim): void {
    this.known += 1;
    if (found !== null) this.#saw(found);
    const result = { found: found?.token ?? null };
    this.#list(key).push({ action, calledAt, returnedAt: this.#next(), result });
  }

  /** Nobody knows whether the change was made, or will be. */
  lost({ key, action, calledAt }: Begun): void {
    this.unknown += 1;
    this.#list(key).push({ action, calledAt, returnedAt: Infinity, result: undefined });
  }

  violated(what: string): void {
    this.#violations.push(what);
  }

  /** Every broken promise, in words. */
  get violations(): readonly string[] {
    return [...this.#violations, ...[...this.#operations].flatMap(([key, operations]) => judge(key, operations))];
  }

  #saw({ token, after }: Exclude<Claim, null>): void {
    const before = this.#before.get(token);
    if (before !== undefined && before !== after) this.violated(`${token} was made after ${before} and after ${after}`);
    this.#before.set(token, after);
  }

  #list(key: string): RegisterOperation[] {
    const list = this.#operations.get(key) ?? [];
    this.#operations.set(key, list);
    return list;
  }

  #next(): number {
    this.#now += 1;
    return this.#now;
  }
}

function judge(key: string, operations: readonly RegisterOperation[]): readonly string[] {
  const verdict = checkRegister(operations);
  switch (verdict.type) {
    case 'linearizable':
      return [];
    case 'refused':
      return [`nothing that ${key} can have done explains ${JSON.stringify(verdict.stuckAt)}`];
    case 'undecided':
      return [`the history of ${key} takes too long to check`];
    default:
      return verdict satisfies never;
  }
}

/** @throws Error when it is not what clients put into registers */
export function claimOf(value: RegisterValue): Claim {
  if (value === null) return null;
  if (typeof value === 'object' && 'token' in value && 'after' in value) {
    const { token, after } = value;
    if (typeof token === 'string' && (after === null || typeof after === 'string')) return { token, after };
  }
  throw new Error(`${JSON.stringify(value)} is in a register and nobody put it there`);
}
