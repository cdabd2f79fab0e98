/*
 * The launcher's control API, for the gateways that it started: they hold the secret that every call
 * wants, so that no web page and no other program of this machine can kill nodes. Never listens itself.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import {
  handleErrors,
  NODE_COMMANDS,
  ProblemError,
  type ControlledNode,
  type ProblemDetails,
  type ProcessState,
  type UnexpectedErrorListener,
} from '@trolley/cluster';
import { Hono } from 'hono';
import type { ControlOutcome, NodeControl } from './node-control.ts';
import { serveStress } from './stress-control.ts';
import type { StressRunner } from './stress-runner.ts';

export interface ControlAppParts {
  readonly control: NodeControl;
  readonly stress: Pick<StressRunner, 'begin' | 'latest' | 'look' | 'stop'>;
  /** The secret that callers send as `Authorization: Bearer`. */
  readonly token: string;
  /** Tells one launcher from another; no secret. */
  readonly launcherId: string;
  readonly onUnexpected: UnexpectedErrorListener;
}

/**
 * `GET /control` says which launcher this is, to anyone; `GET /control/nodes` lists the nodes;
 * `POST /control/nodes/:id/COMMAND` acts on one; stress-control.ts has the rest. Errors are problem+json.
 */
export function createControlApp({ control, stress, token, launcherId, onUnexpected }: ControlAppParts): Hono {
  const app = new Hono();
  handleErrors(app, onUnexpected);
  app.get('/control', (context) => context.json({ launcherId }));
  app.use('/control/*', async (context, next) => {
    if (context.req.path !== '/control') requireToken(context.req.header('authorization'), token);
    await next();
  });
  app.get('/control/nodes', (context) => {
    return context.json({ nodes: control.list() });
  });
  for (const command of NODE_COMMANDS) {
    app.post(`/control/nodes/:id/${command}`, async (context) => {
      const id = context.req.param('id');
      return context.json(nodeOrProblem(id, await control.command(id, command)));
    });
  }
  serveStress(app, stress);
  return app;
}

function requireToken(header: string | undefined, token: string): void {
  if (timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`))) return;
  throw new ProblemError({
    status: 401,
    code: 'UNAUTHORIZED',
    title: 'The launcher does not know you',
    detail: 'Only the gateways that this launcher started may use it.',
    headers: { 'www-authenticate': 'Bearer' },
  });
}

/** Of equal length, as a comparison in constant time wants it. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function nodeOrProblem(id: string, outcome: ControlOutcome): ControlledNode {
  if (outcome.kind === 'done') return outcome.node;
  throw new ProblemError(problemOf(id, outcome));
}

function problemOf(id: string, outcome: Exclude<ControlOutcome, { kind: 'done' }>): ProblemDetails {
  switch (outcome.kind) {
    case 'unknown-node':
      return {
        status: 404,
        code: 'NODE_NOT_FOUND',
        title: 'There is no such node',
        detail: `This launcher has no node ${id}.`,
      };
    case 'unfit':
      return {
        status: 409,
        code: 'NODE_UNFIT',
        title: 'The node is in no state for this',
        detail: `${id} ${STATES[outcome.process]}.`,
      };
    case 'busy':
      return {
        status: 409,
        code: 'NODE_BUSY',
        title: 'The node is being commanded already',
        detail: `Another command to ${id} is being carried out, or the launcher is stopping.`,
      };
    case 'failed':
      return {
        status: 504,
        code: 'NODE_SILENT',
        title: 'The node did not obey',
        detail: `${id} was told, and did not do it in time.`,
      };
    default:
      return outcome satisfies never;
  }
}

const STATES: Readonly<Record<ProcessState, string>> = {
  starting: 'is still starting',
  running: 'runs, and is neither paused nor cut off',
  paused: 'is paused',
  'cut-off': 'is cut off already',
  stopped: 'does not run',
};
