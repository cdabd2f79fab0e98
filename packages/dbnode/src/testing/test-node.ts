/*
 * A node's app on a fake engine, called in-process.
 */
import { pino } from 'pino';
import { createManualClock } from '@trolley/cluster/testing';
import { RepairFigures } from '../repair/repair-figures.ts';
import { createNodeApp, type NodeAppOptions } from '../app.ts';
import { KnownEpochs } from '../known-epochs.ts';
import { WorkGate } from '../work-gate.ts';
import { answersOf } from './answers-of.ts';
import { FakeEngine } from './fake-engine.ts';

/** A node that serves, with what a test wants to look at or change. */
export function createTestNode(overrides: Partial<NodeAppOptions> = {}) {
  const engine = new FakeEngine();
  const gate = new WorkGate();
  const clock = createManualClock();
  const logLines: Record<string, unknown>[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void logLines.push(JSON.parse(line)) });
  const { app, admit } = createNodeApp({
    engine,
    gate,
    clock,
    random: () => 0.5,
    logger,
    zone: 'east',
    clusterToken: undefined,
    slowOperationMs: 200,
    epochs: new KnownEpochs({ fromRegistry: () => 7, synced: () => 6, memory: engine }),
    repair: {
      answer: answersOf(engine),
      figures: new RepairFigures(),
      fetching: () => undefined,
      isInDoubt: () => false,
    },
    reasonsNotReady: () => [],
    ...overrides,
  });
  gate.open();
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) =>
    app.request(path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  return { app, admit, engine, gate, clock, logLines, post };
}
