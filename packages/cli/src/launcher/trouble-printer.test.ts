import { createManualClock } from '@trolley/cluster/testing';
import { expect, test } from 'vitest';
import { createTestContext } from '../testing/test-context.ts';
import { TroublePrinter } from './trouble-printer.ts';

test('of a flood of troubles a few are shown, then where the rest is, and more after a while', () => {
  const { terminal, written } = createTestContext();
  const clock = createManualClock();
  const printer = new TroublePrinter(terminal, clock, (name) => `/logs/${name}.log`);
  for (let index = 0; index < 1000; index += 1) printer.print('node-1', { severity: 'warning', text: `slow ${index}` });
  printer.print('node-2', { severity: 'error', text: 'disk full' });
  const lines = written.error.trimEnd().split('\n');
  expect(lines).toHaveLength(10);
  expect(lines[0]).toBe('node-1 warning: slow 0');
  expect(lines[8]).toBe('node-1 has more to say: see /logs/node-1.log');
  expect(lines[9]).toBe('node-2 error: disk full');
  clock.advance(10_000);
  printer.print('node-1', { severity: 'warning', text: 'again' });
  expect(written.error).toContain('node-1 warning: again');
});
