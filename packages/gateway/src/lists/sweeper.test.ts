import { createManualClock } from '@trolley/cluster/testing';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../store.ts';
import { FakeStore } from '../testing/fake-store.ts';
import { ListWriter } from './list-writer.ts';
import { OPEN_LISTS, OpenWork } from './open-work.ts';
import { Sweeper, type OldWork, type SweepHandler } from './sweeper.ts';

function createSweeper(handlers: Readonly<Record<string, SweepHandler>>) {
  const store = new FakeStore();
  const clock = createManualClock();
  const openWork = new OpenWork({ store, writer: new ListWriter(store), clock });
  const logger = pino({ level: 'silent' });
  const swept: string[] = [];
  const metrics = { openWorkSwept: (outcome: string) => void swept.push(outcome) };
  const sweeper = new Sweeper({ openWork, clock, random: () => 0.5, logger, metrics, handlers });
  const open = async (): Promise<readonly string[]> => {
    const lists = Array.from({ length: OPEN_LISTS }, (_, list) => openWork.entriesOf(list, 'r'));
    return (await Promise.all(lists)).flat().map(({ name }) => name);
  };
  return { store, clock, openWork, sweeper, open, swept };
}

describe('a sweep', () => {
  it('hands what has been open for long to whoever knows it, and strikes off what is finished', async () => {
    const handed: OldWork[] = [];
    const { clock, openWork, sweeper, open } = createSweeper({
      bundle: async (work) => {
        handed.push(work);
        return 'finished';
      },
    });
    await openWork.note('bundle:1', 'r');
    clock.advance(9_000);
    await openWork.note('bundle:2', 'r');
    await openWork.note('order:1', 'r');
    clock.advance(2_000);
    await sweeper.sweep();
    expect(handed).toMatchObject([{ id: '1', ageMs: 11_000 }]);
    expect((await open()).toSorted()).toEqual(['bundle:2', 'order:1']);
  });

  it('leaves what is not finished, what fails and what nobody knows, and goes on with the rest', async () => {
    const { clock, openWork, sweeper, open, swept } = createSweeper({
      bundle: async ({ id }) => {
        if (id === 'bad') throw new StoreError('QUORUM_NOT_MET', 'away');
        return id === 'early' ? 'open' : 'finished';
      },
    });
    for (const name of ['bundle:bad', 'bundle:early', 'bundle:good', 'constructor:1', 'nothing']) {
      await openWork.note(name, 'r');
    }
    clock.advance(60_000);
    await sweeper.sweep();
    expect((await open()).toSorted()).toEqual(['bundle:bad', 'bundle:early', 'constructor:1', 'nothing']);
    expect(swept.toSorted()).toEqual(['failed', 'finished', 'open', 'open', 'open']);
  });

  it('spares work that was noted anew while it was handled', async () => {
    const world = createSweeper({
      order: async () => {
        await world.openWork.note('order:1', 'r');
        return 'finished';
      },
    });
    await world.openWork.note('order:1', 'r');
    world.clock.advance(60_000);
    await world.sweeper.sweep();
    expect(await world.open()).toEqual(['order:1']);
  });

  it('comes now and then until it is stopped, also when the lists cannot be read', async () => {
    const { store, clock, sweeper } = createSweeper({});
    store.failure = () => new StoreError('NO_REPLICA', 'away');
    sweeper.start();
    clock.advance(5_000);
    expect(store.count('read')).toBe(1);
    await expect.poll(() => store.count('read')).toBe(OPEN_LISTS);
    await expect.poll(() => (clock.advance(5_000), store.count('read'))).toBeGreaterThan(OPEN_LISTS);
    sweeper.stop();
    for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
    const before = store.count('read');
    clock.advance(60_000);
    expect(store.count('read')).toBe(before);
  });
});
