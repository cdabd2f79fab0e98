import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommandLine } from './program.ts';
import { createFakeGateway } from './testing/fake-gateway.ts';
import { createTestContext, type TestContext } from './testing/test-context.ts';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
  readonly context: TestContext;
}

async function run(words: string[], surroundings: Parameters<typeof createTestContext>[0] = {}): Promise<Ran> {
  const context = createTestContext(surroundings);
  const code = await runCommandLine(context, words);
  return { code, ...context.written, context };
}

test('the help names every command, shows examples, and exits with 0', async () => {
  const { code, out } = await run(['--help']);
  expect(code).toBe(0);
  const commands = ['up', 'status', 'where', 'seed', 'kill', 'restart', 'drain', 'repair', 'weight', 'forget'];
  const controls = ['pause', 'resume', 'cut-off', 'rejoin'];
  for (const command of [...commands, ...controls, 'library', 'theatre', 'reservations', 'unreserve']) {
    expect(out).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
    const own = await run([command, '--help']);
    expect(own.code).toBe(0);
    expect(own.out).toContain('Examples:');
    expect(own.out).toContain('--json');
  }
});

test.each([
  [[], 'Usage: trolley'],
  [['stauts'], "unknown command 'stauts'"],
  [['status', '--colour'], "unknown option '--colour'"],
  [['status', 'extra'], 'too many arguments'],
  [['where'], "missing required argument 'key'"],
  [['where', 'orange'], 'product:orange'],
  [['where', 'item:'], 'is not a key'],
  [['kill'], "missing required argument 'node'"],
  [['kill', '../etc'], 'node-2'],
  [['weight', 'node-2'], 'either a weight or --reset'],
  [['weight', 'node-2', '2', '--reset'], 'either a weight or --reset'],
  [['weight', 'node-2', '0'], 'drain it'],
  [['weight', 'node-2', '65536'], 'at most 65535'],
  [['weight', 'node-2', '1e3'], 'must be a number'],
  [['forget'], "missing required argument 'node'"],
  [['status', '--gateway', 'ftp://x'], 'http://127.0.0.1:5000'],
  [['status', '--gateway', 'http://'], 'http://127.0.0.1:5000'],
  [['up', '--nodes', '0'], 'from 1 to 64'],
  [['up', '--nodes', '3.5'], 'from 1 to 64'],
  [['up', '--nodes', '1e1'], 'from 1 to 64'],
  [['up', '--gateways', '-1'], 'from 1 to 16'],
  [['up', '--port', '65536'], 'from 0 to 65535'],
  [['up', '--port', '65535', '--gateways', '2'], 'no port for each'],
  [['up', '--data', ''], 'must name a directory'],
  [['up', '--zookeeper', 'localhost'], 'HOST:PORT'],
  [['up', '--host', 'a b'], 'address of this machine'],
  [['up', '--log-level', 'loud'], 'Allowed choices'],
])('%j is wrong usage: exit code 2 and %s', async (words, expected) => {
  const { code, out, error } = await run(words);
  expect(error).toContain(expected);
  expect(out).toBe('');
  expect(code).toBe(2);
});

test('a TROLLEY_URL that is none is wrong usage, unless --gateway says otherwise', async () => {
  const environment = { TROLLEY_URL: 'ftp://shop' };
  const wrong = await run(['status'], { environment });
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.error).toContain('TROLLEY_URL');
  const { fetch } = createFakeGateway();
  expect(await run(['status', '--gateway', 'http://shop'], { environment, fetch })).toMatchObject({ code: 0 });
});

test.each([
  [['status'], {}, 'http://127.0.0.1:5000/cluster'],
  [['status'], { TROLLEY_URL: 'shop.example:81/' }, 'http://shop.example:81/cluster'],
  [['status', '--gateway', 'http://other'], { TROLLEY_URL: 'http://shop.example' }, 'http://other/cluster'],
])('%j with %j asks %s', async (words, environment, expected) => {
  const asked: string[] = [];
  const fake = createFakeGateway();
  await run(words, {
    environment,
    fetch: (input, init) => {
      asked.push(input instanceof Request ? input.url : input.toString());
      return fake.fetch(input, init);
    },
  });
  expect(asked).toEqual([expected]);
});

