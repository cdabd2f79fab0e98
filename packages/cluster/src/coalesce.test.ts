import { describe, expect, it } from 'vitest';
import { coalesce } from './coalesce.ts';

describe('coalesce', () => {
  it('never runs twice at once, and gives everyone a run that began after they asked', async () => {
    let running = 0;
    let runs = 0;
    let changes = 0;
    let seen = 0;
    const trigger = coalesce(async () => {
      running += 1;
      runs += 1;
      expect(running).toBe(1);
      const at = changes;
      await new Promise((resolve) => setImmediate(resolve));
      seen = at;
      running -= 1;
    });
    const asked: Promise<void>[] = [];
    for (let count = 1; count <= 200; count += 1) {
      changes = count;
      asked.push(trigger().then(() => expect(seen).toBeGreaterThanOrEqual(count)));
      if (count % 7 === 0) await Promise.resolve();
      if (count % 31 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(asked);
    expect(seen).toBe(200);
    expect(runs).toBeLessThan(60);
  });

  it('tells a failure to those who asked for that run, and goes on', async () => {
    let runs = 0;
    const trigger = coalesce(async () => {
      runs += 1;
      const run = runs;
      await Promise.resolve();
      if (run === 1) throw new Error('the first one');
    });
    const outcomes = await Promise.allSettled([trigger(), trigger(), trigger()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(runs).toBe(2);
  });
});
