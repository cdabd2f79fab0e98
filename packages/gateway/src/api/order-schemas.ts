/*
 * What the calls about orders take and answer, with the words and examples of the document.
 */
import { z } from '@hono/zod-openapi';
import { emailSchema, PAGE_LIMIT_MAX, pageLimitSchema } from '@trolley/cluster';

const email = emailSchema.meta({
  description: 'A user’s e-mail address; trimmed and lower-cased.',
  example: 'ann@example.com',
});

const ORDER_EXAMPLE = {
  id: '9f86d081884c7d659a2feaa0c55ad015',
  email: 'ann@example.com',
  lines: { apple: 2, orange: 1 },
  state: 'confirmed',
  createdAt: '2026-05-04T12:00:00.000Z',
  quantityTotal: 3,
};

export const orderSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    lines: z.record(z.string(), z.int()).openapi({ description: 'Quantities by product name.' }),
    state: z.enum(['pending', 'confirmed', 'cancelling', 'cancelled']).openapi({
      description:
        '`pending`: it is being made, and may come to nothing; `cancelling`: its stock is being given back, which goes ' +
        'on by itself.',
    }),
    createdAt: z.iso.datetime(),
    quantityTotal: z.int(),
  })
  .openapi('Order', { example: ORDER_EXAMPLE });

export const orderListSchema = z.array(orderSchema);

export const checkoutBody = z.strictObject({ email }).openapi('Checkout');

export const ordersQuery = z.strictObject({
  email,
  limit: pageLimitSchema.meta({
    type: 'integer',
    minimum: 1,
    maximum: PAGE_LIMIT_MAX,
    description: `Most orders in the reply; ${PAGE_LIMIT_MAX} when absent.`,
  }),
});

export const orderParameters = z.strictObject({
  id: z.string().openapi({ param: { name: 'id', in: 'path' }, example: ORDER_EXAMPLE.id }),
});

export const orderLocationHeaders = z.object({
  Location: z.string().openapi({ description: 'Where the order is read.', example: `/orders/${ORDER_EXAMPLE.id}` }),
});