test('a gateway that does not answer: one clear line, what to do, exit code 1', async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  await new Promise((resolve) => {
    server.close(resolve);
  });
  for (const words of [['status'], ['where', 'product:orange'], ['seed'], ['kill', 'node-1'], ['restart', 'node-1']]) {
    const { code, out, error } = await run([...words, '--gateway', `http://127.0.0.1:${port}`], { fetch });
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(error.split('\n')).toEqual([
      `error: No gateway answers at http://127.0.0.1:${port} (connection refused).`,
      expect.stringContaining('npm start'),
      '',
    ]);
  }
});

test.each([
  ['<html>', 200],
  ['{"nodes": 7}', 200],
  ['[]', 200],
])('something else on the port that answers %s is told apart from a gateway', async (body, status) => {
  const { code, error } = await run(['status'], { fetch: () => Promise.resolve(new Response(body, { status })) });
  expect(code).toBe(1);
  expect(error).toContain('is not a Trolley gateway');
});

test('status in a pipe: lines with tabs; on a screen: tables; --json: all that the gateway said', async () => {
  const fake = createFakeGateway();
  const [, second] = fake.nodes;
  if (second !== undefined) second.up = false;
  const pipe = await run(['status'], { fetch: fake.fetch });
  expect(pipe.out.split('\n')).toEqual([
    'cluster\tmap epoch\t3',
    'cluster\tplacement groups\t256',
    'cluster\treplicas of a key\t3',
    'cluster\tdata\tin place',
    'cluster\tregistry\tconnected',
    'node\tnode-1\tup\tin\tzone-1\t1\thttp://127.0.0.1:9001\t12\t3.5 kB\t0\t-',
    'node\tnode-2\tdown\tin\tzone-2\t1\thttp://127.0.0.1:9002\t12\t3.5 kB\t0\t-',
    'node\tnode-3\tup\tin\tzone-3\t1\thttp://127.0.0.1:9003\t12\t3.5 kB\t0\t-',
    'gateway\tgateway-1\thttp://127.0.0.1:5000',
    '',
  ]);
  const screen = await run(['status'], { fetch: fake.fetch, isTTY: true });
  expect(screen.out).toContain('\u001B[31mdown');
  expect(screen.out).toContain('│');
  const json = await run(['status', '--json'], { fetch: fake.fetch, isTTY: true });
  expect(JSON.parse(json.out)).toMatchObject({ epoch: 3, nodes: fake.nodes });
});

test('status says when a node that is down was last heard of', async () => {
  const fake = createFakeGateway();
  const [, second] = fake.nodes;
  const lastSeenMs = Date.UTC(2024, 0, 2, 3, 4, 5);
  if (second !== undefined) Object.assign(second, { up: false, lastSeenMs });
  const pipe = await run(['status'], { fetch: fake.fetch });
  expect(pipe.out).toContain('last-seen\tnode-2\t2024-01-02T03:04:05.000Z\n');
  const screen = await run(['status'], { fetch: fake.fetch, isTTY: true });
  expect(screen.out).toMatch(/^node-2 was last heard of \d+ days ago\.$/m);
  if (second !== undefined) Object.assign(second, { lastSeenMs: 1e300 });
  expect((await run(['status'], { fetch: fake.fetch })).code).toBe(0);
});

test('where shows each replica with its version and value, and marks the stale one', async () => {
  const { fetch } = createFakeGateway();
  const { out } = await run(['where', 'product:crème brûlée'], { fetch });
  expect(out.split('\n')).toEqual([
    'key\tproduct:crème brûlée\t17\t3\t5 (version 2)',
    'replica\tnode-1\tzone-1\tup\t2\t5\tcoordinator',
    'replica\tnode-2\tzone-2\tup\t1\t4\tstale',
    'replica\tnode-3\tzone-3\tdown\t-\t-\tconnection refused',
    '',
  ]);
  const json = await run(['where', 'product:orange', '--json'], { fetch });
  expect(JSON.parse(json.out)).toMatchObject({ key: 'product:orange', placementGroup: 17 });
});

test('seed says what it did, also as JSON, and shows progress on a screen only', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trolley-seed-'));
  const file = join(folder, 'shop.json');
  await writeFile(file, '{"products": [{"name": "apple", "quantity": 5}], "users": []}');
  const fake = createFakeGateway();
  expect(await run(['seed', file], { fetch: fake.fetch })).toMatchObject({
    code: 0,
    out: 'Seeded 1 product and 0 users.\n',
    error: '',
  });
  const again = await run(['seed', file, '--json'], { fetch: fake.fetch, isTTY: true });
  expect(JSON.parse(again.out)).toEqual({ products: { created: 0, kept: 1 }, users: { created: 0, kept: 0 } });
  expect(again.error).toContain('Seeding 1 of 1');
});

