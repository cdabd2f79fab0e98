/*
 * The calls by which an operator changes the map: takes a node out and lets it in again, gives it a weight, forgets
 * it. They touch no process, so they need no launcher.
 */
import { ProblemError } from '@trolley/cluster';
import { WEIGHT_MAX, WEIGHT_MIN } from '@trolley/crush';
import type { HonoRequest } from 'hono';
import { z } from 'zod';
import type { ClusterControl, MapChangeOutcome, MapChangeRefusal } from '../cluster-control.ts';
import { mapChangeSchema } from './cluster-schemas.ts';
import { BODY_PROBLEMS, NO_BODY, NO_QUERY, serve, type GatewayRouter } from './operation.ts';
import { commandedNode, GUARD_NOTE, GUARD_PROBLEMS, nodeParameters, type OperatorRules } from './operator-guard.ts';

/** What the calls work with. */
export interface MapChanging {
  readonly control: ClusterControl;
  readonly operators: OperatorRules;
}

const PROBLEMS = {
  ...GUARD_PROBLEMS,
  404: 'There is no such node.',
  409: 'It would harm the data; the detail says how.',
  503: 'The map cannot be changed now.',
};

/** Adds the calls to the router. */
export function serveMapChanges(router: GatewayRouter, { control, operators }: MapChanging): void {
  serveWish(router, operators, {
    wish: 'drain',
    summary: 'Take a node out: its data moves to the others, and then it may be stopped',
    note: 'Answers at once; `GET /cluster` tells how far it is. The node stays out until it is undrained.',
    carryOut: (node) => control.drain(node),
  });
  serveWish(router, operators, {
    wish: 'undrain',
    summary: 'Let a node in again that was drained, or is being drained',
    note: 'Answers at once; data moves back to the node when it is up.',
    carryOut: (node) => control.undrain(node),
  });
  serveWish(router, operators, {
    wish: 'forget',
    summary: 'Take a node off the map that is gone for good',
    note: 'Refused while it is up, or holds data by the map: drain it first. One that starts again joins as a new node.',
    carryOut: (node) => control.forget(node),
  });
  serveWeight(router, operators, control);
}

interface Wish {
  readonly wish: 'drain' | 'undrain' | 'forget';
  readonly summary: string;
  readonly note: string;
  readonly carryOut: (nodeId: string) => Promise<MapChangeOutcome>;
}

function serveWish(router: GatewayRouter, operators: OperatorRules, { wish, summary, note, carryOut }: Wish): void {
  serve(router, { ...described(wish, summary, note), body: NO_BODY, problems: PROBLEMS }, async (_, context) =>
    context.json(await changed(context.req, operators, carryOut)),
  );
}

const weightBody = z.strictObject({
  weight: z.number().min(WEIGHT_MIN).max(WEIGHT_MAX).nullable().meta({
    description: 'Its share of the data, relative to the other nodes; null for what the node says.',
    example: 2,
  }),
});

function serveWeight(router: GatewayRouter, operators: OperatorRules, control: ClusterControl): void {
  const summary = 'Say how much of the data a node should hold, relative to the others';
  const note =
    'Answers at once; data moves then. It counts from now on, whatever `WEIGHT` the node is started with; `null` ' +
    'leaves it to the node again.';
  serve(
    router,
    { ...described('weight', summary, note), body: weightBody, problems: { ...PROBLEMS, ...BODY_PROBLEMS } },
    async ({ body: { weight } }, context) =>
      context.json(await changed(context.req, operators, (node) => control.weigh(node, weight ?? undefined))),
  );
}

function described(wish: Wish['wish'] | 'weight', summary: string, note: string) {
  return {
    method: 'post',
    path: `/cluster/nodes/{id}/${wish}`,
    tag: 'Cluster',
    summary,
    description: `${note} ${GUARD_NOTE}`,
    query: NO_QUERY,
    parameters: nodeParameters,
    success: { status: 200, description: 'The map says so from this epoch on.', schema: mapChangeSchema },
  } as const;
}

/** @throws ProblemError when it was not done. */
async function changed(
  request: HonoRequest,
  operators: OperatorRules,
  carryOut: (nodeId: string) => Promise<MapChangeOutcome>,
) {
  const node = commandedNode(request, operators);
  const { epoch, changed: isChanged } = done(await carryOut(node));
  return { node, epoch, changed: isChanged };
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

function refusal(code: MapChangeRefusal, detail: string): ProblemError {
  switch (code) {
    case 'UNKNOWN_NODE':
      return new ProblemError({ status: 404, code: 'NODE_NOT_FOUND', title: 'There is no such node', detail });
    case 'TOO_FEW_NODES':
      return new ProblemError({ status: 409, code, title: 'The other nodes cannot hold the data', detail });
    case 'NODE_IS_GAINING_DATA':
      return new ProblemError({ status: 409, code, title: 'Data is moving to this node', detail });
    case 'NODE_IS_UP':
      return new ProblemError({ status: 409, code, title: 'The node is up', detail });
    case 'NODE_HOLDS_DATA':
      return new ProblemError({ status: 409, code, title: 'The node holds data', detail });
    default:
      return code satisfies never;
  }
}
