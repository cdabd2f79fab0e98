import { expect, test } from 'vitest';
import { CommandFailure } from './failure.ts';
import { runCommandLine } from './program.ts';
import { createFakeGateway, type FakeGateway } from './testing/fake-gateway.ts';
import { createTestContext, type TestContext } from './testing/test-context.ts';
import { watch } from './watch.ts';

/** Watches a fake gateway; `act` is called before each look with its number, until it returns true. */
async function watchFake(
  words: string[],
  isTTY: boolean,
  act: (look: number, fake: FakeGateway) => boolean,
): Promise<TestContext> {
  const fake = createFakeGateway();
  const context = createTestContext({ fetch: fake.fetch, isTTY });
  let looks = 0;
  fake.onLook = () => {
    looks += 1;
    if (act(looks, fake)) context.press('q');
  };
  expect(await runCommandLine(context, [...words, '--watch'])).toBe(0);
  return context;
}

test('in a pipe each change prints one block, and a look that shows nothing new prints nothing', async () => {
  const { written } = await watchFake(['status'], false, (look, { nodes: [first] }) => {
    if (first !== undefined && look === 3) first.up = false;
    return look === 4;
  });
  const blocks = written.out.split('\n\n');
  expect(blocks).toHaveLength(2);
  expect(blocks[0]).toContain('node\tnode-1\tup');
  expect(blocks[1]).toContain('node\tnode-1\tdown');
});

test('as JSON each change is one line', async () => {
  const { written } = await watchFake(['where', 'product:orange', '--json'], false, (look, fake) => {
    if (look === 2) fake.versions = [2, 2];
    return look === 2;
  });
  const lines = written.out.trimEnd().split('\n');
  expect(lines).toHaveLength(2);
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ replicas: [{ stale: false }, { stale: false }, {}] });
});

test('on a screen it is redrawn in place, a stale replica red and then green, until q; the screen is as before then', async () => {
  const { written } = await watchFake(['where', 'product:orange'], true, (look, fake) => {
    if (look === 2) fake.versions = [2, 2];
    return look === 2;
  });
  const [, first = '', second = ''] = written.out.split('\u001B[H');
  expect(first).toContain('\u001B[31m1\u001B[39m');
  expect(second).not.toContain('\u001B[31m1');
  expect(second).toContain('\u001B[32m2\u001B[39m');
  expect(written.out.startsWith('\u001B[?1049h')).toBe(true);
  expect(written.out.endsWith('\u001B[?1049l')).toBe(true);
});

test('a gateway that is away meanwhile is shown, not fatal; Ctrl-C ends it also as a key', async () => {
  const context = createTestContext();
  let looks = 0;
  await watch(
    context,
    async () => {
      looks += 1;
      if (looks === 3) context.press('\u0003');
      if (looks === 2) throw new CommandFailure('no gateway');
      return { lines: ['fine'], document: {} };
    },
    false,
  );
  expect(context.written.out).toBe('fine\n\nno gateway\n\nfine\n');
});

test('a signal ends it, and the first look must bring something', async () => {
  const context = createTestContext({ isTTY: true });
  const look = async () => {
    context.signal('SIGTERM');
    return { lines: ['fine'], document: {} };
  };
  await watch(context, look, false);
  expect(context.written.out.endsWith('\u001B[?1049l')).toBe(true);
  await expect(
    watch(createTestContext(), async () => Promise.reject(new CommandFailure('no gateway')), false),
  ).rejects.toThrow('no gateway');
});
