import * as fc from 'fast-check';
import { expect, it, describe } from 'vitest';
import { differencesOf, type Entry } from './differences.ts';
import { inLockStep, type ListPage } from './lock-step.ts';

const entriesOf = (keys: readonly string[], context: string): Entry[] =>
  [...new Set(keys)].toSorted((a, b) => (a < b ? -1 : 1)).map((key) => [key, context]);

function paged(entries: readonly Entry[], size: number): ListPage {
  return async (after) => {
    const rest = entries.filter(([key]) => after === undefined || key > after);
    return { entries: rest.slice(0, size), more: rest.length > size };
  };
}

const empty: ListPage = async () => ({ entries: [], more: true });
const keys = fc.array(fc.string({ maxLength: 2 }), { maxLength: 30 });
const pageSize = fc.integer({ min: 1, max: 7 });

describe('two lists in lock-step', () => {
  it('show the same differences, in pages of any size, as both taken whole; and go on from where one left off', async () => {
    await fc.assert(
      fc.asyncProperty(keys, keys, pageSize, pageSize, async (ownKeys, theirKeys, ownSize, theirSize) => {
        const own = entriesOf(ownKeys, '[["a.1",1]]');
        const theirs = entriesOf(theirKeys, '[["a.1",2]]');
        const found: string[] = [];
        let after: string | undefined;
        for (let isEnded = false; !isEnded;) {
          // Breaks off after each stretch.
          for await (const stretch of inLockStep(paged(own, ownSize), paged(theirs, theirSize), after)) {
            expect(stretch.own.length).toBeLessThanOrEqual(ownSize);
            expect(stretch.theirs.length).toBeLessThanOrEqual(theirSize);
            found.push(...differencesOf(stretch.own, stretch.theirs).map(({ key, offer }) => `${key} ${offer}`));
            after = stretch.upTo;
            isEnded = stretch.upTo === undefined;
            break;
          }
        }
        const expected = differencesOf(own, theirs).map(({ key, offer }) => `${key} ${offer}`);
        expect(found.toSorted()).toEqual(expected.toSorted());
      }),
    );
  });

  it('end also when a list says that there is more and gives nothing', async () => {
    const stretches: unknown[] = [];
    for await (const stretch of inLockStep(empty, empty, undefined)) stretches.push(stretch);
    expect(stretches).toEqual([{ own: [], theirs: [], upTo: undefined }]);
  });
});
