import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createOutageLog } from './outage-log.ts';
import { createManualClock } from './testing/manual-clock.ts';

it('warns at first and then now and then, and says when it is over', () => {
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  const clock = createManualClock();
  const outage = createOutageLog('the registry at X', clock, logger);

  outage.recovered();
  expect(lines).toEqual([]);
  for (let tries = 0; tries < 310; tries += 1) {
    outage.failed('refused');
    clock.advance(100);
  }
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain('waiting for the registry at X');
  outage.recovered();
  outage.recovered();
  expect(lines).toHaveLength(3);
  outage.failed('refused');
  expect(lines).toHaveLength(4);
});
