/*
 * An order, as its register has it. The register is the only truth about what became of a checkout: whoever meets a
 * hold on stock asks it. The types and the form in the register; what becomes of an order is decided in
 * order-decisions.ts.
 */
import { z } from 'zod';
import type { RegisterValue } from '../registers.ts';

/**
 * Where an order is on its way. `pending`: stock is being held for it; `aborted`: it came to nothing, and what was held
 * is being let go; `confirmed`: it stands; `cancelling`: stock is being given back.
 */
type OrderState = 'pending' | 'aborted' | 'confirmed' | 'cancelling' | 'cancelled';

/** What was ordered of one product. */
type OrderLine = {
  readonly product: string;
  readonly quantity: number;
  /** From which lot of the stock (stock.ts); null until the order is confirmed. */
  readonly lot: string | null;
};

/** An order as its register has it. Lines stand in a list, since a product may have any name, such as `__proto__`. */
export type Order = {
  readonly email: string;
  readonly lines: readonly OrderLine[];
  readonly state: OrderState;
  /** Names this attempt at the order, and its holds on stock; one that failed may be followed by another. */
  readonly attempt: string;
  /** When the attempt began, by the clock of the gateway that began it. */
  readonly atMs: number;
  /** Whether all that follows from the confirmation is done: stock is sold rather than held, and the cart taken. */
  readonly settled: boolean;
};

const orderSchema: z.ZodType<Order> = z.object({
  email: z.string(),
  lines: z.array(z.object({ product: z.string(), quantity: z.number(), lot: z.string().nullable() })),
  state: z.enum(['pending', 'aborted', 'confirmed', 'cancelling', 'cancelled']),
  attempt: z.string(),
  atMs: z.number(),
  settled: z.boolean(),
});

/** The order in a register; undefined when there is none. @throws ZodError when it holds something else: a bug */
export function orderIn(value: RegisterValue): Order | undefined {
  return value === null ? undefined : orderSchema.parse(value);
}