test('seed knows the parts of the sample data by name; without a name it seeds all of them', async () => {
  const fake = createFakeGateway();
  const theatre = await run(['seed', 'theatre'], { fetch: fake.fetch });
  expect(theatre).toMatchObject({ code: 0, out: 'Seeded 720 seats.\n' });
  expect(fake.items.items.get('seat.nine-clocks.r12.s10')).toMatchObject({
    kind: 'seat',
    details: { play: 'Nine Clocks', room: 'Old Foundry', row: 12, seat: 10 },
  });
  fake.items.take('seat.nine-clocks.r12.s10', 'ann@example.com');
  const shop = await run(['seed', 'shop', '--json'], { fetch: fake.fetch });
  expect(JSON.parse(shop.out)).toEqual({
    products: { created: fake.products.size, kept: 0 },
    users: expect.anything(),
  });
  const all = await run(['seed'], { fetch: fake.fetch });
  expect(all.code).toBe(0);
  expect(all.out).toMatch(/^Seeded 0 products .*\nSeeded 1200 books\.\nSeeded 0 seats; 720 were there already\.\n$/);
  expect(fake.items.items.get('seat.nine-clocks.r12.s10')?.holder?.email).toBe('ann@example.com');
  expect(fake.mostAtOnce).toBeLessThanOrEqual(64);
});

test('kill and restart send the operator token and wait until the cluster has noticed', async () => {
  const fake = createFakeGateway();
  const environment = { OPERATOR_TOKEN: 'secret' };
  const killed = await run(['kill', 'node-2'], { fetch: fake.fetch, environment });
  expect(killed).toMatchObject({ code: 0, error: '' });
  expect(killed.out).toContain('node-2 is down');
  expect(fake.nodes[1]?.up).toBe(false);
  expect(fake.lastAuthorization).toBe('Bearer secret');
  const restarted = await run(['restart', 'node-2', '--json'], { fetch: fake.fetch });
  expect(JSON.parse(restarted.out)).toMatchObject({ node: 'node-2', action: 'restart', up: true });
  expect(fake.lastAuthorization).toBeUndefined();
});

test.each([
  ['pause', false, 'node-2 is down: its process is there'],
  ['cut-off', false, 'node-2 is down: it runs'],
  ['resume', true, 'goes on where it was'],
  ['rejoin', true, 'learns what it missed'],
])('%s waits until the cluster has noticed, and says what that means', async (command, up, told) => {
  const fake = createFakeGateway();
  if (fake.nodes[1] !== undefined) fake.nodes[1].up = !up;
  const { code, out } = await run([command, 'node-2'], { fetch: fake.fetch });
  expect(code).toBe(0);
  expect(out).toContain(told);
  expect(fake.nodes[1]?.up).toBe(up);
  const asJson = await run([command, 'node-2', '--json'], { fetch: fake.fetch });
  expect(JSON.parse(asJson.out)).toMatchObject({ node: 'node-2', action: command, up });
});

test('status says what moves, what is degraded, and which nodes stay in for want of others', async () => {
  const fake = createFakeGateway();
  fake.facts = {
    moving: true,
    move: { groups: 96, groupsDone: 24, percent: 25, remainingSeconds: 12 },
    groupCounts: { active: 160, degraded: 0, moving: 96 },
  };
  const [first] = fake.nodes;
  if (first !== undefined) Object.assign(first, { up: false, keptIn: '2 of 3 are up' });
  const { out } = await run(['status'], { fetch: fake.fetch });
  expect(out).toContain('cluster\tplacement groups\t256 (96 moving)\n');
  expect(out).toContain('cluster\tdata\tmoving: 25 %, 24 of 96 placement groups, about 12 s left\n');
  expect(out).toContain('kept-in\tnode-1\t2 of 3 are up\n');
});

