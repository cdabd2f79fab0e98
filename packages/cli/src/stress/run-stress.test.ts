import { seededRandom } from '../../../../tests/support/seeded-random.ts';
import { describe, expect, test } from 'vitest';
import { runCommandLine } from '../program.ts';
import { createFakeReservations, type FakeReservations } from '../testing/fake-reservations.ts';
import { createTestContext, type TestContext } from '../testing/test-context.ts';

const SIZES: readonly (readonly [test: string, size: number])[] = [
  ['1', 400],
  ['2', 1_000],
  ['3', 120],
  ['4', 200],
  ['5', 60],
];
type Fault = keyof FakeReservations['faults'];

interface Ran {
  readonly code: number;
  readonly report: Record<string, unknown>;
  readonly context: TestContext;
  readonly fake: FakeReservations;
}

async function run(words: readonly string[], faults: Partial<Record<Fault, number>> = {}): Promise<Ran> {
  const fake = createFakeReservations(seededRandom(7));
  Object.assign(fake.faults, faults);
  const context = contextOn(fake);
  const code = await runCommandLine(context, ['stress', ...words, '--json']);
  const report: Record<string, unknown> = context.written.out === '' ? {} : JSON.parse(context.written.out);
  return { code, report, context, fake };
}

/** No wait takes longer than a tick; time goes by all the same. */
function contextOn(fake: FakeReservations, isTTY = false): TestContext {
  const context = createTestContext({ fetch: fake.fetch, isTTY });
  return {
    ...context,
    random: seededRandom(11),
    clock: {
      ...context.clock,
      monotonicMs: () => performance.now() * 100,
      after: (delayMs, callback) => context.clock.after(delayMs / 100, callback),
    },
  };
}

describe.each(SIZES)('test %s', (number, size) => {
  test('passes on a gateway that keeps its word, uses all gateways, and leaves nothing', async () => {
    const { code, report, fake, context } = await run([number, '--size', String(size)]);
    expect(context.written.error).toBe('');
    expect(code).toBe(0);
    expect(report).toMatchObject({ test: Number(number), size, passed: true, violationCount: 0, violations: [] });
    expect(fake.items.size).toBe(0);
    // Three, and the one that was asked for them.
    expect(fake.asked.size).toBe(4);
  });

  test('passes through outages, with one gateway dead', async () => {
    const fake = createFakeReservations(seededRandom(5));
    fake.faults.outage = 0.02;
    fake.dead.add('http://two:1');
    const context = contextOn(fake);
    const words = ['stress', number, '--size', String(size), '--gateways', 'one:1,two:1,three:1', '--json'];
    expect(await runCommandLine(context, words)).toBe(0);
    expect(JSON.parse(context.written.out)).toMatchObject({ passed: true });
    expect(fake.asked).toEqual(new Set(['http://one:1', 'http://two:1', 'http://three:1']));
    expect(fake.items.size).toBe(0);
  });
});

test.each<[test: string, fault: Fault, chance: number]>([
  ['1', 'double', 0.05],
  ['2', 'double', 0.01],
  ['2', 'lose', 0.02],
  ['2', 'keep', 0.02],
  ['2', 'leave', 0.1],
  ['2', 'unlist', 0.1],
  ['2', 'hang', 0.05],
  ['2', 'stale', 0.5],
  ['3', 'double', 0.1],
  ['3', 'lose', 0.1],
  ['4', 'double', 0.02],
  ['4', 'keep', 0.2],
  ['4', 'stale', 0.5],
  ['5', 'leave', 0.05],
  ['5', 'lose', 0.05],
  ['1', 'bug', 0.01],
  ['4', 'bug', 0.01],
  ['3', 'cling', 1],
])('the verdict of test %s catches a gateway with the fault "%s"', async (number, fault, chance) => {
  const size = SIZES.find(([each]) => each === number)?.[1] ?? 0;
  const { code, report, context } = await run([number, '--size', String(size)], { [fault]: chance });
  expect(code).toBe(1);
  expect(report['passed']).toBe(false);
  expect(context.written.error).toMatch(/Test \d failed: \d+ violations?\./);
});

