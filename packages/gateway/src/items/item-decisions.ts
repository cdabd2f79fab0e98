/*
 * What each change makes of an item: pure decisions for its register. A hold that carries a mark is left alone by all
 * of them but the one that settles the mark. Results of what is written stay in the register for a while, so they hold
 * no more than somebody needs.
 */
import { z } from 'zod';
import type { Decision, RegisterValue } from '../registers.ts';
import { hasLapsed, holderSchema, itemIn, type Holder, type Item, type ItemDetails, type Mark } from './item.ts';

/** There is no such item. */
type Missing = { readonly type: 'missing' };
/** The item is held, by whom it says. */
type Held = { readonly type: 'held'; readonly holder: Holder };
/** This reservation does not hold the item. */
type NotHeld = { readonly type: 'not-held' };
/** It is for a bundle to say what becomes of this hold. */
type Marked = { readonly type: 'marked'; readonly holder: Holder };
/** The hold is over; it was this person's. */
type Over = {
  readonly type: 'over';
  readonly reservation: string;
  readonly email: string;
  readonly sinceMs: number;
};

/** Makes an item, unless there is one by that name. The fingerprint is remembered, to tell one request from another. */
export function creation(kind: string, details: ItemDetails, fingerprint: string) {
  return (
    value: RegisterValue,
  ): Decision<{ readonly type: 'created'; readonly fingerprint: string } | { readonly type: 'exists' }> =>
    value === null
      ? writing({ kind, details, holder: null }, { type: 'created', fingerprint })
      : keeping({ type: 'exists' });
}

/** Removes an item that nobody holds. */
export function deletion(nowMs: number) {
  return (value: RegisterValue): Decision<{ readonly type: 'deleted' } | Held | Missing> => {
    const item = itemIn(value);
    if (item === undefined) return keeping({ type: 'missing' });
    const holder = standing(item, nowMs);
    return holder === null
      ? { type: 'write', value: null, result: { type: 'deleted' } }
      : keeping({ type: 'held', holder });
  };
}

/** What a claim comes to. */
export type ClaimResult =
  | { readonly type: 'claimed'; readonly sinceMs: number; readonly expiresAtMs: number | null }
  | Held
  | Missing;

/** The hold is as asked. The fingerprint tells one request from another under the same Idempotency-Key. */
type Amended = { readonly type: 'amended'; readonly holder: Holder; readonly fingerprint: string };

const amendedSchema: z.ZodType<Amended> = z.object({
  type: z.literal('amended'),
  holder: holderSchema,
  fingerprint: z.string(),
});
const claimedSchema = z.object({ type: z.literal('claimed'), sinceMs: z.number(), expiresAtMs: z.number().nullable() });

/** What a register remembers of a claim. */
export function claimedIn(remembered: RegisterValue | undefined): z.infer<typeof claimedSchema> | undefined {
  return claimedSchema.safeParse(remembered).data;
}

/** Takes an item that is free, or whose hold has lapsed. The same hold again is found to be there. */
export function claim(wanted: Holder, nowMs: number) {
  return (value: RegisterValue): Decision<ClaimResult> => {
    const item = itemIn(value);
    if (item === undefined) return keeping({ type: 'missing' });
    const holder = standing(item, nowMs);
    if (holder !== null && !isSameHold(holder, wanted)) return keeping({ type: 'held', holder });
    const { sinceMs, expiresAtMs } = holder ?? wanted;
    const result = { type: 'claimed', sinceMs, expiresAtMs } as const;
    return holder === null ? writing({ ...item, holder: wanted }, result) : keeping(result);
  };
}

/** What a register remembers of an amendment. */
export function amendedIn(remembered: RegisterValue | undefined): Amended | undefined {
  return amendedSchema.safeParse(remembered).data;
}

