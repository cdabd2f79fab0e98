/*
 * Valid requests, and ways to spoil them: what a fuzz test sends. Pure; chance comes in as an argument. A
 * spoilt request may still be valid, and may then change something.
 */
import { pick } from './seeded-random.ts';

/** A request in pieces that can be spoilt one by one. */
export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  /** `name=value`, encoded. */
  readonly query: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, until it is spoilt. */
  readonly body: string | undefined;
}

type Random = () => number;
type Mutation = (request: FuzzRequest, random: Random) => FuzzRequest;

function reading(path: string, ...query: string[]): FuzzRequest {
  return { method: 'GET', path, query, headers: {}, body: undefined };
}

function writing(path: string, body: unknown): FuzzRequest {
  const headers = { 'content-type': 'application/json' };
  return { method: 'POST', path, query: [], headers, body: JSON.stringify(body) };
}

/** Valid requests that nodes and gateways serve. */
export const validRequests: readonly FuzzRequest[] = [
  reading('/productslist', 'limit=10'),
  reading('/userslist', 'limit=10', 'cursor=ann%40example.com'),
  reading('/product', 'name=apple'),
  reading('/user', 'email=ann%40example.com'),
  writing('/product', { name: 'apple', quantity: 1 }),
  writing('/createuser', { email: 'new@example.com' }),
  writing('/user', { email: 'ann@example.com', cart: { apple: 2, orange: 1 } }),
  writing('/addtocart', { email: 'ann@example.com', products: { apple: 1, orange: 2 } }),
];

/** Valid requests that only gateways serve. */
export const validGatewayRequests: readonly FuzzRequest[] = [
  reading('/product', 'name=apple', 'r=2', 'strict=true'),
  reading('/cluster/where', 'key=user%3Aann%40example.com'),
  reading('/cluster'),
  reading('/healthz'),
  writing('/removefromcart', { email: 'ann@example.com', products: ['apple', 'pear'] }),
  writing('/checkout', { email: 'ann@example.com' }),
  reading('/orders', 'email=ann%40example.com', 'limit=10'),
  reading('/orders/00000000000000000000000000000000'),
  { ...reading('/orders/00000000000000000000000000000000'), method: 'DELETE' },
  writing('/items', { id: 'moby-dick', kind: 'book', title: 'Moby-Dick', year: 1851 }),
  writing('/items', { kind: 'seat', row: 1 }),
  reading('/items', 'kind=book', 'q=moby', 'available=true', 'limit=10'),
  reading('/items/moby-dick'),
  { ...reading('/items/spare'), method: 'DELETE' },
  writing('/reservations', { email: 'ann@example.com', items: ['moby-dick', 'emma'], holdSeconds: 60 }),
  writing('/reservations', { email: 'ann@example.com', items: ['moby-dick', 'emma'], atomic: true }),
  reading('/reservations', 'email=ann%40example.com', 'item=moby-dick'),
  reading('/reservations/moby-dick~0123456789abcdef'),
  { ...writing('/reservations/moby-dick~0123456789abcdef', { item: 'emma', confirm: true }), method: 'PATCH' },
  { ...reading('/reservations/moby-dick~0123456789abcdef'), method: 'DELETE' },
  { ...reading('/product', 'name=spare'), method: 'DELETE' },
  { ...reading('/user', 'email=spare%40example.com'), method: 'DELETE' },
];

/** JSON that is out of place nearly everywhere. */
const HOSTILE_JSON = [
  'null',
  'true',
  '0',
  '-0',
  '-1',
  '0.5',
  '1e308',
  '1e999',
  '-1000000001',
  '9007199254740993',
  'NaN',
  '""',
  '" "',
  '"1"',
  '"__proto__"',
  '"constructor"',
  '"\\u0000"',
  '"\\ud800"',
  '"🍊"',
  '"%00"',
  '"../../etc/passwd"',
  '[]',
  '{}',
  '[[]]',
  '{"__proto__": {"quantity": 1}}',
  `"${'x'.repeat(3_000)}"`,
  `"${'\u0301'.repeat(1_500)}"`,
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
];

