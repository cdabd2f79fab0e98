/*
 * What a node answers to the operations of repair (repair-protocol.ts), as the executor of batches sees it.
 */
import { STATUS_EVENTS_MAX, type FetchProgress, type RepairOperation, type RepairResult } from '@trolley/cluster';
import type { Engine } from '../engine.ts';
import type { NodeEvents } from './node-events.ts';

/** Answers one operation. @throws what the engine throws. */
export type AnswerRepair = (operation: RepairOperation) => Promise<RepairResult>;

/** What answers are made from. */
export interface RepairAnswerOptions {
  readonly engine: Engine;
  readonly events: NodeEvents;
  readonly fetching: () => FetchProgress | undefined;
}

/** The answers of one node. */
export function createRepairAnswers({ engine, events, fetching }: RepairAnswerOptions): AnswerRepair {
  return async ({ eventsAfter }) => {
    const { records, bytes } = engine.statistics;
    return {
      type: 'status',
      records,
      bytes,
      hintsWaiting: [],
      incompleteGroups: engine.incompleteGroups.size,
      fetching: fetching() ?? null,
      lastEvent: events.last,
      events: events.after(eventsAfter, STATUS_EVENTS_MAX),
    };
  };
}
