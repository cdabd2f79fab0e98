/*
 * Requests that a gateway must refuse, each with the status and the field that the refusal must name. Data
 * only: the gateway's own tests run it in-process, a system test against real processes. Nobody called
 * `nobody@example.com` and no product called `no such product` may exist where it runs.
 */

import { badItemRequests } from './bad-item-requests.ts';
import { badOrderRequests } from './bad-order-requests.ts';
import { ANN, badBody, badQuery, EMAILS, JSON_HEADERS, unreadable, type BadRequest } from './bad-request.ts';

const QUANTITIES: readonly (readonly [title: string, json: string])[] = [
  ['a text', '"1"'],
  ['an empty text', '""'],
  ['null', 'null'],
  ['true', 'true'],
  ['a list', '[1]'],
  ['an object', '{}'],
  ['a fraction', '1.5'],
  ['huge', '1000000001'],
  ['hugely negative', '-1000000001'],
  ['above the safe integers', '9007199254740993'],
  ['1e308', '1e308'],
  ['beyond a double', '1e999'],
  ['the text NaN', '"NaN"'],
];

const NAMES: readonly (readonly [title: string, json: string])[] = [
  ['a number', '5'],
  ['null', 'null'],
  ['a list', '["apple"]'],
  ['an object', '{"__proto__": 1}'],
  ['empty', '""'],
  ['blank', '" \\t "'],
  ['too long', `"${'x'.repeat(201)}"`],
  ['with a control character', '"ap\\u0000ple"'],
  ['with a line break inside', '"ap\\nple"'],
  ['with half of a surrogate pair', '"apple\\ud83c"'],
];

const LINES: readonly (readonly [title: string, json: string])[] = [
  ['zero', '0'],
  ['minus zero', '-0'],
  ['negative', '-1'],
  ...QUANTITIES.filter(([title]) => title !== 'hugely negative'),
];

const LEVELS = ['0', '-1', '1.5', '1e1', 'two', 'ONE', '', '%20', '99999', 'NaN', '__proto__', '1&r=1'];

