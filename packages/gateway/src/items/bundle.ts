/*
 * A bundle: what ties several holds together so that all of them change, or none. Its register says what becomes of
 * the holds that carry its mark; a hold's own register cannot know. Two-phase commit whose decision is itself a
 * register, so that it needs no coordinator to survive.
 *
 * A bundle is begun once, under an id of its own. Only the gateway that began it commits it, and only after all of its
 * marks are made; anyone may undo it while it is pending.
 */
import { z } from 'zod';
import type { Decision, RegisterValue } from '../registers.ts';

/** What a bundle has come to. */
type BundleState = 'pending' | 'committed' | 'undone';

/** What a bundle has come to for whoever asks; `absent` before it is begun, and after its marks were taken off. */
export type BundleFate = BundleState | 'absent';

/** A bundle as its register has it. */
export type Bundle = {
  readonly state: BundleState;
  /** When it was begun, by the clock of the gateway that did. */
  readonly atMs: number;
  /** The items on which it has marks, or will have. */
  readonly items: readonly string[];
};

const bundleSchema: z.ZodType<Bundle> = z.object({
  state: z.enum(['pending', 'committed', 'undone']),
  atMs: z.number(),
  items: z.array(z.string()),
});

/** The bundle in a register; undefined when it is absent. @throws ZodError when it holds something else: a bug */
export function bundleIn(value: RegisterValue): Bundle | undefined {
  return value === null ? undefined : bundleSchema.parse(value);
}

/** Begins a bundle. */
export function beginning(atMs: number, items: readonly string[]) {
  return (value: RegisterValue): Decision<BundleState> => {
    const bundle = bundleIn(value);
    if (bundle !== undefined) return { type: 'keep', result: bundle.state };
    return { type: 'write', value: { state: 'pending', atMs, items }, result: 'pending' };
  };
}

/** Commits a bundle that is pending, or undoes it. One that has come to something stays as it is. */
export function conclusion(state: 'committed' | 'undone') {
  return (value: RegisterValue): Decision<BundleFate> => {
    const bundle = bundleIn(value);
    if (bundle?.state !== 'pending') return { type: 'keep', result: bundle?.state ?? 'absent' };
    return { type: 'write', value: { ...bundle, state }, result: state };
  };
}

/** Removes a bundle that has come to something, once its marks are taken off. */
export function removal(value: RegisterValue): Decision<null> {
  const isPending = bundleIn(value)?.state === 'pending';
  return value === null || isPending ? { type: 'keep', result: null } : { type: 'write', value: null, result: null };
}
