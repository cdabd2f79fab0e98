/*
 * Requests about items and reservations that a gateway must refuse. Data only; needs the same of its surroundings as
 * bad-requests.ts, and no item called `no-such-item`.
 */
import { ANN, badBody, badQuery, EMAILS, JSON_HEADERS, unreadable, type BadRequest } from './bad-request.ts';

const ITEM = '"kind": "book"';
const RESERVED = `${ANN}, "items": ["no-such-item"]`;

/** A change of a reservation that is refused because of a field. */
function badChange(title: string, body: string, field: string): BadRequest {
  return { ...badBody(title, '/reservations/no-such-item~0123456789abcdef', body, field), method: 'PATCH' };
}

const ITEM_IDS: readonly (readonly [title: string, json: string])[] = [
  ['a number', '5'],
  ['null', 'null'],
  ['empty', '""'],
  ['with a space', '"moby dick"'],
  ['with a slash', '"../a"'],
  ['with a tilde', '"a~b"'],
  ['that begins with a dot', '".a"'],
  ['with an accent', '"é"'],
  ['too long', `"${'x'.repeat(101)}"`],
  ['__proto__', '"__proto__"'],
];

const DETAILS: readonly (readonly [title: string, json: string])[] = [
  ['null', 'null'],
  ['true', 'true'],
  ['a list', '["a"]'],
  ['an object', '{}'],
  ['beyond a double', '1e999'],
  ['with a control character', '"a\\u0000b"'],
  ['with half of a surrogate pair', '"a\\ud83c"'],
  ['too long', `"${'x'.repeat(501)}"`],
];

