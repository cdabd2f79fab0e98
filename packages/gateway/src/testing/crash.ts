/*
 * A gateway that dies: its store and its registers work until so many changes were made, and then nothing that it
 * does has any effect. What was under way at that moment still arrives, or does not, as chance has it.
 */
import type { Random } from '@trolley/cluster';
import type { Registers } from '../registers.ts';
import type { Store } from '../store.ts';

/** What a dead gateway's calls end with. */
export class CrashedError extends Error {
  override readonly name = 'CrashedError';
}

/** How long a change is under way. */
const TURNS_UNDER_WAY_MAX = 30;

/** When a gateway dies. */
export interface CrashPlan {
  /** It dies when it has made so many changes, before it hears of the last; Infinity for never. */
  readonly afterChanges: number;
  /** Decides for each change that is under way then whether it still arrives. */
  readonly random: Random;
}

/** The two stores as a gateway sees them that dies by the plan, and whether it did. */
export function mortal(whole: { readonly store: Store; readonly registers: Registers }, plan: CrashPlan) {
  let changes = 0;
  let isDead = false;

  const whileAlive = async <T>(call: () => Promise<T>): Promise<T> => {
    if (isDead) throw new CrashedError();
    const result = await call();
    if (isDead) throw new CrashedError();
    return result;
  };
  const mutation = async <T>(call: () => Promise<T>): Promise<T> => {
    if (isDead) throw new CrashedError();
    // Others may begin and end between the sending and the arrival of this one.
    const turns = Math.floor(plan.random() * TURNS_UNDER_WAY_MAX);
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    if (isDead && plan.random() < 0.5) throw new CrashedError();
    const result = await call();
    changes += 1;
    if (changes >= plan.afterChanges) isDead = true;
    if (isDead) throw new CrashedError();
    return result;
  };

  const store: Store = {
    read: (key, options) => whileAlive(() => whole.store.read(key, options)),
    change: (key, change, options) => mutation(() => whole.store.change(key, change, options)),
    list: (prefix, page, options) => whileAlive(() => whole.store.list(prefix, page, options)),
    where: (key, options) => whileAlive(() => whole.store.where(key, options)),
  };
  const registers: Registers = {
    change: (key, change, options) => mutation(() => whole.registers.change(key, change, options)),
    read: (key, options) => whileAlive(() => whole.registers.read(key, options)),
    list: (prefix, page, options) => whileAlive(() => whole.registers.list(prefix, page, options)),
  };
  return { store, registers, isDead: () => isDead };
}
