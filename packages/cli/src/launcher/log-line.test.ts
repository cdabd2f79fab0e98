import { expect, test } from 'vitest';
import { troubleIn } from './log-line.ts';

const entry = (level: number, rest: object): string => JSON.stringify({ level, time: 1, ...rest });

test.each([
  ['', undefined],
  [entry(30, { msg: 'request' }), undefined],
  [entry(20, { msg: 'detail' }), undefined],
  [entry(40, { msg: 'slow' }), { severity: 'warning', text: 'slow' }],
  [entry(50, { msg: 'failed', err: { message: 'ENOSPC' } }), { severity: 'error', text: 'failed (ENOSPC)' }],
  [entry(60, { msg: 'ended: ENOSPC', err: { message: 'ENOSPC' } }), { severity: 'error', text: 'ended: ENOSPC' }],
  [entry(50, {}), { severity: 'error', text: entry(50, {}) }],
  ['Error: broken', { severity: 'error', text: 'Error: broken' }],
  ['    at start (file:///main.js:1:2)', undefined],
  ['        ^', undefined],
  ['Node.js v20.20.2', undefined],
  ['node: bad option', { severity: 'error', text: 'node: bad option' }],
  ['{"level":50,"msg":"cut o{"level":30,"msg":"next"}', undefined],
  [entry(40, { msg: 'a\u001B[2Jb' }), { severity: 'warning', text: 'a\uFFFD[2Jb' }],
])('%s', (line, expected) => {
  expect(troubleIn(line)).toEqual(expected);
});

test('a very long line is cut', () => {
  expect(troubleIn('x'.repeat(100_000))?.text.length).toBeLessThan(400);
});
