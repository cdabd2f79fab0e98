/*
 * A bundle: what ties several holds together so that all of them change, or none. Its register says what becomes of
 * the holds that carry its mark; a hold's own register cannot know. Two-phase commit whose decision is itself a
 * register, so that it needs no coordinator to survive.
 *
 * A register serves one request: its attempts, one after another, each a bundle with a name of its own, of which at most
 * one is committed. Only the gateway that began a bundle commits it, and only after all of its marks are made; anyone
 * may undo it while it is pending. The register remembers the commit, also after it is released: a request that is sent
 * again is told what it came to, whatever has become of the holds since.
 */
import { z } from 'zod';
import type { Decision, Memory, RegisterValue } from '../registers.ts';

/** What a bundle has come to. */
type BundleState = 'pending' | 'committed' | 'undone';

/** What a bundle has come to for whoever asks; `absent` before it is begun, and after its marks were taken off. */
export type BundleFate = BundleState | 'absent';

/** What a bundle made of the holds that it takes. */
export type Made = {
  readonly sinceMs: number;
  readonly expiresAtMs: number | null;
  readonly email: string;
  /** Tells the request from another under the same Idempotency-Key. */
  readonly fingerprint: string;
};

/** A bundle as its register has it. */
export type Bundle = {
  readonly name: string;
  readonly state: BundleState;
  /** When it was begun, by the clock of the gateway that did. */
  readonly atMs: number;
  /** The items on which it has marks, or will have. */
  readonly items: readonly string[];
};

/** What became of the beginning of a bundle. */
export type Beginning =
  | { readonly type: 'begun' }
  /** The request was carried out by an earlier bundle. */
  | { readonly type: 'made'; readonly made: Made }
  /** Another attempt at the same request is under way, or was left behind. */
  | { readonly type: 'other'; readonly name: string };

/** The id of the change that commits; a register sees at most one. */
export const COMMIT_ID = 'commit';

const bundleSchema: z.ZodType<Bundle> = z.object({
  name: z.string(),
  state: z.enum(['pending', 'committed', 'undone']),
  atMs: z.number(),
  items: z.array(z.string()),
});

const madeSchema: z.ZodType<Made> = z.object({
  sinceMs: z.number(),
  expiresAtMs: z.number().nullable(),
  email: z.string(),
  fingerprint: z.string(),
});
const committedSchema = z.object({ made: madeSchema });

/** The bundle in a register; undefined when it is absent. @throws ZodError when it holds something else: a bug */
export function bundleIn(value: RegisterValue): Bundle | undefined {
  return value === null ? undefined : bundleSchema.parse(value);
}

/** What a bundle of this register came to, once one was committed. @throws ZodError for anything else: a bug */
export function madeIn(memory: Memory): Made | undefined {
  const committed = memory(COMMIT_ID);
  return committed === undefined ? undefined : committedSchema.parse(committed).made;
}

/** Begins a bundle, unless its request was carried out before, or is being carried out. */
export function beginning(name: string, atMs: number, items: readonly string[]) {
  return (value: RegisterValue, memory: Memory): Decision<Beginning> => {
    const made = madeIn(memory);
    if (made !== undefined) return { type: 'keep', result: { type: 'made', made } };
    const bundle = bundleIn(value);
    if (bundle !== undefined) return { type: 'keep', result: { type: 'other', name: bundle.name } };
    return { type: 'write', value: { name, state: 'pending', atMs, items }, result: { type: 'begun' } };
  };
}

/** Commits a bundle that is pending. The result is what the register remembers of the request. */
export function commit(name: string, made: Made) {
  return (value: RegisterValue): Decision<{ readonly fate: BundleFate; readonly made: Made }> => {
    const { fate, next } = concluded(value, name, 'committed');
    return next === undefined
      ? { type: 'keep', result: { fate, made } }
      : { type: 'write', value: next, result: { fate, made } };
  };
}

/** Undoes a bundle that is pending. One that has come to something stays as it is. */
export function undoing(name: string) {
  return (value: RegisterValue): Decision<BundleFate> => {
    const { fate, next } = concluded(value, name, 'undone');
    return next === undefined ? { type: 'keep', result: fate } : { type: 'write', value: next, result: fate };
  };
}

/** Removes a bundle that has come to something, once its marks are taken off. */
export function removal(name: string) {
  return (value: RegisterValue): Decision<null> => {
    const bundle = bundleIn(value);
    const isOver = bundle?.name === name && bundle.state !== 'pending';
    return isOver ? { type: 'write', value: null, result: null } : { type: 'keep', result: null };
  };
}

/** What a bundle has come to by its register, which may be about another one by now. */
export function fateIn(bundle: Bundle | undefined, name: string): BundleFate {
  return bundle?.name === name ? bundle.state : 'absent';
}

function concluded(value: RegisterValue, name: string, state: 'committed' | 'undone') {
  const bundle = bundleIn(value);
  const fate = fateIn(bundle, name);
  return bundle === undefined || fate !== 'pending' ? { fate } : { fate: state, next: { ...bundle, state } };
}
