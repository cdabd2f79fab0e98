/*
 * The part of the launcher's control API that runs stress tests.
 */
import { ProblemError, readJsonBody, stressWishSchema, validate, type StressRun } from '@trolley/cluster';
import type { Hono } from 'hono';
import type { StressOutcome, StressRunner } from './stress-runner.ts';

const BODY_BYTES_MAX = 10_000;

/** Adds the calls: `POST /control/stress` begins a test, `GET` tells the latest run; `/control/stress/:id` is one run. */
export function serveStress(app: Hono, stress: Pick<StressRunner, 'begin' | 'latest' | 'look' | 'stop'>): void {
  app.post('/control/stress', async (context) => {
    const wish = validate(stressWishSchema, await readJsonBody(context.req, { bytesMax: BODY_BYTES_MAX }));
    return context.json(runOrProblem(stress.begin(wish)), 202);
  });
  app.get('/control/stress', (context) => context.json({ run: stress.latest ?? null }));
  app.get('/control/stress/:id', (context) => context.json(runOrProblem(stress.look(context.req.param('id')))));
  app.delete('/control/stress/:id', (context) => context.json(runOrProblem(stress.stop(context.req.param('id'))), 202));
}

function runOrProblem(outcome: StressOutcome): StressRun {
  switch (outcome.kind) {
    case 'run':
      return outcome.run;
    case 'busy':
      throw new ProblemError({
        status: 409,
        code: 'STRESS_BUSY',
        title: 'No stress test can begin now',
        detail: 'One runs already, or the cluster is starting or stopping. Stop it, or wait for its end.',
      });
    case 'unknown-run':
      throw new ProblemError({
        status: 404,
        code: 'RUN_NOT_FOUND',
        title: 'There is no such run',
        detail: 'Only the latest run of a stress test is kept, until the launcher ends.',
      });
    case 'ended':
      throw new ProblemError({
        status: 409,
        code: 'RUN_ENDED',
        title: 'The run has ended',
        detail: 'A stress test that has ended cannot be stopped.',
      });
    default:
      return outcome satisfies never;
  }
}
