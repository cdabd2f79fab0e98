import { createManualClock } from '@trolley/cluster/testing';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeRegistry } from '../testing/fake-registry.ts';
import { WorkGate } from '../work-gate.ts';
import { AbsenceWatch } from './absence-watch.ts';

const MAP = { epoch: 1, pgCount: 16, replicas: 3, nodes: [] };
const clock = createManualClock();
let registry: FakeRegistry;
let gate: WorkGate;
let watch: AbsenceWatch;
/** What the service says and does. */
const repair = {
  doubtfulSinceMs: undefined as number | undefined,
  settleAbsence: vi.fn<(sinceMs: number) => Promise<void>>(),
};
const onSettled = vi.fn<() => void>();

beforeEach(() => {
  registry = new FakeRegistry();
  gate = new WorkGate();
  gate.open();
  repair.doubtfulSinceMs = undefined;
  repair.settleAbsence.mockReset().mockImplementation(async () => {
    repair.doubtfulSinceMs = undefined;
  });
  onSettled.mockReset();
  watch = new AbsenceWatch({ registry, repair, gate, clock, logger: pino({ enabled: false }), onSettled });
});

afterEach(async () => watch.stop());

test('a node that took part all along goes on serving, whatever the registry tells', () => {
  registry.answer(MAP);
  expect(gate.phase).toBe('serving');
  expect(repair.settleAbsence).not.toHaveBeenCalled();
});

test('I19: one that was cut off for long serves nobody from the moment that it is back until it is settled', async () => {
  repair.doubtfulSinceMs = 7;
  registry.answer(MAP);
  expect(gate.phase).toBe('starting');
  await vi.waitFor(() => expect(gate.phase).toBe('serving'));
  expect(repair.settleAbsence).toHaveBeenCalledExactlyOnceWith(7);
  expect(onSettled).toHaveBeenCalledOnce();
});

test('while it hears nothing from the registry it goes on: whom should it ask', () => {
  repair.doubtfulSinceMs = 7;
  registry.view = { ...registry.view, connected: false };
  registry.setMap(MAP);
  expect(gate.phase).toBe('serving');
});

test('a disk that takes nothing keeps it from serving until it does', async () => {
  repair.doubtfulSinceMs = 7;
  repair.settleAbsence.mockRejectedValueOnce(new Error('the disk is full'));
  registry.answer(MAP);
  expect(gate.phase).toBe('starting');
  await vi.waitFor(() => {
    clock.advance(1_000);
    expect(gate.phase).toBe('serving');
  });
  expect(repair.settleAbsence).toHaveBeenCalledTimes(2);
});

test('a node that stops meanwhile does not serve again', async () => {
  repair.doubtfulSinceMs = 7;
  registry.answer(MAP);
  await gate.close();
  await watch.stop();
  expect(gate.phase).toBe('stopping');
});
