/*
 * Items and reservations as a gateway's answers have them, checked on arrival. Fields that the command line does not
 * know are kept: they are the details of items, and `--json` prints all that the gateway said.
 */
import { z } from 'zod';

const holder = z.looseObject({
  reservation: z.string(),
  email: z.string(),
  since: z.string().nullish(),
  expires: z.string().nullish(),
  pending: z.boolean().optional(),
});

export const itemAnswer = z.looseObject({
  id: z.string(),
  kind: z.string(),
  holder: holder.nullable(),
});

export const itemsAnswer = z.array(itemAnswer);

export const reservationAnswer = z.looseObject({
  id: z.string(),
  item: z.string(),
  email: z.string(),
  since: z.string().nullish(),
  expires: z.string().nullish(),
  pending: z.boolean().optional(),
  /** The reservation that a change put this one in place of. */
  replaces: z.string().optional(),
});

export const reservationsAnswer = z.array(reservationAnswer);

const refusedItem = z.looseObject({ item: z.string(), reason: z.string(), reservation: z.string().optional() });

export const reserveAnswer = z.looseObject({
  reserved: z.array(reservationAnswer),
  refused: z.array(refusedItem),
});

/** What a reservation that failed says of the items. */
export const reserveProblem = z.looseObject({
  code: z.string().optional(),
  refused: z.array(refusedItem).optional(),
  reservations: z.array(z.string()).optional(),
});

export type Item = z.infer<typeof itemAnswer>;
export type Reservation = z.infer<typeof reservationAnswer>;
export type RefusedItem = z.infer<typeof refusedItem>;

/** A detail of an item as text; empty when it has none by that name. */
export function detailOf(item: Item, name: string): string {
  const value = Object.hasOwn(item, name) ? item[name] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
