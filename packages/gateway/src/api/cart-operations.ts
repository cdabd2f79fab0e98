/*
 * The calls that change a cart: add lines, remove lines, replace it. Only adding asks whether the
 * products exist: what a cart holds already may have left the shelf since.
 */
import { ProblemError, refusalProblem } from '@trolley/cluster';
import { userKey, type ChangeAction } from '@trolley/records';
import type { z } from 'zod';
import { BODY_PROBLEMS, serve, type GatewayContext, type GatewayRouter, type Operation } from './operation.ts';
import { quickAddedLines, quickStoreQuery } from './quick-input.ts';
import { found, made, replyText, userText } from './replies.ts';
import {
  addedLinesBody,
  cartBody,
  idempotencyHeaders,
  quorumHeaders,
  removedLinesBody,
  storeQuery,
  userSchema,
} from './schemas.ts';
import { changeOf, type Shop } from './shop.ts';
import { storeOptions } from './store-options.ts';
import { STORE_PROBLEMS } from './store-problem.ts';

/** Adds the calls to the router. */
export function serveCarts(router: GatewayRouter, shop: Shop): void {
  serveAdding(router, shop);
  serveRemoving(router, shop);
  serveReplacing(router, shop);
}

function serveAdding(router: GatewayRouter, shop: Shop): void {
  const description = {
    ...cartChange('/addtocart', 'Add products to a cart', 'There is no such user or product; `errors` names products.'),
    description:
      'Adds the quantities to what the cart holds. The products must exist; one whose replicas are all away is ' +
      'taken on trust, unless `strict` is set, so that a cart can be filled while a single replica of it lives.',
    body: addedLinesBody,
    quick: { query: quickStoreQuery, body: quickAddedLines },
  };
  serve(router, description, async ({ query, body: { email, products } }, context) => {
    const names = products.map(([name]) => name);
    refuseMissing(await shop.knownProducts.missingOf(names, storeOptions(query, context)));
    return changeCart(shop, context, query, email, { type: 'add-to-cart', lines: products });
  });
}

function serveRemoving(router: GatewayRouter, shop: Shop): void {
  const description = {
    ...cartChange('/removefromcart', 'Remove products from a cart', 'There is no such user.'),
    description: 'Removes whole lines. Products that are not in the cart are ignored.',
    body: removedLinesBody,
  };
  serve(router, description, ({ query, body: { email, products } }, context) =>
    changeCart(shop, context, query, email, { type: 'remove-from-cart', names: products }),
  );
}

function serveReplacing(router: GatewayRouter, shop: Shop): void {
  const description = {
    ...cartChange('/user', 'Replace the cart of a user', 'There is no such user.'),
    description: 'The user must exist; the products are not checked.',
    body: cartBody,
  };
  serve(router, description, ({ query, body: { email, cart } }, context) =>
    changeCart(shop, context, query, email, { type: 'replace-cart', lines: cart }),
  );
}

function cartChange(
  path: string,
  summary: string,
  notFound: string,
): Omit<Operation<typeof storeQuery, z.ZodType>, 'body' | 'quick'> {
  return {
    method: 'post',
    path,
    tag: 'Carts',
    summary,
    query: storeQuery,
    headers: idempotencyHeaders,
    success: { status: 200, description: 'The cart afterwards.', schema: userSchema, headers: quorumHeaders },
    problems: {
      ...STORE_PROBLEMS,
      ...BODY_PROBLEMS,
      404: notFound,
      409: 'A line (`QUANTITY_TOO_LARGE`) or the cart (`CART_TOO_LARGE`) would become too large.',
      422: 'The Idempotency-Key was used for another request about this user.',
    },
  };
}

async function changeCart(
  shop: Shop,
  context: GatewayContext,
  query: z.output<typeof storeQuery>,
  email: string,
  action: ChangeAction,
): Promise<Response> {
  const key = userKey(email);
  const change = changeOf(shop, context, key, action);
  const result = made(await shop.store.change(key, change, storeOptions(query, context)));
  return replyText(context, result.quorum, found(userText(email, result.record), 'user', email, result.quorum));
}

function refuseMissing(names: readonly string[]): void {
  if (names.length === 0) return;
  const { details } = refusalProblem('PRODUCT_NOT_FOUND', `There is no product ${names.join(', ')}.`);
  const errors = names.map((name) => ({ field: `products.${name}`, message: 'is not a known product' }));
  throw new ProblemError({ ...details, errors });
}
