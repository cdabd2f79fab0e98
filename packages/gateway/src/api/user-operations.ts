/*
 * The calls about users: list, read, create, delete.
 */
import { USER_PREFIX, userKey } from '@trolley/records';
import { BODY_PROBLEMS, NO_BODY, serve, type GatewayRouter } from './operation.ts';
import { listPage, linkToNext } from './paging.ts';
import { emptyReply, made, reply, replyText, userReply } from './replies.ts';
import { quickUserQuery } from './quick-input.ts';
import {
  createdHeaders,
  idempotencyHeaders,
  newUserBody,
  pageHeaders,
  quorumHeaders,
  storeQuery,
  userListSchema,
  userPageQuery,
  userQuery,
  userSchema,
} from './schemas.ts';
import { changeOf, changeUser, readUser, type Shop } from './shop.ts';
import { storeOptions } from './store-options.ts';
import { STORE_PROBLEMS } from './store-problem.ts';

const NOT_FOUND = { 404: 'There is no such user.' };

/** Adds the calls to the router. */
export function serveUsers(router: GatewayRouter, shop: Shop): void {
  serveListing(router, shop);
  serveReading(router, shop);
  serveCreation(router, shop);
  serveDeletion(router, shop);
}

function serveListing(router: GatewayRouter, { store }: Shop): void {
  serve(
    router,
    {
      method: 'get',
      path: '/userslist',
      tag: 'Users',
      summary: 'List the users and their carts',
      description: 'Ordered by e-mail address, merged over the storage nodes.',
      query: userPageQuery,
      body: NO_BODY,
      success: { status: 200, description: 'A page of users.', schema: userListSchema, headers: pageHeaders },
      problems: STORE_PROBLEMS,
    },
    async ({ query }, context) => {
      const request = { prefix: USER_PREFIX, cursor: query.cursor, limit: query.limit, itemOf: userReply };
      const page = await listPage(store, request, storeOptions(query, context));
      const headers = linkToNext('/userslist', context.req.query(), page.nextCursor);
      return reply(context, page.quorum, page.items, { headers });
    },
  );
}

function serveReading(router: GatewayRouter, { store }: Shop): void {
  serve(
    router,
    {
      method: 'get',
      path: '/user',
      tag: 'Users',
      summary: 'Read a user and the cart',
      query: userQuery,
      quick: { query: quickUserQuery },
      body: NO_BODY,
      success: { status: 200, description: 'The user.', schema: userSchema, headers: quorumHeaders },
      problems: { ...STORE_PROBLEMS, ...NOT_FOUND },
    },
    async ({ query }, context) => {
      const { quorum, text } = await readUser(store, query.email, storeOptions(query, context));
      return replyText(context, quorum, text);
    },
  );
}

function serveCreation(router: GatewayRouter, shop: Shop): void {
  serve(
    router,
    {
      method: 'post',
      path: '/createuser',
      tag: 'Users',
      summary: 'Create a user with an empty cart',
      description:
        'A retry with the same Idempotency-Key gets 201 again, with the user as it is by then. A 409 is not ' +
        'remembered: after the user is deleted, the same request creates it.',
      query: storeQuery,
      body: newUserBody,
      headers: idempotencyHeaders,
      success: { status: 201, description: 'The new user.', schema: userSchema, headers: createdHeaders },
      problems: {
        ...STORE_PROBLEMS,
        ...BODY_PROBLEMS,
        409: 'The user exists already.',
        422: 'The Idempotency-Key was used for another request about this user.',
      },
    },
    async ({ query, body: { email } }, context) => {
      const change = changeOf(shop, context, userKey(email), { type: 'create-user' });
      const { quorum, text } = await changeUser(shop.store, email, change, storeOptions(query, context));
      const headers = { Location: `/user?email=${encodeURIComponent(email)}` };
      return replyText(context, quorum, text, { status: 201, headers });
    },
  );
}

function serveDeletion(router: GatewayRouter, { store }: Shop): void {
  serve(
    router,
    {
      method: 'delete',
      path: '/user',
      tag: 'Users',
      summary: 'Delete a user and the cart',
      query: userQuery,
      body: NO_BODY,
      success: { status: 204, description: 'The user is gone.', headers: quorumHeaders },
      problems: { ...STORE_PROBLEMS, ...NOT_FOUND },
    },
    async ({ query }, context) => {
      const change = { action: { type: 'delete-user' } } as const;
      const result = made(await store.change(userKey(query.email), change, storeOptions(query, context)));
      return emptyReply(context, result.quorum);
    },
  );
}
