/*
 * Requests that a storage node must refuse: those of the gateway's table that are about calls that a node
 * serves too, and some that only a node can get. Data only; needs the same of its surroundings.
 */
import { JSON_HEADERS, type BadRequest } from './bad-request.ts';
import { badRequests } from './bad-requests.ts';

/** The calls that a node has in common with a gateway. */
const SHARED_CALLS = new Set([
  'GET /productslist',
  'GET /userslist',
  'GET /product',
  'GET /user',
  'POST /product',
  'POST /createuser',
  'POST /user',
  'POST /addtocart',
]);

/** What only a gateway checks: nodes do not ask whether products exist, and retries are the gateway's. */
function isOfGatewayOnly({ code, headers = {} }: BadRequest): boolean {
  return code === 'PRODUCT_NOT_FOUND' || 'idempotency-key' in headers;
}

const shared = badRequests.filter((request) => {
  const [path = ''] = request.path.split('?');
  return SHARED_CALLS.has(`${request.method} ${path}`) && !isOfGatewayOnly(request);
});

function badBatch(title: string, body: string, field: string): BadRequest {
  return {
    title,
    method: 'POST',
    path: '/batch',
    headers: JSON_HEADERS,
    body,
    status: 400,
    code: 'INVALID_INPUT',
    field,
  };
}

function batchOf(operation: unknown): string {
  return JSON.stringify({ to: 'node-1', epoch: 1_000_000, operations: [operation] });
}

