/*
 * What a gateway keeps and does for a cluster of so many registered nodes, alone in a process: memory, processor time
 * while nobody asks anything of it, and what a change of the map costs. Prints one line of JSON.
 *
 *   node --expose-gc large-gateway-main.js NODES PLACEMENT_GROUPS SECONDS
 */
import { createHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '@trolley/cluster';
import { gainedGroups, parseClusterMap, place, placeAllGroups, placeGroup, type ClusterMap } from '@trolley/crush';
import { createEventFeed, createGatewayMetrics, createStore, parseSettings } from '@trolley/gateway';
import { pino } from 'pino';
import { mapOf, simulatedRegistry, simulatedTransport, viewOf } from './simulated-cluster.ts';
import type { LargeGatewayFigures } from './large-gateway.ts';

const PLACED_KEYS = 1_000_000;
const SETTLE_MS = 2_000;
const REPEATS = 5;

const [nodes = 0, pgCount = 0, seconds = 0] = process.argv.slice(2).map(Number);
process.stdout.write(`${JSON.stringify(await figures())}\n`);
process.exit(0);

async function figures(): Promise<LargeGatewayFigures> {
  const map = mapOf(nodes, pgCount);
  const registry = simulatedRegistry(viewOf(map));
  const transport = simulatedTransport(() => registry.view.stored?.map);
  const before = memoryBytes();
  const { status } = createStore({
    registry,
    transport,
    clock: systemClock,
    random: Math.random,
    logger: pino({ level: 'silent' }),
    metrics: createGatewayMetrics(),
    events: createEventFeed({ clock: systemClock }),
    settings: parseSettings({ REGISTRY_URL: 'http://127.0.0.1:1' }),
  });
  const placeAllMs = took(() => placeAll(map));
  await pause(SETTLE_MS);
  const idle = await whileIdle(transport);
  const stateBytes = memoryBytes() - before;
  const overviewMs = medianTook(() => status.overview());
  const text = JSON.stringify(map);
  const changed = heavier(map);
  const placeChangedMs = took(() => placeInSlices(changed));
  // As a registry does: a view is told once all groups are placed by its map.
  const changeMs = took(() => registry.show(viewOf(changed)));
  return {
    nodes,
    pgCount,
    mapBytes: text.length,
    parseMapMs: medianTook(() => parseClusterMap(JSON.parse(text))),
    stateBytes,
    ...idle,
    overviewMs,
    placeAllMs,
    changeMs,
    placeChangedMs,
    placeKeyUs: placeKeyUs(changed),
    gainedGroups: gainedGroups(changed, changed.nodes[0]?.id ?? '').length,
    nodeDownMs: took(() => registry.show({ ...viewOf(changed), nodes: viewOf(changed).nodes.slice(1) })),
  };
}

async function whileIdle(transport: { readonly messages: number }) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const messagesBefore = transport.messages;
  const cpuBefore = process.cpuUsage();
  await pause(seconds * 1_000);
  const { user, system } = process.cpuUsage(cpuBefore);
  delay.disable();
  return {
    messagesPerSecond: (transport.messages - messagesBefore) / seconds,
    idleCores: (user + system) / 1_000_000 / seconds,
    longestHoldMs: delay.max / 1_000_000,
  };
}

/** The map after a node was made heavier, with the nodes before it. */
function heavier(map: ClusterMap): ClusterMap {
  const [first, ...others] = map.nodes;
  const changed = first === undefined ? [] : [{ ...first, weight: 2 }];
  return { ...map, epoch: map.epoch + 1, nodes: [...changed, ...others], previousNodes: map.nodes };
}

function placeAll(map: ClusterMap): void {
  for (let pg = 0; pg < map.pgCount; pg += 1) placeGroup(map, pg);
}

/** All of it at a stretch, and also who held each group before: what a registry spreads over many turns. */
function placeInSlices(map: ClusterMap): void {
  const slices = placeAllGroups(map);
  while (slices.next().done !== true);
}

function placeKeyUs(map: ClusterMap): number {
  const keys = Array.from({ length: 1_000 }, (_, index) => `user:shopper-${index}@example.com`);
  const ms = took(() => {
    for (let index = 0; index < PLACED_KEYS; index += 1) place(map, keys[index % keys.length] ?? '');
  });
  return (ms / PLACED_KEYS) * 1_000;
}

function medianTook(work: () => unknown): number {
  const all = createHistogram();
  for (let repeat = 0; repeat < REPEATS; repeat += 1) all.record(Math.max(1, Math.round(took(work) * 1_000)));
  return all.percentile(50) / 1_000;
}

function took(work: () => unknown): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

function memoryBytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
