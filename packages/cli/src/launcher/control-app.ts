/*
 * The launcher's control API, for the gateways that it started: they hold the secret that every call
 * wants, so that no web page and no other program of this machine can kill nodes. Never listens itself.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { handleErrors, ProblemError, type ProblemDetails, type UnexpectedErrorListener } from '@trolley/cluster';
import { Hono } from 'hono';
import type { ControlledNode, ControlOutcome, NodeControl } from './node-control.ts';

export interface ControlAppParts {
  readonly control: NodeControl;
  /** The secret that callers send as `Authorization: Bearer`. */
  readonly token: string;
  /** Tells one launcher from another; no secret. */
  readonly launcherId: string;
  readonly onUnexpected: UnexpectedErrorListener;
}

/**
 * `GET /control` says which launcher this is, to anyone; `GET /control/nodes` lists the nodes;
 * `POST /control/nodes/:id/kill` and `/restart` act on one. Errors are problem+json.
 */
export function createControlApp({ control, token, launcherId, onUnexpected }: ControlAppParts): Hono {
  const app = new Hono();
  handleErrors(app, onUnexpected);
  app.get('/control', (context) => context.json({ launcherId }));
  app.use('/control/nodes/*', async (context, next) => {
    requireToken(context.req.header('authorization'), token);
    await next();
  });
  app.get('/control/nodes', (context) => {
    return context.json({ nodes: control.list() });
  });
  app.post('/control/nodes/:id/kill', async (context) => {
    const id = context.req.param('id');
    return context.json(nodeOrProblem(id, await control.kill(id)));
  });
  app.post('/control/nodes/:id/restart', async (context) => {
    const id = context.req.param('id');
    return context.json(nodeOrProblem(id, await control.restart(id)));
  });
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
  throw new ProblemError(PROBLEMS[outcome.kind](id));
}

const PROBLEMS: Readonly<Record<Exclude<ControlOutcome['kind'], 'done'>, (id: string) => ProblemDetails>> = {
  'unknown-node': (id) => ({
    status: 404,
    code: 'NODE_NOT_FOUND',
    title: 'There is no such node',
    detail: `This launcher has no node ${id}.`,
  }),
  'not-running': (id) => ({
    status: 409,
    code: 'NODE_NOT_RUNNING',
    title: 'The node does not run',
    detail: `${id} does not run.`,
  }),
  busy: (id) => ({
    status: 409,
    code: 'NODE_BUSY',
    title: 'The node is being stopped or started',
    detail: `${id} is being stopped or started already.`,
  }),
};