const HOSTILE_QUERY = [
  '',
  '%',
  '%zz',
  '%00',
  '%ff',
  '%F0%9F%8D%8A',
  '__proto__',
  '-1',
  '1e9',
  '+',
  '%20',
  'x'.repeat(3_000),
];
const PARAMETERS = ['name', 'email', 'r', 'w', 'strict', 'limit', 'cursor', 'key', '__proto__', 'constructor', '%', ''];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'];
const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['content-type', 'text/plain'],
  ['content-type', 'application/json; charset=utf-16'],
  ['content-type', ''],
  ['content-encoding', 'gzip'],
  ['transfer-encoding', 'chunked'],
  ['idempotency-key', ''],
  ['idempotency-key', '__proto__'],
  ['idempotency-key', 'the same'],
  ['idempotency-key', 'x'.repeat(300)],
  ['x-request-id', '{"a":1}'],
  ['x-request-id', 'x'.repeat(3_000)],
  ['authorization', 'Bearer wrong'],
  ['accept', 'text/html'],
  ['cookie', '__proto__=1'],
  ['if-match', '"1"'],
  ['range', 'bytes=0-'],
  ['x-http-method-override', 'DELETE'],
];

const mutations: readonly Mutation[] = [
  (request, random) => ({ ...request, method: pick(random, METHODS) }),
  (request, random) => ({ ...request, path: pick(random, spoiltPaths(request.path)) }),
  (request, random) => ({ ...request, query: spoiltQuery(request.query, random) }),
  (request, random) => ({
    ...request,
    headers: { ...request.headers, ...Object.fromEntries([pick(random, HEADERS)]) },
  }),
  (request, random) => ({
    ...request,
    body: replaceToken(request.body ?? '{}', random, () => pick(random, HOSTILE_JSON)),
  }),
  (request, random) => ({ ...request, body: replaceToken(request.body ?? '{}', random, () => '') }),
  (request, random) => ({
    ...request,
    body: replaceToken(request.body ?? '{}', random, (token) => `${token},${token}`),
  }),
  ({ body = '{}', ...request }, random) => ({ ...request, body: body.slice(0, Math.floor(random() * body.length)) }),
  ({ body = '{}', ...request }, random) => ({ ...request, body: `${body}${pick(random, ['}', ' ', '\u0000', body])}` }),
];

/** A valid request, spoilt in one to three ways. */
export function spoiltRequest(valid: readonly FuzzRequest[], random: Random): FuzzRequest {
  let request = pick(random, valid);
  const times = 1 + Math.floor(random() * 3);
  for (let time = 0; time < times; time += 1) request = pick(random, mutations)(request, random);
  return request;
}

function spoiltPaths(path: string): readonly string[] {
  return [
    `${path}/`,
    `/${path}`,
    `${path}/..`,
    `${path}%00`,
    `${path}%`,
    `${path}%ff`,
    path.toUpperCase(),
    '/',
    '*',
    '',
  ];
}

function spoiltQuery(query: readonly string[], random: Random): readonly string[] {
  const [first = 'name=apple', ...rest] = query;
  const [name = ''] = first.split('=');
  return pick(random, [
    rest,
    [...query, first],
    [...query, `${pick(random, PARAMETERS)}=${pick(random, HOSTILE_QUERY)}`],
    [`${name}=${pick(random, HOSTILE_QUERY)}`, ...rest],
    [name, ...rest],
  ]);
}

/** Replaces one token of a JSON text: a name, a value, a bracket, a comma or a colon. */
function replaceToken(json: string, random: Random, replace: (token: string) => string): string {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[^\s"{}[\],:]+|[{}[\],:"]/g) ?? [];
  const chosen = Math.floor(random() * tokens.length);
  return tokens.map((token, index) => (index === chosen ? replace(token) : token)).join('');
}
