/*
 * The calls that kill and restart a node's process, for whoever wants to watch the cluster get over it. They
 * only pass the wish on to the launcher. Guarded against web pages of others: a browser must not be made to
 * kill nodes by a page that the operator happens to visit.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { invalidInput, ProblemError } from '@trolley/cluster';
import type { HonoRequest } from 'hono';
import type { Launcher, NodeCommand } from '../launcher-client.ts';
import { nodeCommandSchema } from './cluster-schemas.ts';
import { NO_BODY, NO_QUERY, serve, type GatewayRouter } from './operation.ts';

/** What the calls work with. */
export interface NodeControl {
  /** Absent when no launcher started this cluster. */
  readonly launcher: Launcher | undefined;
  /** Absent when anyone who reaches the gateway may. */
  readonly operatorToken: string | undefined;
}

const PROBLEMS = {
  400: 'The node’s id is not valid.',
  401: 'The operator’s token is missing or wrong.',
  403: 'The request comes from a web page of another origin.',
  404: 'There is no such node.',
  409: 'The node does not run, or is being stopped or started already.',
  415: 'The request does not call itself JSON, which a form on a foreign page cannot do.',
  501: 'This cluster was not started by `trolley up`.',
  502: 'The launcher did not do it.',
};

/** Adds the calls to the router. */
export function serveNodeControl(router: GatewayRouter, control: NodeControl): void {
  serveCommand(router, control, 'kill', 'Kill a node’s process, as kill -9 does');
  serveCommand(router, control, 'restart', 'Start a node’s process again on the same data');
}

function serveCommand(router: GatewayRouter, control: NodeControl, command: NodeCommand, summary: string): void {
  serve(
    router,
    {
      method: 'post',
      path: `/cluster/nodes/{id}/${command}`,
      tag: 'Cluster',
      summary,
      description:
        'Wants `Content-Type: application/json` (a body is not needed), and `Authorization: Bearer` with the ' +
        'operator’s token when the gateway has one.',
      query: NO_QUERY,
      body: NO_BODY,
      parameters: z.object({ id: z.string().openapi({ description: 'The node’s id.', example: 'node-1' }) }),
      success: { status: 200, description: 'It was done.', schema: nodeCommandSchema },
      problems: PROBLEMS,
    },
    async (_, context) => {
      refuseForeignPage(context.req);
      refuseStranger(context.req, control.operatorToken);
      const node = nodeIdIn(context.req);
      await carryOut(control.launcher, node, command);
      return context.json({ node, command });
    },
  );
}

function refuseForeignPage(request: HonoRequest): void {
  const site = request.header('sec-fetch-site') ?? 'none';
  const origin = request.header('origin');
  const isForeign = (site !== 'same-origin' && site !== 'none') || (origin !== undefined && !isOwn(origin, request));
  if (isForeign) {
    throw problem(403, 'FOREIGN_ORIGIN', 'The request comes from another origin', 'Only pages of this gateway may.');
  }
  if (!/^application\/json\s*(?:;|$)/i.test(request.header('content-type') ?? '')) {
    const detail = 'Send the header Content-Type: application/json.';
    throw problem(415, 'UNSUPPORTED_MEDIA_TYPE', 'The request is not of a type that is taken here', detail);
  }
}

function isOwn(origin: string, request: HonoRequest): boolean {
  return URL.canParse(origin) && new URL(origin).host === (request.header('host') ?? new URL(request.url).host);
}

function refuseStranger(request: HonoRequest, token: string | undefined): void {
  if (token === undefined || isSameSecret(request.header('authorization') ?? '', `Bearer ${token}`)) return;
  throw new ProblemError({
    status: 401,
    code: 'UNAUTHORIZED',
    title: 'The operator’s token is missing or wrong',
    detail: 'Send the header Authorization: Bearer with the token that the gateway was given as OPERATOR_TOKEN.',
    headers: { 'www-authenticate': 'Bearer' },
  });
}

/** Takes as long whatever differs, so that the time tells nothing of the secret. */
function isSameSecret(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function nodeIdIn(request: HonoRequest): string {
  const id = request.param('id') ?? '';
  if (/^[\w.-]{1,100}$/.test(id)) return id;
  throw invalidInput([{ field: 'id', message: 'must be 1 to 100 letters, digits, dots, dashes or underscores' }]);
}

async function carryOut(launcher: Launcher | undefined, node: string, command: NodeCommand): Promise<void> {
  if (launcher === undefined) {
    const detail = 'This cluster was not started by `trolley up`, so the gateway cannot reach the nodes’ processes.';
    throw problem(501, 'NO_LAUNCHER', 'Nodes cannot be commanded here', detail);
  }
  const outcome = await launcher.command(node, command);
  switch (outcome.type) {
    case 'done':
      return;
    case 'unknown-node':
      throw problem(404, 'NODE_NOT_FOUND', 'There is no such node', `The launcher started no node ${node}.`);
    case 'refused':
      throw problem(409, 'NODE_BUSY', 'The node is in no state for this', outcome.reason);
    case 'failed':
      throw problem(
        502,
        'LAUNCHER_FAILED',
        'The launcher did not do it',
        `Asked to ${command} ${node}, ${outcome.reason}.`,
      );
  }
}

function problem(status: 403 | 404 | 409 | 415 | 501 | 502, code: string, title: string, detail: string): ProblemError {
  return new ProblemError({ status, code, title, detail });
}
