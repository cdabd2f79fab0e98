/*
 * The process itself, as built: what it prints, when it ends, and with which exit code.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

const MAIN = join(import.meta.dirname, '../dist/main.js');
const ANN = { email: 'ann@example.com' };
/** How long a process may take to say something, on a machine that has much else to do. */
const START_TIMEOUT_MS = 30_000;

// Several processes are started one after the other in a test.
vi.setConfig({ testTimeout: 4 * START_TIMEOUT_MS });

const children: ChildProcess[] = [];
const folders: string[] = [];

beforeAll(() => {
  if (!existsSync(MAIN)) {
    throw new Error(`${MAIN} is not built; run npx tsc -b`);
  }
});

afterEach(async () => {
  children.splice(0).forEach((child) => child.kill('SIGKILL'));
  await Promise.all(folders.splice(0).map(async (folder) => rm(folder, { recursive: true, force: true })));
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trolley-main-'));
  folders.push(folder);
  return folder;
}

/** Starts a node whose registry is away, so that only its own doings are seen. */
function start(dataDir: string, environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN], {
    env: { DATA_DIR: dataDir, REGISTRY_URL: 'http://127.0.0.1:1', REGISTRY_WAIT_MS: '100', ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  children.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  return { child, output, ended };
}

async function startedNode(dataDir: string, environment: Record<string, string> = {}) {
  const node = start(dataDir, environment);
  await expect.poll(() => node.output.stdout, { timeout: START_TIMEOUT_MS }).toContain('"msg":"node is up"');
  const url = /"url":"(http:[^"]+)"/.exec(node.output.stdout)?.[1] ?? '';
  const post = async (path: string, body: unknown) =>
    fetch(url + path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  return { ...node, url, post };
}

describe('the process', () => {
  it.each<[string, Record<string, string>, string]>([
    ['settings that are wrong', { PORT: 'x' }, 'PORT: must be a whole number'],
    ['two registries', { ZOOKEEPER: 'localhost:2181' }, 'set either ZOOKEEPER or REGISTRY_URL'],
    ['a host that is not its own', { HOST: '192.0.2.1' }, 'set HOST to one that is'],
  ])('ends with one clear line for %s', async (_, environment, line) => {
    const { output, ended } = start(await newFolder(), { LOG_LEVEL: 'silent', ...environment });
    expect(await ended).toBe(1);
    expect(output.stderr).toContain(line);
    expect(output.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('ends with one clear line when its folder is a file', async () => {
    const file = join(await newFolder(), 'file');
    await writeFile(file, '');
    const { output, ended } = start(file);
    expect(await ended).toBe(1);
    expect(output.stderr).toContain(`cannot use the data directory ${file}`);
    expect(output.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('keeps to itself: another on its folder, or on its port, ends with one clear line', async () => {
    const folder = await newFolder();
    const { child, url } = await startedNode(folder);
    const onFolder = start(folder);
    const onPort = start(await newFolder(), { PORT: new URL(url).port });
    expect(await onFolder.ended).toBe(1);
    expect(onFolder.output.stderr).toContain(`in use by process ${child.pid}`);
    expect(await onPort.ended).toBe(1);
    expect(onPort.output.stderr).toContain(`port ${new URL(url).port} on 127.0.0.1 is in use`);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('keeps its id and what it acknowledged through kill -9 and through a graceful stop', async () => {
    const folder = await newFolder();
    const first = await startedNode(folder);
    expect((await first.post('/createuser', ANN)).status).toBe(201);
    first.child.kill('SIGKILL');
    expect(await first.ended).toBe('SIGKILL');

    const second = await startedNode(folder);
    expect((await second.post('/addtocart', { ...ANN, products: { apple: 2 } })).status).toBe(200);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(second.output.stdout).toContain('"msg":"stopped"');
    expect(second.output.stderr).toBe('');

    const third = await startedNode(folder);
    expect(await (await fetch(`${third.url}/user?email=${ANN.email}`)).json()).toEqual({
      ...ANN,
      cart: { apple: 2 },
      version: 2,
    });
    const ids = [first, second, third].map(({ output }) => /"id":"([^"]+)"/.exec(output.stdout)?.[1]);
    expect(new Set(ids).size).toBe(1);
  });

  it('stops when whoever started it is gone', async () => {
    const { child } = await startedNode(await newFolder());
    // Not `ended`: a ChildProcess whose channel was closed from this side never emits 'close'.
    const exited = once(child, 'exit');
    child.disconnect();
    expect(await exited).toEqual([0, null]);
  });

  it('stops also when asked while it still starts', async () => {
    const { child, output, ended } = start(await newFolder(), { REGISTRY_WAIT_MS: '1500' });
    await expect.poll(() => output.stdout, { timeout: START_TIMEOUT_MS }).toContain('waiting for the registry');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(output.stdout).toContain('"msg":"stopped"');
  });
});