test('drain waits until the node is empty, with progress on a screen; --cancel lets it in again', async () => {
  const fake = createFakeGateway();
  const [, second] = fake.nodes;
  if (second === undefined) throw new Error('no second node');
  let looks = 0;
  fake.onLook = () => {
    looks += 1;
    if (looks === 2) second.state = 'drained';
    if (looks === 3) second.records = 0;
  };
  const drained = await run(['drain', 'node-2'], { fetch: fake.fetch, isTTY: true });
  expect(drained.code).toBe(0);
  expect(drained.out).toContain('node-2 is drained');
  expect(drained.error).toContain('12 records');
  const cancelled = await run(['drain', 'node-2', '--cancel', '--json'], { fetch: fake.fetch });
  expect(JSON.parse(cancelled.out)).toEqual({ node: 'node-2', drained: false, epoch: 4, changed: true });
  expect(second.state).toBe('in');
});

test('a drain that somebody cancels meanwhile is told as such', async () => {
  const fake = createFakeGateway();
  fake.onLook = () => {
    for (const node of fake.nodes) node.state = 'in';
  };
  const { code, error } = await run(['drain', 'node-2'], { fetch: fake.fetch });
  expect(code).toBe(1);
  expect(error).toContain('not being drained any more');
});

test('weight and forget change the map, and say what follows', async () => {
  const fake = createFakeGateway();
  const set = await run(['weight', 'node-2', '2.5'], { fetch: fake.fetch });
  expect(set.out).toContain('node-2 has weight 2.5. Data moves now');
  expect(fake.nodes[1]?.weight).toBe(2.5);
  expect((await run(['weight', 'node-2', '2.5'], { fetch: fake.fetch })).out).toContain('It was so already');
  const reset = await run(['weight', 'node-2', '--reset', '--json'], { fetch: fake.fetch });
  expect(JSON.parse(reset.out)).toEqual({ node: 'node-2', weight: null, epoch: 4, changed: true });
  expect((await run(['forget', 'node-2'], { fetch: fake.fetch })).out).toContain('no longer in the map');
  expect(fake.nodes.map(({ id }) => id)).toEqual(['node-1', 'node-3']);
});

test('what the gateway refuses is told in its words, with exit code 1', async () => {
  const { fetch } = createFakeGateway();
  const { code, error } = await run(['kill', 'node-9'], { fetch });
  expect(code).toBe(1);
  expect(error).toBe('error: This launcher has no such node. (404)\n');
});

function runOf(node: string, parts: object) {
  const whole = { id: 1, ended: false, passes: 1, repaired: 0, examples: [], peers: [], ...parts };
  return { node, up: true, error: null, run: whole };
}

test('repair waits until nothing differs, with progress on a screen, and tells what was healed', async () => {
  const fake = createFakeGateway();
  const examples = [{ node: 'node-2', key: 'product:apple', fromVersion: 1, toVersion: 3 }];
  const waiting = [{ node: 'node-2', state: 'waiting' }];
  const inStep = [{ node: 'node-2', state: 'in-step' }];
  const answers = [
    { nodes: [runOf('node-1', { peers: waiting })] },
    { nodes: [runOf('node-1', { ended: true, passes: 2, repaired: 1, examples, peers: inStep })] },
  ];
  fake.repairs = [...answers];
  const screen = await run(['repair'], { fetch: fake.fetch, isTTY: true });
  expect(screen.code).toBe(0);
  expect(screen.error).toContain('pass 1, 0 of 1 comparison');
  expect(screen.out).toContain('1 record was brought up to date.');
  expect(screen.out).toContain('Nothing differs any more');
  fake.repairs = [...answers];
  const pipe = await run(['repair'], { fetch: fake.fetch });
  expect(pipe.out.split('\n').slice(0, 2)).toEqual(['repaired\tnode-2\tproduct:apple\t1\t3', 'total\t1']);
  fake.repairs = answers.slice(1);
  const json = await run(['repair', 'node-1', '--json'], { fetch: fake.fetch });
  expect(JSON.parse(json.out)).toMatchObject({ inStep: true, repaired: 1, left: [], nodes: [{ node: 'node-1' }] });
});

test('repair ends with 1 when something is left, and says what', async () => {
  const fake = createFakeGateway();
  const peers = [
    { node: 'node-2', state: 'down' },
    { node: 'node-3', state: 'failed', error: 'no answer within 10000 ms' },
  ];
  fake.repairs = [
    { nodes: [runOf('node-1', { ended: true, peers }), { node: 'node-2', up: false, run: null, error: null }] },
  ];
  const { code, error } = await run(['repair'], { fetch: fake.fetch });
  expect(code).toBe(1);
  expect(error).toContain('node-2 is down');
  expect(error).toContain('node-1 and node-3 could not be compared: no answer within 10000 ms.');
});
