/*
 * The calls about items, which only one person can hold: make, list, read, delete.
 */
import { ProblemError, validate } from '@trolley/cluster';
import type { CreateOutcome, ItemService, NamedItem } from '../items/item-service.ts';
import { reservationOf } from '../items/reservation.ts';
import { searchWords } from '../search-words.ts';
import { itemReply } from './item-replies.ts';
import {
  itemListSchema,
  itemPageHeaders,
  itemPageQuery,
  itemParameters,
  itemSchema,
  locationHeaders,
  newItemBody,
} from './item-schemas.ts';
import { idempotencyKeyOf } from './once.ts';
import { BODY_PROBLEMS, NO_BODY, NO_QUERY, serve, type GatewayContext, type GatewayRouter } from './operation.ts';
import { nextPageLink } from './paging.ts';
import { idempotencyHeaders } from './schemas.ts';
import { STORE_PROBLEMS } from './store-problem.ts';

const NOT_FOUND = { 404: 'There is no such item.' };

/** Adds the calls to the router. */
export function serveItems(router: GatewayRouter, items: ItemService): void {
  serveCreation(router, items);
  serveListing(router, items);
  serveReading(router, items);
  serveDeletion(router, items);
}

/** There is no item by that id. */
export function itemNotFound(id: string): ProblemError {
  return new ProblemError({
    status: 404,
    code: 'ITEM_NOT_FOUND',
    title: 'There is no such item',
    detail: `There is no item ${id}.`,
  });
}

function serveCreation(router: GatewayRouter, items: ItemService): void {
  serve(
    router,
    {
      method: 'post',
      path: '/items',
      tag: 'Items',
      summary: 'Make an item',
      description: 'Something that only one person can hold: a book, a seat.',
      query: NO_QUERY,
      body: newItemBody,
      headers: idempotencyHeaders,
      success: { status: 201, description: 'The item.', schema: itemSchema, headers: locationHeaders },
      problems: {
        ...STORE_PROBLEMS,
        ...BODY_PROBLEMS,
        404: 'The item was made before under this Idempotency-Key, and was deleted since.',
        409: 'There is an item by that id (`ITEM_EXISTS`).',
        422: 'The Idempotency-Key was used for another item.',
      },
    },
    async ({ body }, context) => {
      const item = created(await items.create(body, idempotencyKeyOf(context), context.env.requestId));
      context.header('Location', `/items/${item.id}`);
      return context.json(itemReply(item), 201);
    },
  );
}

function serveListing(router: GatewayRouter, items: ItemService): void {
  serve(
    router,
    {
      method: 'get',
      path: '/items',
      tag: 'Items',
      summary: 'List items',
      description: 'Ordered by id. Who holds an item may be a little out of date here; reading the item is not.',
      query: itemPageQuery,
      body: NO_BODY,
      success: { status: 200, description: 'A page of items.', schema: itemListSchema, headers: itemPageHeaders },
      problems: STORE_PROBLEMS,
    },
    async ({ query: { kind, q = '', available, limit, cursor } }, context) => {
      const filter = { kind, words: searchWords(q), available };
      const page = await items.list(filter, { after: cursor, limit }, context.env.requestId);
      if (page.next !== undefined) context.header('Link', nextPageLink('/items', context.req.query(), page.next));
      return context.json(page.items.map(itemReply));
    },
  );
}

function serveReading(router: GatewayRouter, items: ItemService): void {
  serve(
    router,
    {
      method: 'get',
      path: '/items/{id}',
      tag: 'Items',
      summary: 'Read an item',
      description: 'Who holds it was so at some moment since the request was sent.',
      query: NO_QUERY,
      body: NO_BODY,
      parameters: itemParameters,
      success: { status: 200, description: 'The item.', schema: itemSchema },
      problems: { ...STORE_PROBLEMS, ...NOT_FOUND },
    },
    async (_, context) => {
      const id = itemIdOf(context);
      const item = await items.find(id, context.env.requestId);
      if (item === undefined) throw itemNotFound(id);
      return context.json(itemReply(item));
    },
  );
}

function serveDeletion(router: GatewayRouter, items: ItemService): void {
  serve(
    router,
    {
      method: 'delete',
      path: '/items/{id}',
      tag: 'Items',
      summary: 'Delete an item',
      query: NO_QUERY,
      body: NO_BODY,
      parameters: itemParameters,
      success: { status: 204, description: 'The item is gone.' },
      problems: { ...STORE_PROBLEMS, ...NOT_FOUND, 409: 'Somebody holds it (`ITEM_HELD`).' },
    },
    async (_, context) => {
      const id = itemIdOf(context);
      const outcome = await items.remove(id, context.env.requestId);
      if (outcome === 'missing') throw itemNotFound(id);
      if (outcome !== 'removed') throw itemHeld(id, reservationOf(outcome.heldBy).id);
      return context.body(null, 204);
    },
  );
}

function itemIdOf(context: GatewayContext): string {
  return validate(itemParameters, { id: context.req.param('id') }).id;
}

/** @throws ProblemError when it was not made. */
function created(outcome: CreateOutcome): NamedItem {
  switch (outcome.type) {
    case 'created':
      return outcome.item;
    case 'exists':
      throw new ProblemError({
        status: 409,
        code: 'ITEM_EXISTS',
        title: 'The item exists already',
        detail: `There is an item ${outcome.id}.`,
      });
    case 'removed':
      throw itemNotFound(outcome.id);
    case 'key-reused':
      throw new ProblemError({
        status: 422,
        code: 'IDEMPOTENCY_KEY_REUSED',
        title: 'The idempotency key was used for another request',
        detail: 'The Idempotency-Key was used for another item.',
      });
    default:
      return outcome satisfies never;
  }
}

function itemHeld(id: string, reservation: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'ITEM_HELD',
    title: 'Somebody holds the item',
    detail: `The item ${id} is held by reservation ${reservation}.`,
  });
}
