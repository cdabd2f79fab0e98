import type { Batch } from '@trolley/cluster';
import { expect, it } from 'vitest';
import { KnownEpochs } from './known-epochs.ts';

const nothing = async () => undefined;
const batch = (epoch: number): Pick<Batch, 'epoch' | 'operations'> => ({
  epoch,
  operations: [{ type: 'read', key: 'product:x', detail: 'record', requestId: undefined }],
});

it('knows the newest of what the registry and the callers say', async () => {
  let registryEpoch = 3;
  const epochs = new KnownEpochs(
    () => registryEpoch,
    () => 2,
  );
  expect(epochs.newest).toBe(3);
  await epochs.during(batch(5), nothing);
  await epochs.during(batch(4), nothing);
  expect(epochs.newest).toBe(5);
  registryEpoch = 6;
  expect(epochs.newest).toBe(6);
  expect(epochs.synced).toBe(2);
});

it('I9: an epoch is in force only when all that was made under older ones is done, however it ended', async () => {
  const epochs = new KnownEpochs(
    () => 3,
    () => 3,
  );
  const held: (() => void)[] = [];
  const hold = async () => new Promise<void>((resolve) => held.push(resolve));
  const first = epochs.during(batch(3), hold);
  const second = epochs.during(batch(3), async () => {
    await hold();
    throw new Error('it failed');
  });
  const newer = epochs.during(batch(4), hold);
  expect([epochs.newest, epochs.inForce]).toEqual([4, 3]);
  held[0]?.();
  await first;
  expect(epochs.inForce).toBe(3);
  held[1]?.();
  await expect(second).rejects.toThrow('it failed');
  expect(epochs.inForce).toBe(4);
  held[2]?.();
  await newer;
  expect(epochs.inForce).toBe(4);
});

it('a question without operations, by whatever map, holds no epoch back', async () => {
  const epochs = new KnownEpochs(
    () => 3,
    () => 3,
  );
  const held: (() => void)[] = [];
  const asking = epochs.during(
    { epoch: 2, operations: [] },
    async () => new Promise<void>((resolve) => held.push(resolve)),
  );
  expect(epochs.inForce).toBe(3);
  held[0]?.();
  await asking;
});
