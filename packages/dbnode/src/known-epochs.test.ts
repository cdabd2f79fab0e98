import { expect, it } from 'vitest';
import { KnownEpochs } from './known-epochs.ts';

it('knows the newest of what the registry and the callers say', () => {
  let registryEpoch = 3;
  const epochs = new KnownEpochs(
    () => registryEpoch,
    () => 2,
  );
  expect(epochs.newest).toBe(3);
  epochs.heardOf(5);
  epochs.heardOf(4);
  expect(epochs.newest).toBe(5);
  registryEpoch = 6;
  expect(epochs.newest).toBe(6);
  expect(epochs.synced).toBe(2);
});