/** All of them. */
export const badItemRequests: readonly BadRequest[] = [
  badBody('a list for an item', '/items', '[]', 'body'),
  badBody('null for an item', '/items', 'null', 'body'),
  badBody('a text for an item', '/items', '"book"', 'body'),
  badBody('an item without a kind', '/items', '{"id": "a"}', 'kind'),
  badBody('an item of kind 5', '/items', '{"kind": 5}', 'kind'),
  badBody('an item of an empty kind', '/items', '{"kind": " "}', 'kind'),
  badBody('an item of a kind with spaces', '/items', '{"kind": "a b"}', 'kind'),
  ...ITEM_IDS.map(([title, json]) => badBody(`an item’s id ${title}`, '/items', `{${ITEM}, "id": ${json}}`, 'id')),
  ...DETAILS.map(([title, json]) =>
    badBody(`an item’s title ${title}`, '/items', `{${ITEM}, "title": ${json}}`, 'title'),
  ),
  ...['holder', 'version', 'status', '__proto__', 'Title', '1st', 'a b', ''].map((name) =>
    badBody(`an item’s detail named ${JSON.stringify(name)}`, '/items', `{${ITEM}, ${JSON.stringify(name)}: 1}`, name),
  ),
  badBody(
    'an item with too many details',
    '/items',
    JSON.stringify({ kind: 'book', ...Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`a${index}`, 1])) }),
    'body',
  ),
  badBody('an item with r', '/items?r=1', `{${ITEM}}`, 'r'),
  badQuery('items of a bad kind', '/items?kind=a%20b', 'kind'),
  badQuery('items that may be available', '/items?available=maybe', 'available'),
  badQuery('items by a long search', `/items?q=${'x'.repeat(201)}`, 'q'),
  badQuery('items by author', '/items?author=x', 'author'),
  badQuery('no items at all', '/items?limit=0', 'limit'),
  badQuery('items after none', '/items?cursor=a%20b', 'cursor'),
  badQuery('an item with a space', '/items/a%20b', 'id'),
  badQuery('an item with a NUL', '/items/%00', 'id'),
  badQuery('the deletion of an item with a tilde', '/items/a~b', 'id', 'DELETE'),
  badQuery('an item with a parameter', '/items/no-such-item?w=1', 'w'),

  badBody('a reservation of nothing', '/reservations', `{${ANN}}`, 'items'),
  badBody('a reservation of no items', '/reservations', `{${ANN}, "items": []}`, 'items'),
  badBody('a reservation of a text', '/reservations', `{${ANN}, "items": "a"}`, 'items'),
  badBody('a reservation for nobody', '/reservations', '{"items": ["a"]}', 'email'),
  badBody('a reservation with an unknown field', '/reservations', `{${RESERVED}, "seat": 1}`, 'seat'),
  badBody('a reservation with __proto__', '/reservations', `{${RESERVED}, "__proto__": 1}`, '__proto__'),
  badBody('a reservation of one item twice', '/reservations', `{${ANN}, "items": ["a", " A "]}`, 'items.1'),
  badBody(
    'a reservation of too many items',
    '/reservations',
    JSON.stringify({ email: 'ann@example.com', items: Array.from({ length: 201 }, (_, index) => `i${index}`) }),
    'items',
  ),
  ...ITEM_IDS.map(([title, json]) =>
    badBody(`a reserved item ${title}`, '/reservations', `{${ANN}, "items": [${json}]}`, 'items.0'),
  ),
  ...EMAILS.map(([title, json]) =>
    badBody(`a reservation’s e-mail ${title}`, '/reservations', `{"items": ["a"], "email": ${json}}`, 'email'),
  ),
  ...['0', '-1', '1.5', '86401', '"60"', 'null', '1e999'].map((json) =>
    badBody(`a hold of ${json} seconds`, '/reservations', `{${RESERVED}, "holdSeconds": ${json}}`, 'holdSeconds'),
  ),
  ...['"true"', '1', 'null'].map((json) =>
    badBody(`atomic: ${json}`, '/reservations', `{${RESERVED}, "atomic": ${json}}`, 'atomic'),
  ),
  {
    ...badBody('a reservation under a key with a tab', '/reservations', `{${RESERVED}}`, 'Idempotency-Key'),
    headers: { ...JSON_HEADERS, 'idempotency-key': 'a\tb' },
  },
  badQuery('reservations of nobody and nothing', '/reservations', 'email'),
  badQuery('reservations of a bad e-mail', '/reservations?email=ann', 'email'),
  badQuery('reservations of a bad item', '/reservations?item=a%20b', 'item'),
  badQuery('reservations with a limit', '/reservations?item=a&limit=1', 'limit'),
  badChange('a change of nothing', '{}', 'body'),
  badChange('a change to a list', '[]', 'body'),
  badChange('a change to a bad item', '{"item": "a b"}', 'item'),
  badChange('a change to a bad e-mail', '{"email": "ann"}', 'email'),
  badChange('a confirmation that is none', '{"confirm": false}', 'confirm'),
  badChange('a change of the hold', '{"holdSeconds": 60}', 'holdSeconds'),
  ...(
    [
      ['POST', '/items', `{${ITEM}`],
      ['POST', '/reservations', `{${RESERVED}`],
      ['PATCH', '/reservations/a~0123456789abcdef', '{"confirm": true'],
    ] as const
  ).flatMap(([method, path, body]) => [
    { ...unreadable(`half a body for ${method} ${path}`, body), method, path },
    {
      title: `a form for ${method} ${path}`,
      method,
      path,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'a=b',
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    },
  ]),
  ...(
    [
      ['PUT', '/items'],
      ['PATCH', '/items/a'],
      ['POST', '/items/a'],
      ['DELETE', '/reservations'],
      ['PUT', '/reservations/a~0123456789abcdef'],
    ] as const
  ).map(([method, path]) => ({ title: `${method} ${path}`, method, path, status: 405, code: 'METHOD_NOT_ALLOWED' })),
  ...(
    [
      ['GET', '/items/no-such-item'],
      ['DELETE', '/items/no-such-item'],
    ] as const
  ).map(([method, path]) => ({ title: `${method} ${path}`, method, path, status: 404, code: 'ITEM_NOT_FOUND' })),
  ...['GET', 'DELETE'].flatMap((method) =>
    ['no-such-item~0123456789abcdef', 'a', '~', '__proto__', 'x'.repeat(300), '%F0%9F%8D%8A~0123456789abcdef'].map(
      (id) => ({
        title: `${method} of the reservation ${id}`,
        method,
        path: `/reservations/${id}`,
        status: 404,
        code: 'RESERVATION_NOT_FOUND',
      }),
    ),
  ),
  {
    title: 'a change of an unknown reservation',
    method: 'PATCH',
    path: '/reservations/no-such-item~0123456789abcdef',
    headers: JSON_HEADERS,
    body: '{"item": "a", "email": "ann@example.com"}',
    status: 404,
    code: 'RESERVATION_NOT_FOUND',
  },
  ...['{}', '{"atomic": true}'].map((more) => ({
    title: `the reservation of an unknown item, ${more}`,
    method: 'POST',
    path: '/reservations',
    headers: JSON_HEADERS,
    body: JSON.stringify({ email: 'ann@example.com', items: ['no-such-item'], ...JSON.parse(more) }),
    status: 409,
    code: more === '{}' ? 'NOTHING_RESERVED' : 'NOT_ALL_FREE',
  })),
];
