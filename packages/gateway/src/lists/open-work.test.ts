import { expect, it } from 'vitest';
import { FakeStore } from '../testing/fake-store.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { ListFullError, ListWriter } from './list-writer.ts';
import { OpenWork } from './open-work.ts';

it('tells of a full list as one that is overloaded, not as anything of the person', async () => {
  const store = new FakeStore();
  const writer = new ListWriter(store);
  writer.add = async () => Promise.reject(new ListFullError('the list is full'));
  const openWork = new OpenWork({ store, writer, clock: new VirtualClock() });
  await expect(openWork.note('bundle:b', 'test')).rejects.toMatchObject({ name: 'StoreError', code: 'OVERLOADED' });
});
