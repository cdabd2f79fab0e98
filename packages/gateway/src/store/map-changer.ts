/*
 * Changes the map at an operator's wish: plans on the newest map, writes by compare-and-set, and plans anew
 * when somebody else was first.
 */
import type { Clock, Registry, RegistryView } from '@trolley/cluster';
import type { Logger } from 'pino';
import type { ClusterControl, MapChangeOutcome } from '../cluster-control.ts';
import { planDrain, planUndrain } from './drain.ts';
import { planForget } from './forget.ts';
import type { WishPlan } from './map-wish.ts';
import { planWeight } from './weigh.ts';

const ATTEMPTS_MAX = 10;
/** How long to wait for the map of whoever was first, or for one's own. */
const MAP_WAIT_MS = 2_000;
const MAP_POLL_MS = 20;

/** What the changes work with. */
export interface MapChangerOptions {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The operator's changes, on a registry. */
export function createMapChanger(options: MapChangerOptions): ClusterControl {
  return {
    drain: (nodeId) => change(options, ({ stored, nodes }) => planDrain(stored?.map, idsOf(nodes), nodeId)),
    undrain: (nodeId) => change(options, ({ stored, nodes }) => planUndrain(stored?.map, idsOf(nodes), nodeId)),
    weigh: (nodeId, weight) =>
      change(options, ({ stored, nodes }) => {
        const registered = nodes.find(({ id }) => id === nodeId)?.weight;
        return planWeight(stored?.map, nodeId, { weight, registered });
      }),
    forget: (nodeId) => change(options, ({ stored, nodes }) => planForget(stored?.map, idsOf(nodes), nodeId)),
  };
}

async function change(options: MapChangerOptions, plan: (view: RegistryView) => WishPlan): Promise<MapChangeOutcome> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const { view } = options.registry;
    if (!view.connected) return { type: 'unavailable', reason: 'The registry, which keeps the map, is away.' };
    const outcome = await carryOut(options, plan(view), view);
    if (outcome !== undefined) return outcome;
  }
  return { type: 'unavailable', reason: 'The cluster map changes all the time.' };
}

/** Undefined when somebody else changed the map first. */
async function carryOut(
  { registry, clock, logger }: MapChangerOptions,
  plan: WishPlan,
  { stored }: RegistryView,
): Promise<MapChangeOutcome | undefined> {
  if (plan.type === 'refused') return plan;
  if (plan.type === 'nothing-to-do') return { type: 'done', epoch: stored?.map.epoch ?? 0, changed: false };
  const { map, reason } = plan.planned;
  try {
    const outcome = await registry.writeMap(map, stored?.revision);
    logger.info({ epoch: map.epoch, reason, outcome }, 'cluster map, as the operator wished');
    await newerMapThan(stored?.revision, registry, clock);
    return outcome === 'written' ? { type: 'done', epoch: map.epoch, changed: true } : undefined;
  } catch (error) {
    logger.warn({ epoch: map.epoch, error: String(error) }, 'the cluster map could not be written');
    return { type: 'unavailable', reason: 'The registry, which keeps the map, does not answer.' };
  }
}

/** Resolves once this gateway sees another map than this one, so that what it shows next is the outcome. */
async function newerMapThan(revision: number | undefined, registry: Registry, clock: Clock): Promise<void> {
  const endMs = clock.monotonicMs() + MAP_WAIT_MS;
  while (registry.view.stored?.revision === revision && clock.monotonicMs() < endMs) {
    await new Promise<void>((resolve) => void clock.after(MAP_POLL_MS, resolve));
  }
}

function idsOf(nodes: RegistryView['nodes']): ReadonlySet<string> {
  return new Set(nodes.map(({ id }) => id));
}
