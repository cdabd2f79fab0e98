import { createManualClock } from '@trolley/cluster/testing';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeRegistry } from '../testing/fake-registry.ts';
import { AbsenceWatch } from './absence-watch.ts';

const map = (epoch: number) => ({ epoch, pgCount: 16, replicas: 3, nodes: [] });
const clock = createManualClock();
let registry: FakeRegistry;
let watch: AbsenceWatch;
let sinceMs: number | undefined;
let settledEpoch: number | undefined;
const settleAbsence = vi.fn<(sinceMs: number) => Promise<void>>();
const onSettled = vi.fn<() => void>();

beforeEach(() => {
  registry = new FakeRegistry();
  sinceMs = undefined;
  settledEpoch = undefined;
  settleAbsence.mockReset().mockImplementation(async () => {
    settledEpoch = registry.view.stored?.map.epoch;
  });
  onSettled.mockReset();
  const repair = {
    get doubtfulSinceMs() {
      return sinceMs;
    },
    isInDoubt: (epoch: number) => sinceMs !== undefined && epoch !== settledEpoch,
    settleAbsence,
  };
  watch = new AbsenceWatch({ registry, repair, clock, logger: pino({ enabled: false }), onSettled });
});

afterEach(async () => watch.stop());

test('a node that took part all along is asked nothing, whatever the registry tells', () => {
  registry.answer(map(1));
  clock.advance(5_000);
  expect(settleAbsence).not.toHaveBeenCalled();
});

test('I19: one that was away settles it once by each map, and then fetches', async () => {
  sinceMs = 7;
  registry.answer(map(1));
  expect(settleAbsence).toHaveBeenCalledExactlyOnceWith(7);
  await vi.waitFor(() => expect(onSettled).toHaveBeenCalledOnce());
  clock.advance(5_000);
  expect(settleAbsence).toHaveBeenCalledOnce();
  registry.setMap(map(2));
  await vi.waitFor(() => expect(onSettled).toHaveBeenCalledTimes(2));
});

test('one whose doubt comes with time looks by itself', async () => {
  registry.answer(map(1));
  sinceMs = 7;
  clock.advance(1_000);
  await vi.waitFor(() => expect(onSettled).toHaveBeenCalledOnce());
});

test('a disk that takes nothing is tried again', async () => {
  sinceMs = 7;
  settleAbsence.mockRejectedValueOnce(new Error('the disk is full'));
  registry.answer(map(1));
  await vi.waitFor(() => {
    clock.advance(1_000);
    expect(onSettled).toHaveBeenCalledOnce();
  });
  expect(settleAbsence).toHaveBeenCalledTimes(2);
});
