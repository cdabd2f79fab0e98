import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@trolley/cluster';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { commandText } from './command-text.ts';
import { createNodeControl } from './node-control.ts';
import { exitText, SupervisedChild, type ChildExit } from './supervised-child.ts';

const FAKE_CHILD = fileURLToPath(new URL('../testing/fake-child.mjs', import.meta.url));

const started: SupervisedChild[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => child.kill()));
});

async function createChild(environment: Record<string, string> = {}, main = FAKE_CHILD) {
  const exits: ChildExit[] = [];
  const troubles: string[] = [];
  const starts: string[] = [];
  const logFile = join(await mkdtemp(join(tmpdir(), 'trolley-child-')), 'node-1.log');
  const child = new SupervisedChild(
    { name: 'node-1', main, flags: [], environment: { NODE_ID: 'node-1', ...environment }, logFile },
    systemClock,
    {
      onStart: (name) => starts.push(name),
      onExit: (exit) => exits.push(exit),
      onTrouble: (_name, { text }) => troubles.push(text),
    },
  );
  started.push(child);
  const logged = async (text: string): Promise<void> => {
    await eventually(async () => expect(await readFile(logFile, 'utf8')).toContain(text));
  };
  return { child, starts, exits, troubles, logFile, logged };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a child writes its log, its warnings are shown, and it ends when asked', async () => {
  const { child, exits, troubles, logged } = await createChild();
  await child.start();
  await logged('node-1 warns');
  await eventually(() => expect(troubles).toEqual(['node-1 warns']));
  await child.stop(10_000);
  expect(child.running).toBe(false);
  await eventually(() => expect(exits).toMatchObject([{ code: 0, signal: null, requested: true }]));
});

test('a child that dies by itself is reported with its last error, and can be started again', async () => {
  const { child, exits, logged } = await createChild();
  await child.start();
  await logged('running');
  process.kill(child.pid ?? 0, 'SIGKILL');
  await eventually(() => expect(exits).toMatchObject([{ signal: 'SIGKILL', requested: false }]));
  const [exit] = exits;
  expect(exit && exitText(exit)).toBe('was ended by SIGKILL');
  await child.start();
  expect(child.running).toBe(true);
});

test('what a child says on standard error before it dies is in the report', async () => {
  const { child, exits } = await createChild({ FAKE_FAIL: 'node-1' });
  await child.start();
  await eventually(() =>
    expect(exits).toMatchObject([{ code: 1, requested: false, lastError: 'node-1 cannot read its settings' }]),
  );
});

test('a child that does not end when asked is killed when its grace is over, or at once in a hurry', async () => {
  const { child, exits, logged } = await createChild({ FAKE_STUBBORN: 'node-1' });
  await child.start();
  await logged('running');
  await child.stop(50);
  await eventually(() => expect(exits).toMatchObject([{ signal: 'SIGKILL', requested: true }]));
  await child.start();
  const hurry = new AbortController();
  const stopped = child.stop(600_000, hurry.signal);
  hurry.abort();
  await stopped;
  expect(child.running).toBe(false);
});

test('starting twice makes one process', async () => {
  const { child, starts } = await createChild();
  await Promise.all([child.start(), child.start()]);
  await child.start();
  expect(starts).toEqual(['node-1']);
});

test('stopping or killing what does not run is no trouble', async () => {
  const { child, exits } = await createChild();
  await child.stop(1_000);
  await child.kill();
  expect(exits).toEqual([]);
});

test('nodes are killed and restarted by id, one action on each at a time', async () => {
  const { child, logged } = await createChild({ FAKE_STUBBORN: 'node-1' });
  const stopping = new AbortController();
  const control = createNodeControl(new Map([['node-1', child]]), stopping.signal);
  expect(await control.command('node-2', 'kill')).toEqual({ kind: 'unknown-node' });
  expect(await control.command('__proto__', 'kill')).toEqual({ kind: 'unknown-node' });
  expect(await control.command('node-1', 'kill')).toEqual({ kind: 'unfit', process: 'stopped' });
  expect(await control.command('node-1', 'restart')).toMatchObject({ kind: 'done', node: { running: true } });
  await logged('running');
  const { pid } = child;
  const both = [control.command('node-1', 'kill'), control.command('node-1', 'kill')];
  const [first, second] = await Promise.all(both);
  const killed = { id: 'node-1', running: false, pid: null, process: 'stopped' };
  expect(first).toEqual({ kind: 'done', node: killed });
  expect(second).toEqual({ kind: 'busy' });
  expect(isAlive(pid ?? 0)).toBe(false);
  stopping.abort();
  expect(await control.command('node-1', 'restart')).toEqual({ kind: 'busy' });
  expect(control.list()).toEqual([killed]);
});

