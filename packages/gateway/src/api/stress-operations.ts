/*
 * The calls that run stress tests, for whoever watches in a browser. They only pass the wish on to the launcher, which
 * runs `trolley stress`. Anyone may look; starting and stopping is for operators.
 */
import { z } from '@hono/zod-openapi';
import { ProblemError, stressRunSchema, stressWishSchema, type StressRun } from '@trolley/cluster';
import type { Launcher, StressRequest } from '../launcher-client.ts';
import { LAUNCHER_PROBLEMS, launcherFailed, noLauncher } from './launcher-problems.ts';
import { BODY_PROBLEMS, NO_BODY, NO_QUERY, serve, type GatewayRouter } from './operation.ts';
import { GUARD_NOTE, GUARD_PROBLEMS, refuseUnlessOperator, type OperatorRules } from './operator-guard.ts';

/** What the calls work with. */
export interface StressControl {
  /** Absent when no launcher started this cluster. */
  readonly launcher: Launcher | undefined;
  readonly operators: OperatorRules;
}

const wish = stressWishSchema.meta({
  id: 'StressWish',
  description:
    'Which test, 1 to 5; how much there is to do and how many requests at once, when not as the test has it.',
  example: { test: 3, size: 240, workers: 8 },
});
const run = stressRunSchema.meta({
  id: 'StressRun',
  description:
    'A run, as far as it has come: a sample of each second, the latest 600; `latencies`, `outcomes` and the `verdict` ' +
    'once it has ended. Times are in milliseconds since 1970.',
});
const latest = z.object({ run: run.nullable() }).openapi('LatestStressRun');

const parameters = z.object({ id: z.string().openapi({ description: 'The run’s id.', example: 'run-1x2y3z' }) });
const NOT_FOUND = { 404: 'It is not the latest run; others are not kept.' };
const NO_INPUT = { 400: 'There is a query parameter, and the call takes none.' };
const OPERATOR_PROBLEMS = { ...GUARD_PROBLEMS, ...LAUNCHER_PROBLEMS };

/** Adds the calls to the router. */
export function serveStress(router: GatewayRouter, { launcher, operators }: StressControl): void {
  const shared = { tag: 'Stress', query: NO_QUERY } as const;
  serve(
    router,
    {
      ...shared,
      method: 'post',
      path: '/stress',
      summary: 'Start a stress test',
      description: `Puts claims under load, as \`trolley stress\` does, and judges from the data. ${GUARD_NOTE}`,
      body: wish,
      success: { status: 202, description: 'It has begun.', schema: run },
      problems: {
        ...OPERATOR_PROBLEMS,
        ...BODY_PROBLEMS,
        400: 'A field of the body is wrong.',
        409: 'A stress test runs already.',
      },
    },
    async ({ body }, context) => {
      refuseUnlessOperator(context.req, operators);
      return context.json(await runOf(launcher, { type: 'begin', wish: body }), 202);
    },
  );
  serve(
    router,
    {
      ...shared,
      method: 'get',
      path: '/stress',
      summary: 'Show the latest run of a stress test',
      body: NO_BODY,
      success: { status: 200, description: 'The run; null when there was none.', schema: latest },
      problems: { ...LAUNCHER_PROBLEMS, ...NO_INPUT },
    },
    async (_, context) => context.json({ run: await ask(launcher, { type: 'latest' }) }),
  );
  serve(
    router,
    {
      ...shared,
      method: 'get',
      path: '/stress/{id}',
      summary: 'Show a run of a stress test',
      parameters,
      body: NO_BODY,
      success: { status: 200, description: 'The run.', schema: run },
      problems: { ...LAUNCHER_PROBLEMS, ...NO_INPUT, ...NOT_FOUND },
    },
    async (_, context) => context.json(await runOf(launcher, { type: 'look', id: context.req.param('id') ?? '' })),
  );
  serve(
    router,
    {
      ...shared,
      method: 'delete',
      path: '/stress/{id}',
      summary: 'Stop a stress test',
      description: `It ends once the items that it made are removed, without a verdict. ${GUARD_NOTE}`,
      parameters,
      body: NO_BODY,
      success: { status: 202, description: 'It was told to end.', schema: run },
      problems: { ...OPERATOR_PROBLEMS, ...NO_INPUT, ...NOT_FOUND, 409: 'The run has ended.' },
    },
    async (_, context) => {
      refuseUnlessOperator(context.req, operators);
      return context.json(await runOf(launcher, { type: 'stop', id: context.req.param('id') ?? '' }), 202);
    },
  );
}

async function runOf(launcher: Launcher | undefined, request: StressRequest): Promise<StressRun> {
  const found = await ask(launcher, request);
  if (found === null) throw launcherFailed('It answered with no run.');
  return found;
}

async function ask(launcher: Launcher | undefined, request: StressRequest): Promise<StressRun | null> {
  if (launcher === undefined) throw noLauncher('Stress tests cannot be run here');
  const answer = await launcher.stress(request);
  switch (answer.type) {
    case 'run':
      return answer.run;
    case 'refused': {
      const { status, code, title, detail, errors } = answer.problem;
      throw new ProblemError({ status: refusalStatus(status), code, title, detail, errors });
    }
    case 'failed':
      throw launcherFailed(`Asked about a stress test, ${answer.reason}.`);
    default:
      return answer satisfies never;
  }
}

function refusalStatus(status: number): 400 | 404 | 409 {
  return status === 400 || status === 404 ? status : 409;
}
