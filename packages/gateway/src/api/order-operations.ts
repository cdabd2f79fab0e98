/*
 * The calls about orders: check a cart out, find orders, cancel one.
 */
import { ProblemError, refusalProblem } from '@trolley/cluster';
import type { CheckoutOutcome, ShortLine } from '../checkout/checkout.ts';
import type { Ordering } from '../checkout/create-ordering.ts';
import { ORDER_ID_PATTERN } from '../checkout/order-ids.ts';
import type { Order } from '../checkout/order.ts';
import { ListFullError } from '../lists/list-writer.ts';
import { StoreError } from '../store.ts';
import { idempotencyKeyOf } from './once.ts';
import { BODY_PROBLEMS, NO_BODY, NO_QUERY, serve, type GatewayContext, type GatewayRouter } from './operation.ts';
import {
  checkoutBody,
  orderListSchema,
  orderLocationHeaders,
  orderParameters,
  orderSchema,
  ordersQuery,
} from './order-schemas.ts';
import { plainObject } from './replies.ts';
import { idempotencyHeaders } from './schemas.ts';
import { storeProblem, STORE_PROBLEMS } from './store-problem.ts';

const NOT_FOUND = { 404: 'There is no such order: it came to nothing, or never was.' };

/** Adds the calls to the router. */
export function serveOrders(router: GatewayRouter, ordering: Ordering): void {
  serveCheckout(router, ordering);
  serveFinding(router, ordering);
  serveReading(router, ordering);
  serveCancelling(router, ordering);
}

function serveCheckout(router: GatewayRouter, { checkout }: Ordering): void {
  serve(
    router,
    {
      method: 'post',
      path: '/checkout',
      tag: 'Orders',
      summary: 'Check out a cart',
      description:
        'Makes an order of the whole cart, or none: the stock of every line is taken, and the cart loses what was ' +
        'ordered. Sent again with the same Idempotency-Key, a request answers with the same order, for as long as that ' +
        'is kept. Without a key, requests about the very same cart make one order.',
      query: NO_QUERY,
      body: checkoutBody,
      headers: idempotencyHeaders,
      success: { status: 201, description: 'The order.', schema: orderSchema, headers: orderLocationHeaders },
      problems: {
        ...STORE_PROBLEMS,
        ...BODY_PROBLEMS,
        404: 'There is no such user.',
        409:
          'Nothing was ordered: the cart is empty (`CART_EMPTY`), there is too little of some products ' +
          '(`SHORT_STOCK`; `short` names the lines), or the person has too many orders (`LIST_TOO_LARGE`).',
        503:
          'The storage nodes cannot serve this now, and nothing was ordered; or too many want the same ' +
          '(`CHECKOUT_BUSY`), with the same result; or it is not known (`OUTCOME_UNKNOWN`): then `order` is the id ' +
          'of the order that may come to be. It comes to be or to nothing within seconds.',
      },
    },
    async ({ body: { email } }, context) => {
      const idempotencyKey = idempotencyKeyOf(context);
      const request = { email, idempotencyKey, requestId: context.env.requestId };
      const outcome = await withRoom(async () => checkout.checkOut(request));
      const { id, order } = ordered(outcome, email);
      context.header('Location', `/orders/${id}`);
      return context.json(orderReply(id, order), 201);
    },
  );
}

function serveFinding(router: GatewayRouter, { orders }: Ordering): void {
  serve(
    router,
    {
      method: 'get',
      path: '/orders',
      tag: 'Orders',
      summary: 'Find the orders of a user',
      description: 'The latest, newest first.',
      query: ordersQuery,
      body: NO_BODY,
      success: { status: 200, description: 'The orders.', schema: orderListSchema },
      problems: STORE_PROBLEMS,
    },
    async ({ query: { email, limit } }, context) => {
      const found = await orders.ofPerson(email, limit, context.env.requestId);
      return context.json(found.map(({ id, order }) => orderReply(id, order)));
    },
  );
}

