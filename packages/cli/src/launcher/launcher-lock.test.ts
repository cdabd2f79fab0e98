import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@trolley/cluster';
import { beforeEach, expect, test } from 'vitest';
import { takeLauncherLock } from './launcher-lock.ts';

let path = '';
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'trolley-lock-')), 'launcher.json');
});

const owner = (launcherId: string, pid = process.pid, children: number[] = []) => ({
  launcherId,
  pid,
  controlUrl: 'http://127.0.0.1:1',
  shopUrl: 'http://127.0.0.1:5000',
  children,
});
/** The launchers that answer when asked who they are. */
const tools = (answering?: string) => ({
  clock: systemClock,
  fetch: () =>
    answering === undefined
      ? Promise.reject(new TypeError('connection refused'))
      : Promise.resolve(Response.json({ launcherId: answering })),
});

test('a second launcher on one data directory is refused while the first one answers', async () => {
  const lock = await takeLauncherLock(path, owner('first'), tools());
  await expect(takeLauncherLock(path, owner('second'), tools('first'))).rejects.toThrow(
    `already running on this data directory (process ${process.pid}, http://127.0.0.1:5000)`,
  );
  await lock.release();
  await (await takeLauncherLock(path, owner('third'), tools('first'))).release();
});

test.each([
  ['of a launcher that answers no more', JSON.stringify(owner('first')), undefined],
  ['of a pid and a port that others use now', JSON.stringify(owner('first')), 'somebody else'],
  ['that is empty', '', 'first'],
  ['that is something else', '[]', 'first'],
])('a lock %s is replaced', async (_what, text, answering) => {
  await writeFile(path, text);
  await takeLauncherLock(path, owner('second'), tools(answering));
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ launcherId: 'second' });
});

test('the children of a launcher that was killed are waited for', async () => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 400)']);
  const ended = once(child, 'exit');
  await writeFile(path, JSON.stringify(owner('first', 2 ** 22 + 1, [child.pid ?? 0])));
  await takeLauncherLock(path, owner('second'), tools());
  expect(child.exitCode).toBe(0);
  await ended;
});

test('the shop and the pids of the children are noted, and the last note counts', async () => {
  const lock = await takeLauncherLock(path, owner('first'), tools());
  const shopUrl = 'http://127.0.0.1:46659';
  await Promise.all([lock.note({ children: [1] }), lock.note({ shopUrl }), lock.note({ children: [1, 2, 3] })]);
  const noted: unknown = JSON.parse(await readFile(path, 'utf8'));
  expect(noted).toEqual({ ...owner('first'), shopUrl, children: [1, 2, 3] });
  await lock.release();
  await expect(readFile(path)).rejects.toThrow('ENOENT');
});