test('a stop signal ends the run without a verdict, and removes its items', async () => {
  const fake = createFakeReservations(seededRandom(3));
  const context = contextOn(fake);
  let requests = 0;
  fake.onRequest = () => {
    requests += 1;
    if (requests === 2_000) context.signal('SIGINT');
  };
  expect(await runCommandLine(context, ['stress', '1'])).toBe(1);
  expect(context.written.error).toContain('Stopped before there was a verdict.');
  expect(context.written.out).toBe('');
  expect(requests).toBeLessThan(2_200);
  expect(fake.items.size).toBe(0);
});

test('a second stop signal leaves at once, and says what is left', async () => {
  const fake = createFakeReservations(seededRandom(3));
  const context = contextOn(fake);
  let requests = 0;
  fake.onRequest = () => {
    requests += 1;
    if (requests === 800 || requests === 900) context.signal('SIGINT');
  };
  expect(await runCommandLine(context, ['stress', '3'])).toBe(1);
  expect(fake.items.size).toBeGreaterThan(0);
  expect(context.written.error).toContain('could not be removed: stress-');
});

test('items of all parts of a test are tried once more', async () => {
  const fake = createFakeReservations(seededRandom(3));
  const tried: string[] = [];
  const listening: typeof fetch = (input, init) => {
    const key = new Headers(init?.headers).get('idempotency-key') ?? '';
    if (key.endsWith('-probe')) tried.push(key);
    return fake.fetch(input, init);
  };
  expect(await runCommandLine(contextOn({ ...fake, fetch: listening }), ['stress', '3', '--size', '400'])).toBe(0);
  expect(tried).toHaveLength(100);
  for (const part of ['000', '001', '002', '003']) {
    expect(tried.filter((key) => key.includes(`.${part}`))).toHaveLength(25);
  }
});

test('a screen gets a moving bar and a report in words', async () => {
  const fake = createFakeReservations(seededRandom(3));
  const context = contextOn(fake, true);
  expect(await runCommandLine(context, ['stress', '2', '--size', '500'])).toBe(0);
  expect(context.written.error).toMatch(/\[#*-*\] Test 2: \d+ of 500 {2}\d+\/s {2}p50 \d+\.\d ms, p99 \d+\.\d ms/);
  expect(context.written.out).toContain('Test 2: Random requests of several clients');
  expect(context.written.out).toMatch(/latency {5}p50 .* p99 .* most /);
  expect(context.written.out).toContain('verdict     passed: every item has at most one holder');
});

test('without a gateway it fails before it begins', async () => {
  const context = createTestContext();
  expect(await runCommandLine(context, ['stress', '1'])).toBe(1);
  expect(context.written.error).toContain('No gateway answers');
});

test('--gateways takes the first so many that the cluster knows', async () => {
  const { fake, report } = await run(['1', '--size', '50', '--gateways', '2', '--gateway', 'http://asked']);
  expect(report['gateways']).toEqual(['http://gateway-0:5000', 'http://gateway-1:5000']);
  expect(fake.asked).toEqual(new Set(['http://asked', 'http://gateway-0:5000', 'http://gateway-1:5000']));
});

test.each([
  [['stress'], "missing required argument 'test'"],
  [['stress', '6'], 'one of 1, 2, 3, 4, 5'],
  [['stress', '1', '--size', '0'], 'from 1 to 100000'],
  [['stress', '3', '--size', '10001'], 'The size of test 3 is at most 10000'],
  [['stress', '1', '--workers', '257'], 'from 1 to 256'],
  [['stress', '1', '--gateways', '0'], 'from 1 to 16'],
  [['stress', '1', '--gateways', 'http://a,ftp://b'], 'http://127.0.0.1:5000'],
  [['stress', '1', '--gateways', '4'], 'knows of 3 gateways, not 4'],
])('%j is wrong usage: exit code 2 and %s', async (words, expected) => {
  const context = contextOn(createFakeReservations(seededRandom(1)));
  expect(await runCommandLine(context, words)).toBe(2);
  expect(context.written.error).toContain(expected);
});
