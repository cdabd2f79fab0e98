/*
 * Brings a gateway up and down in the right order. Up: registry, store, port, registration. Down:
 * backwards, so that clients find another gateway before this one stops answering. Everything outside comes
 * in as an argument.
 */
import {
  advertisedHost,
  listen,
  newRequestId,
  settledWithin,
  type Announcement,
  type Clock,
  type HandleRequest,
  type Listener,
  type MachineAddresses,
  type NodeTransport,
  type Random,
  type Registry,
} from '@trolley/cluster';
import type { Logger } from 'pino';
import { createGatewayApi } from './api/app.ts';
import { createClaims, type Claims } from './claims.ts';
import type { ConsoleFiles } from './console-files.ts';
import { createEventFeed } from './events.ts';
import { createLauncherClient } from './launcher-client.ts';
import { createGatewayMetrics } from './metrics.ts';
import type { GatewaySettings } from './settings.ts';
import { createStore, type RunningStore } from './store/create-store.ts';

/** What a gateway needs of the world around it. */
export interface GatewayEnvironment {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly machine: MachineAddresses;
  readonly transport: NodeTransport;
  openRegistry(): Registry;
  /** The web pages; undefined when they were not built. */
  readConsole(): Promise<ConsoleFiles | undefined>;
}

/** A gateway that runs. */
export interface RunningGateway {
  readonly id: string;
  readonly url: string;
  readonly port: number;
  /** Leaves the cluster, finishes the requests in progress and ends. Safe to call twice. */
  stop(): Promise<void>;
}

/** A registry that does not answer must not keep a gateway from stopping. */
const REGISTRY_TIMEOUT_MS = 3_000;

/**
 * Starts a gateway. It listens at once and is ready (`/readyz`) once it knows a cluster map and a node.
 * @throws ListenError when the port cannot be opened, with everything else closed again; what reading the pages threw.
 */
export async function runGateway(settings: GatewaySettings, environment: GatewayEnvironment): Promise<RunningGateway> {
  const { clock, random, logger, machine } = environment;
  const pages = await environment.readConsole();
  if (pages === undefined) logger.warn('the web pages were not built; / shows a plain page');
  const registry = environment.openRegistry();
  const stopping = new AbortController();
  const { handle, store, claims } = assemble(settings, environment, { registry, pages, stopping: stopping.signal });
  const listener = await listenOrClose(handle, settings, { clock, store, registry });

  const id = settings.gatewayId ?? `gateway-${newRequestId(random)}`;
  const host = advertisedHost(settings.advertisedHost, settings.host, machine);
  const { port } = listener;
  const announcement = registry.announceGateway({ id, host, port, claimTimeoutMs: settings.claimTimeoutMs });
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  claims.sweeper.start();
  logger.info({ id, url }, 'gateway is up');

  let stopped: Promise<void> | undefined;
  const parts = { settings, environment, registry, store, claims, stopping, listener, announcement };
  return { id, url, port, stop: () => (stopped ??= stop(parts)) };
}

interface Opened {
  readonly registry: Registry;
  readonly pages: ConsoleFiles | undefined;
  readonly stopping: AbortSignal;
}

function assemble(settings: GatewaySettings, environment: GatewayEnvironment, { registry, pages, stopping }: Opened) {
  const { clock, random, logger, transport } = environment;
  const metrics = createGatewayMetrics();
  const events = createEventFeed({ clock });
  events.subscribe(({ event }) => metrics.event(event.type));
  const store = createStore({ registry, transport, clock, random, logger, metrics, events, settings });
  const { launcherUrl, launcherToken } = settings;
  const launcher = launcherUrl === undefined ? undefined : createLauncherClient(launcherUrl, launcherToken);
  const claims = createClaims({ store: store.store, registers: store.registers, clock, random, logger, metrics });
  const { handle } = createGatewayApi({
    store: store.store,
    claims,
    status: store.status,
    control: store.control,
    repair: store.repair,
    events,
    metrics,
    launcher,
    pages,
    clock,
    random,
    logger,
    stopping,
    settings: { ...settings, hostNames: [settings.host, settings.advertisedHost ?? settings.host] },
  });
  return { handle, store, claims };
}

interface Closable {
  readonly clock: Clock;
  readonly store: RunningStore;
  readonly registry: Registry;
}

async function listenOrClose(handle: HandleRequest, settings: GatewaySettings, opened: Closable): Promise<Listener> {
  try {
    return await listen(handle, settings.host, settings.port);
  } catch (error) {
    await closeStore(opened);
    throw error;
  }
}

async function closeStore({ clock, store, registry }: Closable): Promise<void> {
  await settledWithin(clock, REGISTRY_TIMEOUT_MS, store.close());
  await settledWithin(clock, REGISTRY_TIMEOUT_MS, registry.close());
}

interface Parts {
  readonly settings: GatewaySettings;
  readonly environment: GatewayEnvironment;
  readonly registry: Registry;
  readonly store: RunningStore;
  readonly claims: Claims;
  readonly stopping: AbortController;
  readonly listener: Listener;
  readonly announcement: Announcement;
}

async function stop(parts: Parts): Promise<void> {
  const { settings, environment, registry, store, claims, stopping, listener, announcement } = parts;
  const { clock, logger } = environment;
  logger.info('stopping');
  await settledWithin(clock, REGISTRY_TIMEOUT_MS, announcement.withdraw());
  stopping.abort();
  const closed = listener.close();
  if (!(await settledWithin(clock, settings.drainTimeoutMs, closed))) {
    logger.warn('stopping with requests in progress; who asked gets no answer');
    listener.destroy();
  }
  await settledWithin(clock, settings.drainTimeoutMs, claims.stop());
  await closeStore({ clock, store, registry });
  logger.info('stopped');
}
