/*
 * Requests about checkouts and orders that a gateway must refuse; part of bad-requests.ts. No order may exist whose id
 * is all zeros.
 */
import { ANN, badBody, badQuery, EMAILS, JSON_HEADERS, unreadable, type BadRequest } from './bad-request.ts';

/** The id of an order that does not exist. */
const NO_ORDER = '0'.repeat(32);

/** All of them. */
export const badOrderRequests: readonly BadRequest[] = [
  badBody('a checkout of nobody', '/checkout', '{}', 'email'),
  badBody('a checkout of a list', '/checkout', '["ann@example.com"]', 'body'),
  badBody('a checkout of null', '/checkout', 'null', 'body'),
  badBody('a checkout of some products', '/checkout', `{${ANN}, "products": {"apple": 1}}`, 'products'),
  badBody('a checkout with __proto__', '/checkout', `{${ANN}, "__proto__": 1}`, '__proto__'),
  badBody('a checkout with strict', '/checkout?strict=true', `{${ANN}}`, 'strict'),
  ...EMAILS.map(([title, json]) => badBody(`a checkout’s e-mail ${title}`, '/checkout', `{"email": ${json}}`, 'email')),
  ...['', 'x'.repeat(256), 'ké', 'a\tb'].map((key) => ({
    ...badBody(
      `a checkout under the key ${JSON.stringify(key.slice(0, 9))}`,
      '/checkout',
      `{${ANN}}`,
      'Idempotency-Key',
    ),
    headers: { ...JSON_HEADERS, 'idempotency-key': key },
  })),
  { ...unreadable('half a checkout', `{${ANN}`), path: '/checkout' },
  {
    title: 'a checkout as a form',
    method: 'POST',
    path: '/checkout',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'email=ann@example.com',
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
  },
  {
    title: 'a checkout of an unknown user',
    method: 'POST',
    path: '/checkout',
    headers: JSON_HEADERS,
    body: '{"email": "nobody@example.com"}',
    status: 404,
    code: 'USER_NOT_FOUND',
  },
  {
    title: 'a checkout of an unknown user, under a key',
    method: 'POST',
    path: '/checkout',
    headers: { ...JSON_HEADERS, 'idempotency-key': 'no such checkout' },
    body: '{"email": "nobody@example.com"}',
    status: 404,
    code: 'USER_NOT_FOUND',
  },
  badQuery('orders of nobody', '/orders', 'email'),
  badQuery('orders of a bad e-mail', '/orders?email=ann', 'email'),
  badQuery('orders of two people', '/orders?email=a@example.com&email=b@example.com', 'email'),
  badQuery('orders with an unknown parameter', '/orders?email=a@example.com&state=confirmed', 'state'),
  ...['0', '1001', '-1', '1.5', 'ten', ''].map((limit) =>
    badQuery(`orders with limit=${limit}`, `/orders?email=a@example.com&limit=${limit}`, 'limit'),
  ),
  badQuery('an order with a parameter', `/orders/${NO_ORDER}?w=1`, 'w'),
  badQuery('the deletion of an order with a parameter', `/orders/${NO_ORDER}?strict=true`, 'strict', 'DELETE'),
  ...['GET', 'DELETE'].flatMap((method) =>
    [NO_ORDER, NO_ORDER.slice(1), '__proto__', '~', '%00', 'x'.repeat(300), `${NO_ORDER}0`, '%F0%9F%8D%8A'].map(
      (id) => ({
        title: `${method} of the order ${id}`,
        method,
        path: `/orders/${id}`,
        status: 404,
        code: 'ORDER_NOT_FOUND',
      }),
    ),
  ),
  ...(
    [
      ['GET', '/checkout'],
      ['DELETE', '/checkout'],
      ['POST', '/orders'],
      ['DELETE', '/orders'],
      ['PATCH', `/orders/${NO_ORDER}`],
      ['POST', `/orders/${NO_ORDER}`],
    ] as const
  ).map(([method, path]) => ({ title: `${method} ${path}`, method, path, status: 405, code: 'METHOD_NOT_ALLOWED' })),
];
