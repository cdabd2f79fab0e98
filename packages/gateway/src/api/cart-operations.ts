/*
 * The calls that change a cart: add lines, remove lines, replace it. Only adding asks whether the
 * products exist: what a cart holds already may have left the shelf since.
 */
import { userKey, type ChangeAction } from '@trolley/records';
import type { z } from 'zod';
import { BODY_PROBLEMS, serve, type GatewayContext, type GatewayRouter, type Operation } from './operation.ts';
import { quickAddedLines, quickStoreQuery } from './quick-input.ts';
import { replyText } from './replies.ts';
import {
  addedLinesBody,
  cartBody,
  idempotencyHeaders,
  quorumHeaders,
  removedLinesBody,
  storeQuery,
  userSchema,
} from './schemas.ts';
import { changeUser, changeOf, refuseMissing, type Shop } from './shop.ts';
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
    await refuseMissing(shop, products, storeOptions(query, context));
    return change(shop, context, query, email, { type: 'add-to-cart', lines: products });
  });
}

function serveRemoving(router: GatewayRouter, shop: Shop): void {
  const description = {
    ...cartChange('/removefromcart', 'Remove products from a cart', 'There is no such user.'),
    description: 'Removes whole lines. Products that are not in the cart are ignored.',
    body: removedLinesBody,
  };
  serve(router, description, ({ query, body: { email, products } }, context) =>
    change(shop, context, query, email, { type: 'remove-from-cart', names: products }),
  );
}

function serveReplacing(router: GatewayRouter, shop: Shop): void {
  const description = {
    ...cartChange('/user', 'Replace the cart of a user', 'There is no such user.'),
    description: 'The user must exist; the products are not checked.',
    body: cartBody,
  };
  serve(router, description, ({ query, body: { email, cart } }, context) =>
    change(shop, context, query, email, { type: 'replace-cart', lines: cart }),
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

async function change(
  shop: Shop,
  context: GatewayContext,
  query: z.output<typeof storeQuery>,
  email: string,
  action: ChangeAction,
): Promise<Response> {
  const asked = changeOf(shop, context, userKey(email), action);
  const { quorum, text } = await changeUser(shop.store, email, asked, storeOptions(query, context));
  return replyText(context, quorum, text);
}