function serveReading(router: GatewayRouter, { orders }: Ordering): void {
  serve(
    router,
    {
      method: 'get',
      path: '/orders/{id}',
      tag: 'Orders',
      summary: 'Read an order',
      query: NO_QUERY,
      body: NO_BODY,
      parameters: orderParameters,
      success: { status: 200, description: 'The order.', schema: orderSchema },
      problems: { ...STORE_PROBLEMS, ...NOT_FOUND },
    },
    async (_, context) => {
      const id = orderIdIn(context);
      return context.json(orderReply(id, existing(id, await orders.find(id, context.env.requestId))));
    },
  );
}

function serveCancelling(router: GatewayRouter, { orders }: Ordering): void {
  serve(
    router,
    {
      method: 'delete',
      path: '/orders/{id}',
      tag: 'Orders',
      summary: 'Cancel an order',
      description:
        'Gives the stock back. The order stays, as a cancelled one; cancelling it again changes nothing. Where a majority ' +
        'of some stock is away the order is `cancelling`, and the rest is done later.',
      query: NO_QUERY,
      body: NO_BODY,
      parameters: orderParameters,
      success: { status: 200, description: 'The order, cancelled.', schema: orderSchema },
      problems: { ...STORE_PROBLEMS, ...NOT_FOUND },
    },
    async (_, context) => {
      const id = orderIdIn(context);
      const order = existing(id, await orders.cancel(id, context.env.requestId));
      if (order.state === 'pending') throw unknownOutcome(id, 'the order is still being made');
      return context.json(orderReply(id, order));
    },
  );
}

/** @throws ProblemError 404 for what no order is called: no register is asked about it. */
function orderIdIn(context: GatewayContext): string {
  const id = context.req.param('id') ?? '';
  if (!ORDER_ID_PATTERN.test(id)) throw notFound(id);
  return id;
}

function existing(id: string, order: Order | undefined): Order {
  if (order === undefined) throw notFound(id);
  return order;
}

/** An order as clients see it. */
function orderReply(id: string, { email, lines, state, atMs }: Order) {
  return {
    id,
    email,
    lines: plainObject(lines.map(({ product, quantity }) => [product, quantity] as const)),
    state,
    createdAt: new Date(atMs).toISOString(),
    quantityTotal: lines.reduce((sum, { quantity }) => sum + quantity, 0),
  };
}

/** The order of a checkout. @throws ProblemError when it came to none, or that is not known. */
function ordered(outcome: CheckoutOutcome, email: string): Extract<CheckoutOutcome, { type: 'ordered' }> {
  switch (outcome.type) {
    case 'ordered':
      return outcome;
    case 'no-user':
      throw refusalProblem('USER_NOT_FOUND', `There is no user ${email}.`);
    case 'cart-empty':
      throw new ProblemError({
        status: 409,
        code: 'CART_EMPTY',
        title: 'The cart is empty',
        detail: `There is nothing in the cart of ${email}.`,
      });
    case 'short':
      throw shortStock(outcome.lines);
    case 'busy':
      throw new ProblemError({
        status: 503,
        code: 'CHECKOUT_BUSY',
        title: 'Too many want the same at once',
        detail: 'Others were in the way each time; nothing was ordered. Try again.',
        headers: { 'retry-after': '1' },
      });
    case 'unknown':
      throw unknownOutcome(outcome.id, outcome.reason);
    default:
      return outcome satisfies never;
  }
}

function shortStock(lines: readonly ShortLine[]): ProblemError {
  const named = lines.map(({ product, wanted, available }) => `${product} (${available} of ${wanted})`);
  return new ProblemError({
    status: 409,
    code: 'SHORT_STOCK',
    title: 'There is too little in stock',
    detail: `Nothing was ordered: there is too little of ${named.join(', ')}.`,
    members: { short: lines },
  });
}

function unknownOutcome(id: string, reason: string): ProblemError {
  const { details } = storeProblem(new StoreError('OUTCOME_UNKNOWN', reason), {});
  return new ProblemError({ ...details, members: { order: id } });
}

/** @throws ProblemError when the person's list has no room for another order. */
async function withRoom<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ListFullError)) throw error;
    throw refusalProblem('LIST_TOO_LARGE', `Nothing was ordered: ${error.message}.`);
  }
}

function notFound(id: string): ProblemError {
  return new ProblemError({
    status: 404,
    code: 'ORDER_NOT_FOUND',
    title: 'There is no such order',
    detail: `There is no order ${id.slice(0, 200)}.`,
  });
}
