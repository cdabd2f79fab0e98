/*
 * The calls that have nodes compare all that they hold with each other now, and tell how far they are. The nodes do
 * so by themselves anyway, in their own time; this is for whoever does not want to wait.
 */
import { ProblemError } from '@trolley/cluster';
import type { ClusterRepair, NodeRepair } from '../cluster-repair.ts';
import { repairSchema } from './cluster-schemas.ts';
import { NO_BODY, NO_QUERY, serve, type GatewayRouter } from './operation.ts';
import {
  commandedNode,
  GUARD_NOTE,
  GUARD_PROBLEMS,
  nodeParameters,
  refuseUnlessOperator,
  type OperatorRules,
} from './operator-guard.ts';

/** What the calls work with. */
export interface Repairing {
  readonly repair: ClusterRepair;
  readonly operators: OperatorRules;
}

const NOTE =
  'Answers as soon as the nodes have begun; `GET /cluster/repair` tells how far they are. A node that compares ' +
  'already goes on with that.';

const BEGUN = {
  status: 200,
  description: 'The nodes that hold data, each with its run.',
  schema: repairSchema,
} as const;

/** Adds the calls to the router. */
export function serveRepair(router: GatewayRouter, { repair, operators }: Repairing): void {
  serve(
    router,
    {
      method: 'post',
      path: '/cluster/repair',
      tag: 'Cluster',
      summary: 'Have every node compare with all others now, and heal what differs',
      description: `${NOTE} ${GUARD_NOTE}`,
      query: NO_QUERY,
      body: NO_BODY,
      success: BEGUN,
      problems: GUARD_PROBLEMS,
    },
    async (_, context) => {
      refuseUnlessOperator(context.req, operators);
      return context.json(reply((await repair.begin(undefined, context.env.requestId)) ?? []));
    },
  );
  serve(
    router,
    {
      method: 'post',
      path: '/cluster/nodes/{id}/repair',
      tag: 'Cluster',
      summary: 'Have one node compare with all others now, and heal what differs',
      description: `${NOTE} ${GUARD_NOTE}`,
      query: NO_QUERY,
      body: NO_BODY,
      parameters: nodeParameters,
      success: BEGUN,
      problems: { ...GUARD_PROBLEMS, 404: 'There is no such node, or no data is placed on it.' },
    },
    async (_, context) => {
      const node = commandedNode(context.req, operators);
      const begun = await repair.begin(node, context.env.requestId);
      if (begun === undefined) throw holdsNothing(node);
      return context.json(reply(begun));
    },
  );
  serve(
    router,
    {
      method: 'get',
      path: '/cluster/repair',
      tag: 'Cluster',
      summary: 'Show how far the nodes are that compare with each other',
      query: NO_QUERY,
      body: NO_BODY,
      success: BEGUN,
      problems: { 400: 'There is a query parameter, and the call takes none.' },
    },
    async (_, context) => context.json(reply(await repair.runs(context.env.requestId))),
  );
}

function reply(nodes: readonly NodeRepair[]) {
  return { nodes };
}

function holdsNothing(node: string): ProblemError {
  return new ProblemError({
    status: 404,
    code: 'NODE_NOT_FOUND',
    title: 'There is no such node',
    detail: `The cluster map places no data on a node ${node}.`,
  });
}
