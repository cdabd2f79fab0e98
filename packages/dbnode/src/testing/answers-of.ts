/*
 * The answers to operations of repair that an engine gives on its own, for tests of what is not about repair.
 */
import { createManualClock } from '@trolley/cluster/testing';
import type { Engine } from '../engine.ts';
import { NodeEvents } from '../repair/node-events.ts';
import { createRepairAnswers, type AnswerRepair } from '../repair/repair-answers.ts';

/** Answers without events, on a clock that stands still. */
export function answersOf(engine: Engine): AnswerRepair {
  const clock = createManualClock();
  const events = new NodeEvents(clock);
  return createRepairAnswers({
    engine,
    events,
    hints: true,
    fetching: () => undefined,
    repairRun: () => undefined,
    clock,
    inStepAsOfMs: () => undefined,
    map: () => undefined,
  });
}
