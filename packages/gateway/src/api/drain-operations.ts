/*
 * The calls that take a node out of the map for good and let it in again. They change the map and touch no
 * process, so they need no launcher.
 */
import { ProblemError } from '@trolley/cluster';
import type { ClusterControl, DrainRefusal, MapChangeOutcome } from '../cluster-control.ts';
import { drainSchema } from './cluster-schemas.ts';
import { NO_BODY, NO_QUERY, serve, type GatewayRouter } from './operation.ts';
import { commandedNode, GUARD_NOTE, GUARD_PROBLEMS, nodeParameters } from './operator-guard.ts';

/** What the calls work with. */
export interface Draining {
  readonly control: ClusterControl;
  /** Absent when anyone who reaches the gateway may. */
  readonly operatorToken: string | undefined;
}

const PROBLEMS = {
  ...GUARD_PROBLEMS,
  404: 'There is no such node.',
  409: 'The other nodes could not hold as many replicas, or data is moving to this node.',
  503: 'The map cannot be changed now.',
};

/** Adds the calls to the router. */
export function serveDrain(router: GatewayRouter, { control, operatorToken }: Draining): void {
  serveWish(router, operatorToken, {
    wish: 'drain',
    summary: 'Take a node out: its data moves to the others, and then it may be stopped',
    note: 'Answers at once; `GET /cluster` tells how far it is. The node stays out until it is undrained.',
    carryOut: (node) => control.drain(node),
  });
  serveWish(router, operatorToken, {
    wish: 'undrain',
    summary: 'Let a node in again that was drained, or is being drained',
    note: 'Answers at once; data moves back to the node when it is up.',
    carryOut: (node) => control.undrain(node),
  });
}

interface Wish {
  readonly wish: 'drain' | 'undrain';
  readonly summary: string;
  readonly note: string;
  readonly carryOut: (nodeId: string) => Promise<MapChangeOutcome>;
}

function serveWish(
  router: GatewayRouter,
  operatorToken: string | undefined,
  { wish, summary, note, carryOut }: Wish,
): void {
  serve(
    router,
    {
      method: 'post',
      path: `/cluster/nodes/{id}/${wish}`,
      tag: 'Cluster',
      summary,
      description: `${note} ${GUARD_NOTE}`,
      query: NO_QUERY,
      body: NO_BODY,
      parameters: nodeParameters,
      success: { status: 200, description: 'The map says so from this epoch on.', schema: drainSchema },
      problems: PROBLEMS,
    },
    async (_, context) => {
      const node = commandedNode(context.req, operatorToken);
      const { epoch, changed } = done(await carryOut(node));
      return context.json({ node, epoch, changed });
    },
  );
}

/** @throws ProblemError when it was not done. */
function done(outcome: MapChangeOutcome): Extract<MapChangeOutcome, { type: 'done' }> {
  switch (outcome.type) {
    case 'done':
      return outcome;
    case 'refused':
      throw refusal(outcome.code, outcome.reason);
    case 'unavailable':
      throw new ProblemError({
        status: 503,
        code: 'MAP_UNAVAILABLE',
        title: 'The cluster map cannot be changed now',
        detail: outcome.reason,
        headers: { 'retry-after': '5' },
      });
    default:
      return outcome satisfies never;
  }
}

function refusal(code: DrainRefusal, detail: string): ProblemError {
  switch (code) {
    case 'UNKNOWN_NODE':
      return new ProblemError({ status: 404, code: 'NODE_NOT_FOUND', title: 'There is no such node', detail });
    case 'TOO_FEW_NODES':
      return new ProblemError({ status: 409, code, title: 'The other nodes cannot hold the data', detail });
    case 'NODE_IS_GAINING_DATA':
      return new ProblemError({ status: 409, code, title: 'Data is moving to this node', detail });
    default:
      return code satisfies never;
  }
}