const bodies: readonly BadRequest[] = [
  badBody('a stress test without a number', '/stress', '{}', 'test'),
  badBody('a stress test with a text for a number', '/stress', '{"test": "1"}', 'test'),
  badBody('a stress test that there is not', '/stress', '{"test": 6}', 'test'),
  badBody('a stress test of size 0', '/stress', '{"test": 1, "size": 0}', 'size'),
  badBody('a stress test of half a size', '/stress', '{"test": 1, "size": 1.5}', 'size'),
  badBody('a stress test that is too large', '/stress', '{"test": 1, "size": 100001}', 'size'),
  badBody('test 3 with more than a list holds', '/stress', '{"test": 3, "size": 10001}', 'size'),
  badBody('a stress test with no workers', '/stress', '{"test": 1, "workers": 0}', 'workers'),
  badBody('a stress test with too many workers', '/stress', '{"test": 1, "workers": 257}', 'workers'),
  badBody('a stress test with an unknown field', '/stress', '{"test": 1, "gateway": "http://x"}', 'gateway'),
  badBody('a list for a stress test', '/stress', '[1]', 'body'),
  badBody('a product without a name', '/product', '{"quantity": 1}', 'name'),
  badBody('a product without a quantity', '/product', '{"name": "apple"}', 'quantity'),
  badBody('a product with nothing', '/product', '{}', 'name'),
  badBody('a product with an unknown field', '/product', '{"name": "apple", "quantity": 1, "price": 2}', 'price'),
  badBody('a product with __proto__', '/product', '{"name": "apple", "quantity": 1, "__proto__": {}}', '__proto__'),
  badBody('a product with constructor', '/product', '{"name": "a", "quantity": 1, "constructor": 1}', 'constructor'),
  badBody('a list for a product', '/product', '[]', 'body'),
  badBody('null for a product', '/product', 'null', 'body'),
  badBody('a text for a product', '/product', '"apple"', 'body'),
  badBody('a number for a user', '/createuser', '5', 'body'),
  ...NAMES.map(([title, json]) =>
    badBody(`a product name ${title}`, '/product', `{"name": ${json}, "quantity": 1}`, 'name'),
  ),
  ...QUANTITIES.map(([title, json]) =>
    badBody(`a stock change ${title}`, '/product', `{"name": "apple", "quantity": ${json}}`, 'quantity'),
  ),
  badBody('a new user without e-mail', '/createuser', '{}', 'email'),
  badBody('a new user with a cart', '/createuser', `{${ANN}, "cart": {}}`, 'cart'),
  ...EMAILS.map(([title, json]) =>
    badBody(`a new user’s e-mail ${title}`, '/createuser', `{"email": ${json}}`, 'email'),
  ),
  badBody('a cart without e-mail', '/user', '{"cart": {}}', 'email'),
  badBody('a user without a cart', '/user', `{${ANN}}`, 'cart'),
  badBody('a list for a cart', '/user', `{${ANN}, "cart": ["apple"]}`, 'cart'),
  badBody('null for a cart', '/user', `{${ANN}, "cart": null}`, 'cart'),
  badBody('a cart with a line below 1', '/user', `{${ANN}, "cart": {"apple": 0}}`, 'cart.apple'),
  badBody('a cart with one product twice', '/user', `{${ANN}, "cart": {"Apple": 1, "apple ": 2}}`, 'cart.apple '),
  badBody('lines without e-mail', '/addtocart', '{"products": {"apple": 1}}', 'email'),
  badBody('an addition without products', '/addtocart', `{${ANN}}`, 'products'),
  badBody('an addition of nothing', '/addtocart', `{${ANN}, "products": {}}`, 'products'),
  badBody('an addition of a text', '/addtocart', `{${ANN}, "products": "apple"}`, 'products'),
  badBody('an addition of a list', '/addtocart', `{${ANN}, "products": ["apple"]}`, 'products'),
  badBody('an addition to a bad e-mail', '/addtocart', '{"email": "ann", "products": {"apple": 1}}', 'email'),
  badBody('an addition with an unknown field', '/addtocart', `{${ANN}, "products": {"apple": 1}, "x": 1}`, 'x'),
  badBody(
    'an addition of one product in two spellings',
    '/addtocart',
    `{${ANN}, "products": {"Apple": 1, "apple ": 2}}`,
    'products.apple ',
  ),
  badBody('an addition of an empty name', '/addtocart', `{${ANN}, "products": {"": 1}}`, 'products.'),
  badBody(
    'an addition of __proto__, less than one of it',
    '/addtocart',
    `{${ANN}, "products": {"__proto__": 0}}`,
    'products.__proto__',
  ),
  badBody(
    'an addition of constructor, half of it',
    '/addtocart',
    `{${ANN}, "products": {"constructor": 0.5}}`,
    'products.constructor',
  ),
  badBody(
    'an addition of too many lines',
    '/addtocart',
    JSON.stringify({
      email: 'ann@example.com',
      products: Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`product ${index}`, 1])),
    }),
    'products',
  ),
  ...LINES.map(([title, json]) =>
    badBody(`an added quantity ${title}`, '/addtocart', `{${ANN}, "products": {"apple": ${json}}}`, 'products.apple'),
  ),
  badBody('a removal without products', '/removefromcart', `{${ANN}}`, 'products'),
  badBody('a removal of nothing', '/removefromcart', `{${ANN}, "products": []}`, 'products'),
  badBody('a removal of an object', '/removefromcart', `{${ANN}, "products": {"apple": 1}}`, 'products'),
  badBody('a removal of a number', '/removefromcart', `{${ANN}, "products": [1]}`, 'products.0'),
  badBody(
    'a removal of one product in two spellings',
    '/removefromcart',
    `{${ANN}, "products": ["Apple", "apple "]}`,
    'products.1',
  ),
  badBody('a removal without e-mail', '/removefromcart', '{"products": ["apple"]}', 'email'),
];

