/*
 * The system under test as it runs on one machine: nodes and gateways as processes of their own, with their default
 * settings, and the embedded registry in this process.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { NODE_FLAGS, startEmbeddedRegistryServer, systemClock } from '@trolley/cluster';
import { pino } from 'pino';
import { z } from 'zod';
import { parseMetrics, sumOf } from '../measure/metrics-text.ts';
import { getJson, getText } from './client.ts';
import { startServer, type Server } from './process.ts';

/** How many there are of each, as `npm start` has it. */
const USUAL_SHAPE: Shape = { nodes: 3, gateways: 1 };
const READY_TIMEOUT_MS = 60_000;
const LOOK_INTERVAL_MS = 200;
const NODE_MAIN = mainBeside(import.meta.resolve('@trolley/dbnode'));
const GATEWAY_MAIN = mainBeside(import.meta.resolve('@trolley/gateway'));

/** How many processes there are of each kind. */
export interface Shape {
  readonly nodes: number;
  readonly gateways: number;
}

/** A running system. */
export interface Trolley {
  /** The first of the gateways. */
  readonly gateway: Server;
  readonly gateways: readonly Server[];
  readonly nodes: readonly Server[];
  /** Where a further gateway finds the cluster. */
  readonly registryUrl: string;
  stop(): Promise<void>;
}

/**
 * Starts the system with its data under a folder, and resolves once the gateways see every node in its place, and know that
 * all are in step: until then reads ask more of them than they need to.
 *
 * @throws when it does not come up, or the signal aborts; nothing of it runs then.
 */
export async function startTrolley(dataFolder: string, signal: AbortSignal, shape = USUAL_SHAPE): Promise<Trolley> {
  await mkdir(dataFolder, { recursive: true });
  const registry = await startEmbeddedRegistryServer({
    host: '127.0.0.1',
    port: 0,
    mapFile: path.join(dataFolder, 'registry.json'),
    clock: systemClock,
    logger: pino({ level: 'silent' }),
  });
  const servers: Server[] = [];
  const stop = async (): Promise<void> => {
    for (const server of servers.toReversed()) await server.stop();
    await registry.close();
  };
  try {
    for (const specification of specifications(dataFolder, registry.url, shape)) {
      servers.push(await startServer(specification, signal));
    }
    const [nodes, gateways] = [servers.slice(0, shape.nodes), servers.slice(shape.nodes)];
    const [gateway] = gateways;
    if (gateway === undefined) throw new Error('there is no gateway');
    for (const { url } of gateways) await becomeReady(url, shape.nodes, signal);
    return { gateway, gateways, nodes, registryUrl: registry.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The nodes, and last the gateways. */
function specifications(dataFolder: string, registryUrl: string, shape: Shape) {
  const nodes = Array.from({ length: shape.nodes }, (_, index) => {
    const name = `node-${index + 1}`;
    const dataDirectory = path.join(dataFolder, name);
    return {
      name,
      main: NODE_MAIN,
      flags: NODE_FLAGS,
      environment: { REGISTRY_URL: registryUrl, NODE_ID: name, ZONE: `zone-${index + 1}`, DATA_DIR: dataDirectory },
      logFile: path.join(dataFolder, `${name}.log`),
    };
  });
  const gateways = Array.from({ length: shape.gateways }, (_, index) =>
    gatewaySpecification(index === 0 ? 'gateway' : `gateway-${index + 1}`, {
      dataFolder,
      registryUrl,
      nodes: shape.nodes,
    }),
  );
  return [...nodes, ...gateways];
}

/** Starts one more gateway on a system that runs, and resolves once it is ready. @throws when it does not come up */
export async function startFurtherGateway(
  name: string,
  dataFolder: string,
  { registryUrl, nodes }: Trolley,
  signal: AbortSignal,
): Promise<Server> {
  const specification = gatewaySpecification(name, { dataFolder, registryUrl, nodes: nodes.length });
  const server = await startServer(specification, signal);
  try {
    await becomeReady(server.url, nodes.length, signal);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

interface GatewayPlace {
  readonly dataFolder: string;
  readonly registryUrl: string;
  readonly nodes: number;
}

function gatewaySpecification(name: string, { dataFolder, registryUrl, nodes }: GatewayPlace) {
  return {
    name,
    main: GATEWAY_MAIN,
    environment: { REGISTRY_URL: registryUrl, EXPECTED_NODES: String(nodes), PORT: '0' },
    logFile: path.join(dataFolder, `${name}.log`),
  };
}

const clusterSchema = z.object({ nodes: z.array(z.object({ up: z.boolean(), state: z.string() })) });

async function becomeReady(url: string, nodesWanted: number, signal: AbortSignal): Promise<void> {
  const startMs = performance.now();
  while (performance.now() - startMs < READY_TIMEOUT_MS) {
    const { ok } = await fetch(`${url}/readyz`, { signal });
    const { nodes } = clusterSchema.parse(await getJson(`${url}/cluster`));
    const areIn = nodes.filter((node) => node.up && node.state === 'in').length === nodesWanted;
    if (ok && areIn && (await watchedNodes(url)) === 0) return;
    await pause(LOOK_INTERVAL_MS, undefined, { signal });
  }
  throw new Error(`the system is not ready after ${READY_TIMEOUT_MS} ms`);
}

async function watchedNodes(url: string): Promise<number> {
  return sumOf(parseMetrics(await getText(`${url}/metrics`)), 'trolley_gateway_watched_nodes');
}

function mainBeside(entryUrl: string): string {
  return fileURLToPath(new URL('./main.js', entryUrl));
}
