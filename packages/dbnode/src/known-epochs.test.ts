import type { Batch } from '@trolley/cluster';
import { expect, it } from 'vitest';
import { KnownEpochs } from './known-epochs.ts';
import { FakeEngine } from './testing/fake-engine.ts';

function createWorld(memory = new FakeEngine()) {
  const registry = { epoch: 0 };
  const restart = () => new KnownEpochs({ fromRegistry: () => registry.epoch, synced: () => 2, memory });
  return { memory, registry, epochs: restart(), restart };
}

const batch = (epoch: number): Pick<Batch, 'epoch' | 'operations'> => ({
  epoch,
  operations: [{ type: 'read', key: 'product:x', detail: 'record', requestId: undefined }],
});

it('knows the newest of what the registry and the callers say', () => {
  const { epochs, registry } = createWorld();
  registry.epoch = 3;
  expect(epochs.newest).toBe(3);
  epochs.heardOf(5);
  epochs.heardOf(4);
  expect(epochs.newest).toBe(5);
  registry.epoch = 6;
  expect(epochs.newest).toBe(6);
  expect(epochs.synced).toBe(2);
});

it('I9: an epoch is in force only when all that was made under older ones is done, however it ended', async () => {
  const { epochs, registry } = createWorld();
  registry.epoch = 3;
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
  const { epochs, registry } = createWorld();
  registry.epoch = 3;
  const held: (() => void)[] = [];
  const asking = epochs.during(
    { epoch: 2, operations: [] },
    async () => new Promise<void>((resolve) => held.push(resolve)),
  );
  expect(epochs.inForce).toBe(3);
  held[0]?.();
  await asking;
});

it('I9: tells only of epochs that it still knows after a restart without the registry', async () => {
  const { epochs, registry, restart } = createWorld();
  registry.epoch = 3;
  expect(await epochs.settled()).toBe(3);
  epochs.heardOf(5);
  expect(await epochs.settled()).toBe(5);
  registry.epoch = 0;
  expect(restart().newest).toBe(5);
});

it('turns away older callers also while the disk does not take the epoch, and does not tell of it', async () => {
  const { epochs, memory } = createWorld();
  epochs.heardOf(4);
  await epochs.settled();
  memory.readOnlyReason = 'the disk is full';
  epochs.heardOf(5);
  expect(await epochs.settled()).toBe(4);
  expect(epochs.newest).toBe(5);
});

it('may have forgotten an epoch when it lost data, until it is told one again', () => {
  const { epochs, registry } = createWorld(new FakeEngine('a', [1]));
  expect(epochs.mayBeForgotten).toBe(true);
  epochs.heardOf(4);
  expect(epochs.mayBeForgotten).toBe(true);
  registry.epoch = 3;
  expect(epochs.mayBeForgotten).toBe(false);
  expect(createWorld().epochs.mayBeForgotten).toBe(false);
});
