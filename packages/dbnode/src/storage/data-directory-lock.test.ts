/*
 * The lock between real processes: one holder, whoever else hears of it at once, and a holder that was
 * killed keeps nobody out.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '@trolley/cluster';
import { socketLock } from './data-directory-lock.ts';

/** Run as built, as that is what two real processes run. Says `locked` or the error's code, and stays. */
const HOLDER = `
  import { systemClock } from '@trolley/cluster';
  import { socketLock } from ${JSON.stringify(new URL('../../dist/storage/data-directory-lock.js', import.meta.url))};
  const lock = socketLock(systemClock, Math.random);
  console.log(await lock(process.argv[1]).then(() => 'locked', (error) => error.code));
  setInterval(() => undefined, 60_000);
`;
const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const lock = socketLock(systemClock, Math.random);
const LOCKED = { code: 'DATA_DIRECTORY_LOCKED' };

let dataDir: string;
let children: ChildProcess[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'trolley-lock-'));
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(dataDir, { recursive: true });
});

/** Starts a process that locks the directory. @returns it and its first word. */
async function startHolder(): Promise<{ child: ChildProcess; word: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', HOLDER, dataDir], {
    cwd: PACKAGE,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const word = await new Promise<string>((resolve) => {
    child.stdout.once('data', (said: Buffer) => resolve(said.toString().trim()));
    child.once('exit', (code) => resolve(`ended with ${code}`));
  });
  return { child, word };
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

describe('the lock of a data directory', () => {
  it('is refused to a second process, naming the first', async () => {
    const { child, word } = await startHolder();
    expect(word).toBe('locked');
    await expect(lock(dataDir)).rejects.toMatchObject({ ...LOCKED, holderPid: child.pid });
    expect((await startHolder()).word).toBe('DATA_DIRECTORY_LOCKED');
  });

  it('is free at once after a kill -9', async () => {
    const { child } = await startHolder();
    await kill(child);
    const startedMs = performance.now();
    const held = await lock(dataDir);
    expect(performance.now() - startedMs).toBeLessThan(1000);
    await expect(lock(dataDir)).rejects.toMatchObject({ ...LOCKED, holderPid: process.pid });
    await held.release();
  });

  it('is kept by a process that is stopped', async () => {
    const { child } = await startHolder();
    child.kill('SIGSTOP');
    await expect(lock(dataDir)).rejects.toMatchObject({ ...LOCKED, holderPid: undefined });
  });

  it('goes to at most one of many that start at once, and leaves nothing of the dead', async () => {
    for (let round = 0; round < 5; round++) {
      await leaveDeadSocket();
      const results = await Promise.allSettled(Array.from({ length: 8 }, async () => await lock(dataDir)));
      const held = results.filter((result) => result.status === 'fulfilled');
      expect(held.length).toBeLessThanOrEqual(1);
      const one = held[0]?.value ?? (await lock(dataDir));
      expect(await readdir(dataDir)).toHaveLength(1);
      await one.release();
    }
  });

  it('can be taken again after its release', async () => {
    for (let time = 0; time < 3; time++) await (await lock(dataDir)).release();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('works in a directory whose path is too long for a socket', async () => {
    const deep = join(dataDir, ...Array.from({ length: 6 }, () => 'a-name-of-thirty-characters-xx'));
    await mkdir(deep, { recursive: true });
    const held = await lock(deep);
    await expect(lock(deep)).rejects.toMatchObject(LOCKED);
    await held.release();
    await (await lock(deep)).release();
  });

  it('leaves alone what is not a socket', async () => {
    for (const name of ['lock', 'lock.abcdefgh']) await writeFile(join(dataDir, name), 'mine');
    await (await lock(dataDir)).release();
    expect((await readdir(dataDir)).toSorted()).toEqual(['lock', 'lock.abcdefgh']);
  });
});

/** A socket file with nobody behind it, as a kill -9 leaves it. */
async function leaveDeadSocket(): Promise<void> {
  const path = join(dataDir, 'lock.00000000');
  const spare = join(dataDir, 'spare');
  const server = createServer();
  server.listen(spare);
  await once(server, 'listening');
  await rename(spare, path);
  server.close();
  await once(server, 'close');
}
