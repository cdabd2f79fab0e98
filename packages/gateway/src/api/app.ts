/*
 * The gateway's HTTP API, put together. Takes everything from outside as arguments and never listens:
 * tests and simulations call it in-process.
 */
import { getRequestListener } from '@hono/node-server';
import { OpenAPIHono } from '@hono/zod-openapi';
import { handleErrors, type Clock, type HandleRequest, type Random } from '@trolley/cluster';
import { productKey } from '@trolley/records';
import type { Logger } from 'pino';
import type { Claims } from '../claims.ts';
import type { ClusterControl } from '../cluster-control.ts';
import type { ClusterRepair } from '../cluster-repair.ts';
import type { ClusterStatus } from '../cluster-overview.ts';
import type { ConsoleFiles } from '../console-files.ts';
import type { EventFeed } from '../events.ts';
import type { Launcher } from '../launcher-client.ts';
import type { GatewayMetrics } from '../metrics.ts';
import { watchProcesses } from '../process-watch.ts';
import { StoreError, type Store, type StoreOptions } from '../store.ts';
import { serveCarts } from './cart-operations.ts';
import { serveCluster } from './cluster-operations.ts';
import { consolePages } from './console-pages.ts';
import { withDirectCalls } from './direct-calls.ts';
import { serveDocs } from './docs-page.ts';
import { serveEvents } from './event-operation.ts';
import { createEventStreams } from './event-streams.ts';
import { frontPage } from './front-page.ts';
import { serveHealth } from './health-operations.ts';
import { serveItems } from './item-operations.ts';
import { createKnownProducts, type KnownProducts, type ProductPresence } from './known-products.ts';
import { serveNodeControl } from './node-control.ts';
import { serveMapChanges } from './map-operations.ts';
import type { GatewayEnv, GatewayRouter } from './operation.ts';
import { serveOrders } from './order-operations.ts';
import { serveProducts } from './product-operations.ts';
import { serveRepair } from './repair-operations.ts';
import { productReply } from './replies.ts';
import { framed, RequestFrame } from './request-frame.ts';
import { serveReservations } from './reservation-operations.ts';
import { serveStress } from './stress-operations.ts';
import { serveUsers } from './user-operations.ts';

/** What the API works with. */
export interface GatewayApiDependencies {
  readonly store: Store;
  readonly claims: Pick<Claims, 'items' | 'ordering'>;
  readonly status: ClusterStatus;
  readonly control: ClusterControl;
  readonly repair: ClusterRepair;
  readonly events: EventFeed;
  readonly metrics: GatewayMetrics;
  /** Absent when no launcher started this cluster. */
  readonly launcher: Launcher | undefined;
  /** Absent when they were not built. */
  readonly pages: ConsoleFiles | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Aborted when the gateway stops: streams end, and it is no longer ready. */
  readonly stopping: AbortSignal;
  readonly settings: {
    readonly operatorToken: string | undefined;
    /** Names that the gateway goes by, beside addresses and localhost. */
    readonly hostNames: readonly string[];
    readonly productCacheTtlMs: number;
    readonly idempotencyTtlMs: number;
  };
}

/** The API: as an app, and as what answers the requests of a server. */
export interface GatewayApi {
  readonly app: GatewayRouter;
  readonly handle: HandleRequest;
}

/** The API, put together. */
export function createGatewayApi(dependencies: GatewayApiDependencies): GatewayApi {
  const { store, claims, status, control, repair, events, metrics, launcher, pages } = dependencies;
  const { clock, random, logger, stopping, settings } = dependencies;
  const { operatorToken, hostNames, productCacheTtlMs, idempotencyTtlMs } = settings;
  const operators = { token: operatorToken, hostNames };
  const router = new OpenAPIHono<GatewayEnv>();

  const frame = new RequestFrame({ clock, random, logger, metrics, stopping });
  router.fetch = framed(router.fetch, frame);
  handleErrors(router, (error, context) =>
    logger.error({ requestId: context.env.requestId, path: context.req.path, err: error }, 'A request failed'),
  );

  const knownProducts = knownProductsOf(store, clock, productCacheTtlMs);
  const { items, ordering } = claims;
  const shop = { store, knownProducts, availability: ordering.availability, clock, idempotencyTtlMs };
  serveProducts(router, shop);
  serveUsers(router, shop);
  serveCarts(router, shop);
  serveOrders(router, ordering);
  serveItems(router, items.items);
  serveReservations(router, items, { clock, idempotencyTtlMs });
  const processes = launcher === undefined ? undefined : watchProcesses({ launcher, clock, stopping });
  serveCluster(router, store, { status, processes, operatorTokenNeeded: operatorToken !== undefined });
  serveEvents(router, createEventStreams({ feed: events, clock, stopping }));
  serveMapChanges(router, { control, operators });
  serveRepair(router, { repair, operators });
  serveStress(router, { launcher, operators });
  serveNodeControl(router, { launcher, processes, operators });
  serveHealth(router, { status, metrics, stopping });
  serveDocs(router);
  router.route('/', pages === undefined ? frontPage() : consolePages(pages));
  const otherwise = getRequestListener(router.fetch);
  return { app: router, handle: withDirectCalls({ shop, frame, logger, otherwise }) };
}

function knownProductsOf(store: Store, clock: Clock, ttlMs: number): KnownProducts {
  return createKnownProducts({ clock, ttlMs, read: (name, options) => presenceOf(store, name, options) });
}

/**
 * Whether a product exists. One whose replicas are all away is taken on trust, unless the request is
 * strict: a cart can be written while one replica of it lives, whatever has become of the products'.
 */
async function presenceOf(store: Store, name: string, options: StoreOptions): Promise<ProductPresence> {
  try {
    const { record } = await store.read(productKey(name), options);
    return productReply(name, record) === undefined ? 'missing' : 'exists';
  } catch (error) {
    if (error instanceof StoreError && error.code === 'NO_REPLICA' && options.strict !== true) return 'unknown';
    throw error;
  }
}
