/*
 * An item, something that only one person can hold, as its register has it. The register is the only truth about who
 * holds it. The types and the form in the register; what becomes of an item is decided in item-decisions.ts.
 */
import { z } from 'zod';
import type { RegisterValue } from '../registers.ts';

/** What an item is known by, beside its id and kind: a title, a row, a year. */
export type ItemDetails = Readonly<Record<string, string | number>>;

/**
 * Says that what becomes of a hold is decided elsewhere, by the bundle. A hold that is taken counts once the bundle is
 * committed, and never did if it is undone; one that is left ends with the commit, and goes on if it is undone.
 */
export type Mark = { readonly bundle: string; readonly effect: 'take' | 'leave' };

/** Who holds an item. */
export type Holder = {
  readonly reservation: string;
  readonly email: string;
  readonly sinceMs: number;
  /** When the hold may be ended by whoever sees it; null once it was confirmed, and when it was never to end. */
  readonly expiresAtMs: number | null;
  readonly mark: Mark | null;
};

/** An item as its register has it. */
export type Item = {
  readonly kind: string;
  readonly details: ItemDetails;
  readonly holder: Holder | null;
};

/** The form of a hold in a register. */
export const holderSchema: z.ZodType<Holder> = z.object({
  reservation: z.string(),
  email: z.string(),
  sinceMs: z.number(),
  expiresAtMs: z.number().nullable(),
  mark: z.object({ bundle: z.string(), effect: z.enum(['take', 'leave']) }).nullable(),
});

const itemSchema: z.ZodType<Item> = z.object({
  kind: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number()])),
  holder: holderSchema.nullable(),
});

/**
 * The item in a register; undefined when there is none.
 *
 * @throws ZodError when the register holds something else: a bug
 */
export function itemIn(value: RegisterValue): Item | undefined {
  return value === null ? undefined : itemSchema.parse(value);
}

/** Whether the hold's time is up. It still counts until the register says otherwise. */
export function hasLapsed({ expiresAtMs }: Holder, nowMs: number): boolean {
  return expiresAtMs !== null && expiresAtMs <= nowMs;
}
