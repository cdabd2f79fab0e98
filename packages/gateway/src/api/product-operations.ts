/*
 * The calls about products: list, read, change the stock, delete.
 */
import { ProblemError } from '@trolley/cluster';
import { PRODUCT_PREFIX, productKey, type CausalRecord } from '@trolley/records';
import { haveWords, searchWords } from '../search-words.ts';
import { BODY_PROBLEMS, NO_BODY, serve, type GatewayRouter } from './operation.ts';
import { listPage, linkToNext } from './paging.ts';
import { emptyReply, found, made, productReply, reply } from './replies.ts';
import {
  idempotencyHeaders,
  pageHeaders,
  productBody,
  productListSchema,
  productPageQuery,
  productQuery,
  productSchema,
  quorumHeaders,
  stockedProductSchema,
  storeQuery,
} from './schemas.ts';
import { changeOf, type Shop } from './shop.ts';
import { storeOptions } from './store-options.ts';
import { STORE_PROBLEMS } from './store-problem.ts';

const NOT_FOUND = { 404: 'There is no such product.' };

/** Adds the calls to the router. */
export function serveProducts(router: GatewayRouter, shop: Shop): void {
  serveListing(router, shop);
  serveReading(router, shop);
  serveStockChange(router, shop);
  serveDeletion(router, shop);
}

function serveListing(router: GatewayRouter, { store }: Shop): void {
  serve(
    router,
    {
      method: 'get',
      path: '/productslist',
      tag: 'Products',
      summary: 'List the products',
      description: 'Ordered by name, merged over the storage nodes.',
      query: productPageQuery,
      body: NO_BODY,
      success: { status: 200, description: 'A page of products.', schema: productListSchema, headers: pageHeaders },
      problems: STORE_PROBLEMS,
    },
    async ({ query }, context) => {
      const { q = '', cursor, limit } = query;
      const words = searchWords(q);
      const itemOf = (name: string, record: CausalRecord) =>
        haveWords([name], words) ? productReply(name, record) : undefined;
      const page = await listPage(
        store,
        { prefix: PRODUCT_PREFIX, cursor, limit, itemOf },
        storeOptions(query, context),
      );
      const headers = linkToNext('/productslist', context.req.query(), page.nextCursor);
      return reply(context, page.quorum, page.items, { headers });
    },
  );
}

function serveReading(router: GatewayRouter, { store, availability }: Shop): void {
  serve(
    router,
    {
      method: 'get',
      path: '/product',
      tag: 'Products',
      summary: 'Read a product',
      query: productQuery,
      body: NO_BODY,
      success: { status: 200, description: 'The product.', schema: stockedProductSchema, headers: quorumHeaders },
      problems: { ...STORE_PROBLEMS, ...NOT_FOUND },
    },
    async ({ query }, context) => {
      const availableOf = availability.look(query.name, context.env.requestId);
      const { record, quorum } = await store.read(productKey(query.name), storeOptions(query, context));
      const { name, quantity, version } = found(productReply(query.name, record), 'product', query.name, quorum);
      return reply(context, quorum, { name, quantity, available: await availableOf(quantity), version });
    },
  );
}

function serveStockChange(router: GatewayRouter, shop: Shop): void {
  serve(
    router,
    {
      method: 'post',
      path: '/product',
      tag: 'Products',
      summary: 'Change the stock of a product',
      description: 'Adds the quantity, which may be negative, to the stock; creates the product when there is none.',
      query: storeQuery,
      body: productBody,
      headers: idempotencyHeaders,
      success: { status: 200, description: 'The product afterwards.', schema: productSchema, headers: quorumHeaders },
      problems: {
        ...STORE_PROBLEMS,
        ...BODY_PROBLEMS,
        404: 'The request was applied before under this Idempotency-Key, and the product was deleted since.',
        409:
          'The stock would fall below zero (`BELOW_ZERO`) or below what is ordered (`BELOW_SOLD`), or become too large ' +
          '(`QUANTITY_TOO_LARGE`).',
        422: 'The Idempotency-Key was used for another request about this product.',
      },
    },
    async ({ query, body: { name, quantity } }, context) => {
      const key = productKey(name);
      const change = changeOf(shop, context, key, { type: 'add-to-product', quantity });
      const taken = await shop.availability.takenBeyond(name, change, storeOptions(query, context));
      if (taken !== undefined) throw belowSold(name, taken);
      const result = made(await shop.store.change(key, change, storeOptions(query, context)));
      const product = found(productReply(name, result.record), 'product', name, result.quorum);
      shop.knownProducts.learn(name);
      return reply(context, result.quorum, product);
    },
  );
}

function serveDeletion(router: GatewayRouter, { store, knownProducts, availability }: Shop): void {
  serve(
    router,
    {
      method: 'delete',
      path: '/product',
      tag: 'Products',
      summary: 'Delete a product',
      description:
        'Carts that hold it keep their lines. What was sold of it is forgotten: a product of that name made anew is sold ' +
        'from the start.',
      query: productQuery,
      body: NO_BODY,
      success: { status: 204, description: 'The product is gone.', headers: quorumHeaders },
      problems: { ...STORE_PROBLEMS, ...NOT_FOUND },
    },
    async ({ query }, context) => {
      knownProducts.forget(query.name);
      const change = { action: { type: 'delete-product' } } as const;
      const result = await store.change(productKey(query.name), change, storeOptions(query, context));
      // Once more: a read may have begun and ended while the deletion was on its way.
      knownProducts.forget(query.name);
      // Also when it was gone before: that request may have got no further.
      const isDegraded = result.quorum.degraded;
      await availability.forget(query.name, { requestId: context.env.requestId, isDegraded });
      return emptyReply(context, made(result).quorum);
    },
  );
}

function belowSold(name: string, taken: number): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'BELOW_SOLD',
    title: 'The quantity would fall below what is ordered',
    detail: `Of ${name} ${taken} are ordered.`,
  });
}
