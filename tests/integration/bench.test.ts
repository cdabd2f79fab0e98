/*
 * The benchmark as a process, in its shortest form, on systems that start at once: it runs, checks, reports, and leaves
 * nothing behind, also when it is interrupted.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../bench/dist/main.js', import.meta.url));

let results: string;

beforeAll(async () => {
  results = await mkdtemp(path.join(tmpdir(), 'bench-'));
});

afterAll(async () => rm(results, { recursive: true, force: true }));

function start(...parameters: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...parameters], { stdio: ['ignore', 'pipe', 'pipe'] });
  let steps = '';
  child.stderr.on('data', (text: Buffer) => (steps += text.toString()));
  let report = '';
  child.stdout.on('data', (text: Buffer) => (report += text.toString()));
  const ended = once(child, 'close').then(([exitCode]) => Number(exitCode));
  return { child, ended, steps: () => steps, report: () => report };
}

test('it measures, finds every unit in the carts, and writes report, figures and plots', async () => {
  const short = ['--quick', '--connections', '2', '--mixes', 'half', '--results', results];
  const bench = start('--systems', 'bare-http,bare-hono', ...short);
  expect(await bench.ended, bench.steps()).toBe(0);
  expect(bench.report()).toContain('exactly as many units in the carts as were acknowledged');
  const figures: unknown = JSON.parse(await readFile(path.join(results, 'results.json'), 'utf8'));
  expect(figures).toMatchObject({
    complaints: [],
    parts: [
      { system: 'bare-http', mix: 'half', connections: 2, round: 1, load: { failures: 0 } },
      { system: 'bare-hono', mix: 'half', connections: 2, round: 1, load: { failures: 0 } },
    ],
  });
  const written = ['report.txt', 'tables.md', 'throughput-2.svg', 'latency-half-2.svg', 'processor-time-half-2.svg'];
  expect(await readdir(results)).toEqual(expect.arrayContaining(written));
});

test('a wrong option is told with the usage', async () => {
  const bench = start('--systems', 'abacus');
  expect(await bench.ended).toBe(2);
  expect(bench.steps()).toContain('--systems: abacus is none of');
  expect(bench.steps()).toContain('npm run bench --');
});

test('interrupted, it ends what it started', async () => {
  const bench = start('--systems', 'bare-hono', '--connections', '1', '--seconds', '60', '--results', results);
  await expect.poll(bench.steps, { timeout: 30_000 }).toContain('round 1');
  const { pid = 0 } = bench.child;
  const children = () => readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const started = (await children()).trim().split(' ');
  bench.child.kill('SIGINT');
  expect(await bench.ended).toBe(130);
  expect(started.filter((child) => isAlive(Number(child)))).toEqual([]);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