async function createControlled(environment: Record<string, string> = {}) {
  const parts = await createChild({ FAKE_REPORTS: 'node-1', ...environment });
  const told: (string | undefined)[] = [];
  const nodes = new Map([['node-1', parts.child]]);
  const control = createNodeControl(nodes, new AbortController().signal, (node, command) =>
    told.push(commandText(node, command)),
  );
  await parts.child.start();
  await eventually(() => expect(parts.child.state).toBe('running'));
  return { ...parts, control, told };
}

/** The letter that the kernel has for what a process does; T is stopped. */
async function kernelState(pid: number | undefined): Promise<string | undefined> {
  return /^State:\s+(\w)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
}

test('a child is starting until it says that it serves', async () => {
  const { child, logged } = await createChild();
  expect(child.state).toBe('stopped');
  await child.start();
  await logged('running');
  expect(child.state).toBe('starting');
  const control = createNodeControl(new Map([['node-1', child]]), new AbortController().signal);
  expect(await control.command('node-1', 'cut-off')).toEqual({ kind: 'unfit', process: 'starting' });
});

test('a paused child does nothing until it is resumed', async () => {
  const { child, control, told } = await createControlled();
  expect(await control.command('node-1', 'resume')).toEqual({ kind: 'unfit', process: 'running' });
  expect(await control.command('node-1', 'pause')).toMatchObject({ kind: 'done', node: { process: 'paused' } });
  await eventually(async () => expect(await kernelState(child.pid)).toBe('T'));
  expect(await control.command('node-1', 'pause')).toEqual({ kind: 'unfit', process: 'paused' });
  expect(await control.command('node-1', 'cut-off')).toEqual({ kind: 'unfit', process: 'paused' });
  expect(await control.command('node-1', 'resume')).toMatchObject({ kind: 'done', node: { process: 'running' } });
  await eventually(async () => expect(await kernelState(child.pid)).not.toBe('T'));
  expect(told).toEqual(['node-1 was paused, as asked. `trolley resume node-1` lets it go on.', 'node-1 goes on.']);
});

test('a paused child can be killed, stopped in order, and started again unpaused', async () => {
  const { child, control, exits } = await createControlled();
  await control.command('node-1', 'pause');
  expect(await control.command('node-1', 'restart')).toMatchObject({ kind: 'done', node: { running: true } });
  await eventually(() => expect(exits).toMatchObject([{ code: 0, signal: null, requested: true }]));
  await eventually(() => expect(child.state).toBe('running'));
  await control.command('node-1', 'pause');
  expect(await control.command('node-1', 'kill')).toMatchObject({ kind: 'done', node: { process: 'stopped' } });
});

test('a child is told to cut itself off and to come back, and says when it has', async () => {
  const { child, control } = await createControlled();
  expect(await control.command('node-1', 'rejoin')).toEqual({ kind: 'unfit', process: 'running' });
  expect(await control.command('node-1', 'cut-off')).toMatchObject({ kind: 'done', node: { process: 'cut-off' } });
  await control.command('node-1', 'pause');
  expect(child.state).toBe('paused');
  await control.command('node-1', 'resume');
  expect(child.state).toBe('cut-off');
  expect(await control.command('node-1', 'rejoin')).toMatchObject({ kind: 'done', node: { process: 'running' } });
});

test('a child that dies instead of obeying has failed', async () => {
  const { control } = await createControlled({ FAKE_DIES_OF_ORDERS: 'node-1' });
  expect(await control.command('node-1', 'cut-off')).toEqual({ kind: 'failed' });
});
