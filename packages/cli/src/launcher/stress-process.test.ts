import { fileURLToPath } from 'node:url';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { StressLine } from '../stress/stress-lines.ts';
import { eventually } from '../testing/eventually.ts';
import { stressStarter } from './stress-process.ts';

const FAKE_STRESS = fileURLToPath(new URL('../testing/fake-stress.mjs', import.meta.url));

async function start(environment: Record<string, string> = {}, main = FAKE_STRESS) {
  const wordsFile = join(await mkdtemp(join(tmpdir(), 'trolley-stress-')), 'words.json');
  await writeFile(wordsFile, '');
  const lines: StressLine[] = [];
  const ends: (string | undefined)[] = [];
  const launch = stressStarter(main, { FAKE_WORDS_FILE: wordsFile, ...environment });
  const child = launch({ test: 3, size: 40, workers: 2 }, 'http://127.0.0.1:1', {
    onLine: (line) => lines.push(line),
    onEnd: (error) => ends.push(error),
  });
  return { child, lines, ends, words: async () => JSON.parse(await readFile(wordsFile, 'utf8')) as unknown };
}

test('the wish is passed on, and what the process writes is read, but for what is no line of it', async () => {
  const { lines, ends, words } = await start();
  await eventually(() => expect(ends).toEqual([undefined]));
  expect(lines).toEqual([{ type: 'progress', done: 1 }]);
  expect(await words()).toEqual(
    'stress 3 --progress json --size 40 --workers 2 --gateway http://127.0.0.1:1'.split(' '),
  );
});

test('the error that it tells is passed on', async () => {
  const { ends } = await start({ FAKE_ERROR: 'error: No gateway answers.\nIs it there?\n' });
  await eventually(() => expect(ends).toEqual(['No gateway answers.']));
});

test('it is asked to stop, or killed', async () => {
  const first = await start({ FAKE_WAITS: 'yes' });
  await eventually(() => expect(first.lines).toHaveLength(1));
  first.child.stop();
  await eventually(() => expect(first.ends).toEqual(['stopping']));
  const second = await start({ FAKE_WAITS: 'yes' });
  await eventually(() => expect(second.lines).toHaveLength(1));
  second.child.kill();
  await eventually(() => expect(second.ends).toEqual([undefined]));
});

test('a script that is not there ends with an error', async () => {
  const { ends } = await start({}, '/nowhere/main.js');
  await eventually(() => expect(ends).toHaveLength(1));
  expect(ends[0]).toBeTypeOf('string');
});