/** Confirms a hold, or passes it to another person. One whose time is up still counts while nobody has ended it. */
export function amendment(
  reservation: string,
  changes: { readonly email?: string | undefined; readonly confirm?: boolean | undefined },
  fingerprint = '',
) {
  return onHold<Amended>(reservation, (item, former) => {
    const holder = {
      ...former,
      email: changes.email ?? former.email,
      expiresAtMs: changes.confirm === true ? null : former.expiresAtMs,
    };
    return writing({ ...item, holder }, { type: 'amended', holder, fingerprint });
  });
}

/** Gives an item up. */
export function release(reservation: string) {
  return onHold<Over>(reservation, (item, holder) => writing({ ...item, holder: null }, over(holder)));
}

/** Ends a hold whose time is up, unless it was confirmed first. */
export function lapse(reservation: string, nowMs: number) {
  return onHold<Over | { readonly type: 'kept' }>(reservation, (item, holder) =>
    hasLapsed(holder, nowMs) ? writing({ ...item, holder: null }, over(holder)) : keeping({ type: 'kept' }),
  );
}

/**
 * Marks a hold as one that ends when the bundle is committed. `altered`: it is no longer as it was seen, so what was
 * made of it may be wrong.
 */
export function leaving(seen: Holder, bundle: string) {
  const mark: Mark = { bundle, effect: 'leave' };
  return (
    value: RegisterValue,
  ): Decision<{ readonly type: 'leaving' } | { readonly type: 'altered' } | Marked | NotHeld> => {
    const item = itemIn(value);
    const holder = item?.holder ?? null;
    if (item === undefined || holder?.reservation !== seen.reservation) return keeping({ type: 'not-held' });
    if (holder.mark !== null) {
      return keeping(holder.mark.bundle === bundle ? { type: 'leaving' } : { type: 'marked', holder });
    }
    const isAsSeen = holder.email === seen.email && holder.expiresAtMs === seen.expiresAtMs;
    return isAsSeen
      ? writing({ ...item, holder: { ...holder, mark } }, { type: 'leaving' })
      : keeping({ type: 'altered' });
  };
}

/** Takes a bundle's mark off, with what the bundle came to; nothing when the mark is not there. */
export function settlement(bundle: string, cameTo: 'committed' | 'undone') {
  return (value: RegisterValue): Decision<Over | { readonly type: 'kept' }> => {
    const item = itemIn(value);
    const holder = item?.holder ?? null;
    if (item === undefined || holder?.mark?.bundle !== bundle) return keeping({ type: 'kept' });
    const stays = (holder.mark.effect === 'take') === (cameTo === 'committed');
    return stays
      ? writing({ ...item, holder: { ...holder, mark: null } }, { type: 'kept' })
      : writing({ ...item, holder: null }, over(holder));
  };
}

/** The hold that stands in the way of others: none when its time is up. */
function standing({ holder }: Item, nowMs: number): Holder | null {
  if (holder === null || holder.mark !== null) return holder;
  return hasLapsed(holder, nowMs) ? null : holder;
}

function isSameHold(a: Holder, b: Holder): boolean {
  return a.reservation === b.reservation && a.mark?.bundle === b.mark?.bundle;
}

function over({ reservation, email, sinceMs }: Holder): Over {
  return { type: 'over', reservation, email, sinceMs };
}

function onHold<T extends RegisterValue>(reservation: string, decide: (item: Item, holder: Holder) => Decision<T>) {
  return (value: RegisterValue): Decision<T | Marked | NotHeld> => {
    const item = itemIn(value);
    const holder = item?.holder ?? null;
    if (item === undefined || holder?.reservation !== reservation) return keeping({ type: 'not-held' });
    return holder.mark === null ? decide(item, holder) : keeping({ type: 'marked', holder });
  };
}

function writing<T extends RegisterValue>(item: Item, result: T): Decision<T> {
  return { type: 'write', value: item, result };
}

function keeping<T extends RegisterValue>(result: T): Decision<T> {
  return { type: 'keep', result };
}