const batches: readonly BadRequest[] = [
  badBatch('a batch of nothing', '{}', 'to'),
  badBatch('a batch for nobody', '{"epoch": 1, "operations": []}', 'to'),
  badBatch('a batch without an epoch', '{"to": "node-1", "operations": []}', 'epoch'),
  badBatch('a batch of a negative epoch', '{"to": "node-1", "epoch": -1, "operations": []}', 'epoch'),
  badBatch('a batch of a fractional epoch', '{"to": "node-1", "epoch": 1.5, "operations": []}', 'epoch'),
  badBatch('a batch of an epoch of 1e308', '{"to": "node-1", "epoch": 1e308, "operations": []}', 'epoch'),
  badBatch('a batch without operations', '{"to": "node-1", "epoch": 1}', 'operations'),
  badBatch('an object for operations', '{"to": "node-1", "epoch": 1, "operations": {}}', 'operations'),
  badBatch('an unknown operation', batchOf({ type: 'forget' }), 'operations.0.type'),
  badBatch('__proto__ for an operation', batchOf({ type: '__proto__' }), 'operations.0.type'),
  badBatch('a read of no key', batchOf({ type: 'read', detail: 'record' }), 'operations.0.key'),
  badBatch(
    'a read of half a record',
    batchOf({ type: 'read', key: 'product:apple', detail: 'half' }),
    'operations.0.detail',
  ),
  badBatch('a scan without end', batchOf({ type: 'scan', prefix: '', after: null, limit: 1e9 }), 'operations.0.limit'),
  badBatch('hints for nobody', batchOf({ type: 'hint', keys: ['product:apple'] }), 'operations.0.node'),
  badBatch(
    'too many hints',
    batchOf({ type: 'hint', node: 'node-2', keys: Array.from({ length: 1001 }, () => 'product:apple') }),
    'operations.0.keys',
  ),
  badBatch(
    'digests below the leaves',
    batchOf({ type: 'digest-children', group: 0, path: '0123' }),
    'operations.0.path',
  ),
  badBatch(
    'a digest that is none',
    batchOf({ type: 'digest-groups', from: 'node-2', runs: [[0, 1]], digest: 'xyz' }),
    'operations.0.digest',
  ),
  badBatch('a drop at no time', batchOf({ type: 'drop', group: 0, records: [] }), 'operations.0.atMs'),
  badBatch('a merge of no record', batchOf({ type: 'merge', key: 'product:apple' }), 'operations.0.record'),
  badBatch('a promise under no ballot', batchOf({ type: 'prepare', key: 'item:a' }), 'operations.0.ballot'),
  badBatch(
    'a promise under a ballot without a proposer',
    batchOf({ type: 'prepare', key: 'item:a', ballot: [1] }),
    'operations.0.ballot',
  ),
  badBatch('a promise on nothing', batchOf({ type: 'prepare', ballot: [1, 'p'] }), 'operations.0.key'),
  ...[0, -1, 1.5, 1e308, '1', null].map((counter) =>
    badBatch(
      `a ballot of the counter ${JSON.stringify(counter)}`,
      batchOf({ type: 'prepare', key: 'item:a', ballot: [counter, 'p'] }),
      'operations.0.ballot.0',
    ),
  ),
  ...['', ']', 'a"b', 'p'.repeat(129), 7].map((proposer) =>
    badBatch(
      `a ballot of the proposer ${JSON.stringify(proposer).slice(0, 9)}`,
      batchOf({ type: 'accept', key: 'item:a', ballot: [1, proposer], value: null, next: null }),
      'operations.0.ballot.1',
    ),
  ),
  badBatch(
    'a value that is not text',
    batchOf({ type: 'accept', key: 'item:a', ballot: [1, 'p'], value: { held: true }, next: null }),
    'operations.0.value',
  ),
  badBatch(
    'an accept that does not say what is next',
    batchOf({ type: 'accept', key: 'item:a', ballot: [1, 'p'], value: 'v' }),
    'operations.0.next',
  ),
  badBatch(
    'an accept whose next ballot is none',
    batchOf({ type: 'accept', key: 'item:a', ballot: [1, 'p'], value: 'v', next: [2] }),
    'operations.0.next',
  ),
  badBatch(
    'an unknown change',
    batchOf({ type: 'change', key: 'product:apple', change: { action: { type: 'constructor' } }, base: null }),
    'operations.0.change.action.type',
  ),
  badBatch(
    'an entry without a number',
    batchOf({
      type: 'change',
      key: 'person:ann@example.com',
      change: { action: { type: 'list-add', entries: [['order:1']] } },
      base: null,
    }),
    'operations.0.change.action.entries.0',
  ),
  badBatch(
    'a change by half',
    batchOf({
      type: 'change',
      key: 'product:apple',
      change: { action: { type: 'add-to-product', quantity: 0.5 } },
      base: null,
    }),
    'operations.0.change.action.quantity',
  ),
  {
    title: 'a batch for another node',
    method: 'POST',
    path: '/batch',
    headers: JSON_HEADERS,
    body: '{"to": "node-2", "epoch": 1000000, "operations": []}',
    status: 421,
    code: 'MISDIRECTED',
  },
  {
    title: 'a batch made under an older map',
    method: 'POST',
    path: '/batch',
    headers: JSON_HEADERS,
    body: '{"to": "node-1", "epoch": 0, "operations": [{"type": "scan", "prefix": "", "after": null, "limit": 1}]}',
    status: 409,
    code: 'STALE_EPOCH',
  },
  {
    title: 'a batch that is no JSON',
    method: 'POST',
    path: '/batch',
    headers: JSON_HEADERS,
    body: '{"to": "node-1"',
    status: 400,
    code: 'MALFORMED_JSON',
  },
];

const wrongMethods: readonly BadRequest[] = [
  ['DELETE', '/product'],
  ['DELETE', '/user'],
  ['PUT', '/product'],
  ['GET', '/batch'],
  ['GET', '/createuser'],
  ['POST', '/status'],
].map(([method = '', path = '']) => ({
  title: `${method} ${path} at a node`,
  method,
  path,
  status: 405,
  code: 'METHOD_NOT_ALLOWED',
}));

const unknownPaths: readonly BadRequest[] = ['/removefromcart', '/cluster', '/__proto__', '/Product', '/batch/1'].map(
  (path) => ({ title: `the path ${path} at a node`, method: 'GET', path, status: 404, code: 'NOT_FOUND' }),
);

/** All of them. Written for a node called node-1. */
export const badNodeRequests: readonly BadRequest[] = [...shared, ...batches, ...wrongMethods, ...unknownPaths];
