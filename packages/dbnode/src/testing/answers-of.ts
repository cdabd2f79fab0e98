/*
 * The answers to operations of repair that an engine gives on its own, for tests of what is not about repair.
 */
import { createManualClock } from '@trolley/cluster/testing';
import type { Engine } from '../engine.ts';
import { NodeEvents } from '../repair/node-events.ts';
import { createRepairAnswers, type AnswerRepair } from '../repair/repair-answers.ts';

/** Answers without events, on a clock that stands still. */
export function answersOf(engine: Engine): AnswerRepair {
  const events = new NodeEvents(createManualClock());
  return createRepairAnswers({
    engine,
    events,
    hints: true,
    fetching: () => undefined,
    repairRun: () => undefined,
    inStepAgoMs: () => undefined,
    map: () => undefined,
  });
}
