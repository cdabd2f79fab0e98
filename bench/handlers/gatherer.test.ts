import { expect, test } from 'vitest';
import { Gatherer } from './gatherer.ts';

test('what comes while a batch is under way is the next batch, and each gets its own result', async () => {
  const batches: (readonly number[])[] = [];
  const gatherer = new Gatherer(async (works: readonly number[]) => {
    batches.push(works);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return works.map((work) => work * 10);
  });
  const first = [gatherer.do(1), gatherer.do(2)];
  const later = Promise.resolve().then(async () => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    return Promise.all([gatherer.do(3), gatherer.do(4)]);
  });
  expect(await Promise.all(first)).toEqual([10, 20]);
  expect(await later).toEqual([30, 40]);
  expect(batches).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test('a batch that fails fails each of its pieces, and the next one is done', async () => {
  let failures = 1;
  const gatherer = new Gatherer(async (works: readonly number[]) => {
    if (failures-- > 0) throw new Error('no replica');
    return works;
  });
  const results = await Promise.allSettled([gatherer.do(1), gatherer.do(2)]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await gatherer.do(3)).toBe(3);
});
