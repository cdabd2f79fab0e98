import { expect, test } from 'vitest';
import { parseProcessStat, treeCpuMs, treesCpuMs } from './cpu.ts';

const FIELDS_BEFORE = 'S 1 42 42 0 -1 4194560 100 200 0 0';

test('processor time is user and system time, in hundredths of a second', () => {
  const text = `42 (node) ${FIELDS_BEFORE} 120 30 4 5 20 0 11 0 12345 1000000 5000`;
  expect(parseProcessStat(text)).toEqual({ parentPid: 1, ownMs: 1_500, endedChildrenMs: 90 });
});

test.each(['a b', 'a) (b', ') S 1 2 3'])('a program may be called %j', (name) => {
  const text = `42 (${name}) ${FIELDS_BEFORE} 1 2 3 4 20 0 11 0 12345 1000000 5000`;
  expect(parseProcessStat(text)).toEqual({ parentPid: 1, ownMs: 30, endedChildrenMs: 70 });
});

test.each(['', '42 (node) S 1', `42 (node) ${FIELDS_BEFORE} x 1 2 3`])('%j is refused', (text) => {
  expect(() => parseProcessStat(text)).toThrow('/proc/PID/stat');
});

test('a server is charged for what it has started, and for what that has started', () => {
  const all = new Map([
    [10, { parentPid: 1, ownMs: 5, endedChildrenMs: 100 }],
    [11, { parentPid: 10, ownMs: 20, endedChildrenMs: 0 }],
    [12, { parentPid: 11, ownMs: 40, endedChildrenMs: 0 }],
    [20, { parentPid: 1, ownMs: 1_000, endedChildrenMs: 0 }],
  ]);
  expect(treeCpuMs(10, all)).toBe(165);
  expect(treeCpuMs(99, all)).toBeUndefined();
});

test.runIf(process.platform === 'linux')('this process has used processor time, and no process the highest id', () => {
  const found = treesCpuMs([process.pid, 2 ** 31 - 1]);
  expect(found.get(process.pid)).toBeGreaterThan(0);
  expect(found.get(2 ** 31 - 1)).toBeUndefined();
});