const queries: readonly BadRequest[] = [
  badQuery('a product query without a name', '/product', 'name'),
  badQuery('a product query with an empty name', '/product?name=', 'name'),
  badQuery('a product query with two names', '/product?name=apple&name=orange', 'name'),
  badQuery('a product query with a control character', '/product?name=a%00b', 'name'),
  badQuery('a product query with a long name', `/product?name=${'x'.repeat(201)}`, 'name'),
  badQuery('a product query with an unknown parameter', '/product?name=apple&nmae=x', 'nmae'),
  badQuery('a product query with __proto__', '/product?name=apple&__proto__=x', '__proto__'),
  badQuery('a stress query with a parameter', '/stress?latest=1', 'latest'),
  badQuery('a run query with a parameter', '/stress/run-1?full=1', 'full'),
  badQuery('a stop of a run with a parameter', '/stress/run-1?now=1', 'now', 'DELETE'),
  ...['kill', 'restart', 'pause', 'resume', 'cut-off', 'rejoin'].map((command) =>
    badQuery(`a ${command} with a parameter`, `/cluster/nodes/node-1/${command}?now=1`, 'now', 'POST'),
  ),
  badQuery('a deletion without a name', '/product', 'name', 'DELETE'),
  badQuery('a user query without e-mail', '/user', 'email'),
  badQuery('a user query with a bad e-mail', '/user?email=ann', 'email'),
  badQuery('a user query with two e-mails', '/user?email=a@example.com&email=b@example.com', 'email'),
  badQuery('a user deletion without e-mail', '/user', 'email', 'DELETE'),
  ...LEVELS.map((level) => badQuery(`r=${level}`, `/product?name=apple&r=${level}`, 'r')),
  badQuery('w=none', '/user?email=ann@example.com&w=none', 'w'),
  badQuery('an r above the number of replicas', '/product?name=apple&r=9999', 'r'),
  badQuery('strict=yes', '/product?name=apple&strict=yes', 'strict'),
  badQuery('an empty strict', '/productslist?strict=', 'strict'),
  badQuery('a deletion with w=0', '/user?email=nobody@example.com&w=0', 'w', 'DELETE'),
  { ...badBody('a stock change with w=0', '/product?w=0', '{"name": "apple", "quantity": 1}', 'w') },
  { ...badBody('a new user with strict=1', '/createuser?strict=1', `{${ANN}}`, 'strict') },
  ...['0', '1001', '-1', '1.5', 'ten', '', '1e2', '99999999999999999999'].map((limit) =>
    badQuery(`limit=${limit}`, `/productslist?limit=${limit}`, 'limit'),
  ),
  badQuery('an empty cursor', '/productslist?cursor=', 'cursor'),
  badQuery('a cursor with a control character', '/productslist?cursor=%07', 'cursor'),
  badQuery('a user cursor that is no e-mail', '/userslist?cursor=ann', 'cursor'),
  badQuery('a place without a key', '/cluster/where', 'key'),
  ...['', 'orange', 'product:', 'user:ann', 'thing:1', 'item:a%20b', 'item:', 'product:a%00b', ':'].map((key) =>
    badQuery(`the place of ${JSON.stringify(key)}`, `/cluster/where?key=${key}`, 'key'),
  ),
  badQuery('a parameter for the cluster', '/cluster?x=1', 'x'),
];

const PRODUCT = '{"name": "apple", "quantity": 1}';

