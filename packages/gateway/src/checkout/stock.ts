/*
 * How much of a product is sold, and held for orders that are being made, as the register of its stock has it. How
 * much there ever was to sell is the product's quantity, a record like others; what is left is the difference.
 *
 * A lot is one life of the register, from its first hold until nothing is sold or held any more, or the product is
 * deleted: an order gives back only to the lot that it was sold from.
 */
import { z } from 'zod';
import type { RegisterValue } from '../registers.ts';

/** A hold: so many are kept for an order until that is decided. */
export type StockHold = {
  readonly attempt: string;
  readonly order: string;
  readonly quantity: number;
  readonly atMs: number;
};

/** Something that must not happen twice, or not any more; forgotten after a while. */
export type StockMark = { readonly id: string; readonly atMs: number };

/** Stock as its register has it. */
export type Stock = {
  readonly lot: string;
  readonly sold: number;
  readonly holds: readonly StockHold[];
  /** Orders that were cancelled and have given back what they took. */
  readonly returned: readonly StockMark[];
  /** Attempts that were aborted: a hold of theirs that arrives late is not placed. */
  readonly barred: readonly StockMark[];
};

const marksSchema = z.array(z.object({ id: z.string(), atMs: z.number() }));

const stockSchema: z.ZodType<Stock> = z.object({
  lot: z.string(),
  sold: z.number(),
  holds: z.array(z.object({ attempt: z.string(), order: z.string(), quantity: z.number(), atMs: z.number() })),
  returned: marksSchema,
  barred: marksSchema,
});

/** The stock in a register; undefined when nothing is sold or held. @throws ZodError when it holds something else: a bug */
export function stockIn(value: RegisterValue): Stock | undefined {
  return value === null ? undefined : stockSchema.parse(value);
}

/** How many are sold or held. */
export function takenOf(stock: Stock | undefined): number {
  return stock?.holds.reduce((sum, { quantity }) => sum + quantity, stock.sold) ?? 0;
}

/** How many of a product's quantity can be ordered. */
export function availableOf(quantity: number, stock: Stock | undefined): number {
  return Math.max(0, quantity - takenOf(stock));
}