const protocol: readonly BadRequest[] = [
  unreadable('an empty body', ''),
  unreadable('half an object', '{"name": "apple"'),
  unreadable('a body that is no JSON', 'name=apple'),
  unreadable('NaN', '{"name": "apple", "quantity": NaN}'),
  unreadable('two values', `${PRODUCT} ${PRODUCT}`),
  unreadable('bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0xfe, 0x22])),
  ...['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-16', 'multipart/form-data'].map(
    (contentType) => ({
      title: `a body sent as ${contentType}`,
      method: 'POST',
      path: '/product',
      headers: { 'content-type': contentType },
      body: PRODUCT,
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    }),
  ),
  {
    title: 'a body without a type',
    method: 'POST',
    path: '/product',
    body: new TextEncoder().encode(PRODUCT),
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
  },
  ...['/product', '/addtocart', '/createuser'].map((path) => ({
    title: `2 MB for ${path}`,
    method: 'POST',
    path,
    headers: JSON_HEADERS,
    body: JSON.stringify({ name: 'x'.repeat(2_000_000), quantity: 1 }),
    status: 413,
    code: 'BODY_TOO_LARGE',
  })),
  ...['', 'x'.repeat(256), 'ké', 'a\tb'].map((key) => ({
    ...badBody(`the idempotency key ${JSON.stringify(key.slice(0, 9))}`, '/product', PRODUCT, 'Idempotency-Key'),
    headers: { ...JSON_HEADERS, 'idempotency-key': key },
  })),
  ...['/nothing', '/product/apple', '/__proto__', '/Product?name=apple', '/%00', '/docs/../package.json'].map(
    (path) => ({
      title: `the path ${path}`,
      method: 'GET',
      path,
      status: 404,
      code: 'NOT_FOUND',
    }),
  ),
  ...[
    ['PATCH', '/product'],
    ['PUT', '/user'],
    ['GET', '/createuser'],
    ['GET', '/addtocart'],
    ['DELETE', '/removefromcart'],
    ['POST', '/productslist'],
    ['POST', '/cluster/events'],
    ['GET', '/cluster/nodes/node-1/kill'],
    ['GET', '/cluster/nodes/node-1/pause'],
    ['DELETE', '/cluster/nodes/node-1/cut-off'],
    ['PUT', '/stress'],
    ['POST', '/stress/run-1'],
  ].map(([method = '', path = '']) => ({
    title: `${method} ${path}`,
    method,
    path,
    status: 405,
    code: 'METHOD_NOT_ALLOWED',
  })),
];

const unknown: readonly BadRequest[] = [
  { title: 'an unknown product', method: 'GET', path: '/product?name=no%20such%20product', status: 404 },
  {
    title: 'the deletion of an unknown product',
    method: 'DELETE',
    path: '/product?name=no%20such%20product',
    status: 404,
  },
  { title: 'an unknown user', method: 'GET', path: '/user?email=nobody@example.com', status: 404 },
  { title: 'the deletion of an unknown user', method: 'DELETE', path: '/user?email=nobody@example.com', status: 404 },
  {
    title: 'a cart for an unknown user',
    method: 'POST',
    path: '/user',
    headers: JSON_HEADERS,
    body: '{"email": "nobody@example.com", "cart": {"__proto__": 1}}',
    status: 404,
    code: 'USER_NOT_FOUND',
  },
  {
    title: 'the removal of lines of an unknown user',
    method: 'POST',
    path: '/removefromcart',
    headers: JSON_HEADERS,
    body: '{"email": "nobody@example.com", "products": ["apple"]}',
    status: 404,
    code: 'USER_NOT_FOUND',
  },
  {
    title: 'the addition of an unknown product',
    method: 'POST',
    path: '/addtocart',
    headers: JSON_HEADERS,
    body: '{"email": "nobody@example.com", "products": {"no such product": 1}}',
    status: 404,
    code: 'PRODUCT_NOT_FOUND',
    field: 'products.no such product',
  },
  {
    title: 'a stock below zero',
    method: 'POST',
    path: '/product',
    headers: JSON_HEADERS,
    body: '{"name": "no such product", "quantity": -1}',
    status: 409,
    code: 'BELOW_ZERO',
  },
];

/** All of them. */
export const badRequests: readonly BadRequest[] = [
  ...bodies,
  ...queries,
  ...badItemRequests,
  ...badOrderRequests,
  ...protocol,
  ...unknown,
];
