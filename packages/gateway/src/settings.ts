/*
 * What whoever runs a gateway can set, from the environment: one schema with each setting's unit, default
 * and what a higher or lower value trades. Reads the environment that it is given, never process.env.
 */
import {
  checkSettings,
  COMMON_SETTINGS,
  duration,
  httpUrl,
  secret,
  wholeNumber,
  type SettingsEnvironment,
} from '@trolley/cluster';
import { z } from 'zod';

const identifier = z.string().regex(/^[\w.-]{1,100}$/, 'must be 1 to 100 letters, digits, dots, dashes or underscores');

const environmentSchema = z.object({
  ...COMMON_SETTINGS,
  /** Port to listen on; 0 takes any free one. */
  PORT: wholeNumber(0, 65_535).default(5_000),
  /** Names this gateway in listings and logs; absent: a random one for each start. */
  GATEWAY_ID: identifier.optional(),
  /** Secret wanted from whoever kills or restarts nodes through this gateway. Absent: anyone who reaches it may. */
  OPERATOR_TOKEN: secret.optional(),
  /** Folder of the built web pages to serve at `/`; absent: those that were built with this gateway. */
  CONSOLE_DIR: z.string().min(1).optional(),
  /** Control address of the launcher, if one started this cluster; without it nodes cannot be killed from here. */
  LAUNCHER_URL: httpUrl.optional(),
  /** Secret that the launcher wants. */
  LAUNCHER_TOKEN: secret.optional(),
  /** Replicas of each key, in the first map only. More survive more failures; each costs disk and slows writes. */
  REPLICAS: wholeNumber(1, 9).default(3),
  /** Placement groups, in the first map only. More spread data more evenly; each is a file and a list to keep. */
  PG_COUNT: wholeNumber(1, 65_536).default(256),
  /** Nodes to wait for before the first map is made; default REPLICAS. Too few: early keys get fewer replicas. */
  EXPECTED_NODES: wholeNumber(1, 10_000).optional(),
  /** Milliseconds after which the first map is made with the nodes there are. Lower serves sooner, higher waits for stragglers. */
  MAP_SETTLE_MS: wholeNumber(0, 3_600_000).default(5_000),
  /** How long a node may be down before its data is copied to others. Lower restores replicas sooner; higher copies less when nodes come back. */
  DOWN_OUT_AFTER: duration.default(600_000),
  /** Percent of the nodes that must be up and in for any to go out. Higher copies nothing when many fail together; 0 never minds. */
  DOWN_OUT_MIN_IN_PERCENT: wholeNumber(0, 100).default(75),
  /** Milliseconds that a node has to answer. Lower fails over sooner; too low takes a busy node for a dead one. */
  NODE_TIMEOUT_MS: wholeNumber(10, 600_000).default(2_000),
  /** Milliseconds that a change of a reservation, an order or stock may take. Higher settles more; lower tells of trouble sooner. */
  CLAIM_TIMEOUT_MS: wholeNumber(100, 600_000).default(10_000),
  /** Milliseconds that an existing product is known without being read. Higher saves reads; a deleted one may be added for as long. */
  PRODUCT_CACHE_TTL_MS: wholeNumber(0, 3_600_000).default(10_000),
  /** Milliseconds that a record remembers an Idempotency-Key. Higher makes later retries safe, and records larger. */
  IDEMPOTENCY_TTL_MS: wholeNumber(1_000, 30 * 86_400_000).default(86_400_000),
  /** Milliseconds that reads look out for stale replicas after a node came back. Higher catches more, and costs reads more. */
  READ_REPAIR_WATCH_MS: wholeNumber(0, 86_400_000).default(600_000),
});

/** A gateway's settings, checked. */
export interface GatewaySettings {
  readonly host: string;
  readonly port: number;
  readonly advertisedHost: string | undefined;
  readonly gatewayId: string | undefined;
  readonly zookeeper: string | undefined;
  readonly registryUrl: string | undefined;
  readonly clusterToken: string | undefined;
  readonly operatorToken: string | undefined;
  readonly consoleDir: string | undefined;
  readonly launcherUrl: string | undefined;
  readonly launcherToken: string | undefined;
  readonly replicas: number;
  readonly pgCount: number;
  readonly expectedNodes: number;
  readonly mapSettleMs: number;
  readonly downOutAfterMs: number;
  readonly downOutMinInPercent: number;
  readonly nodeTimeoutMs: number;
  readonly claimTimeoutMs: number;
  readonly productCacheTtlMs: number;
  readonly idempotencyTtlMs: number;
  readonly readRepairWatchMs: number;
  readonly drainTimeoutMs: number;
  readonly logLevel: string;
}

/**
 * The settings that an environment holds.
 * @throws SettingsError naming every variable that is wrong.
 */
export function parseSettings(environment: SettingsEnvironment): GatewaySettings {
  const values = checkSettings(environmentSchema, environment, 'gateway');
  return {
    host: values.HOST,
    port: values.PORT,
    advertisedHost: values.ADVERTISED_HOST,
    gatewayId: values.GATEWAY_ID,
    zookeeper: values.ZOOKEEPER,
    registryUrl: values.REGISTRY_URL,
    clusterToken: values.CLUSTER_TOKEN,
    operatorToken: values.OPERATOR_TOKEN,
    consoleDir: values.CONSOLE_DIR,
    launcherUrl: values.LAUNCHER_URL,
    launcherToken: values.LAUNCHER_TOKEN,
    replicas: values.REPLICAS,
    pgCount: values.PG_COUNT,
    expectedNodes: values.EXPECTED_NODES ?? values.REPLICAS,
    mapSettleMs: values.MAP_SETTLE_MS,
    downOutAfterMs: values.DOWN_OUT_AFTER,
    downOutMinInPercent: values.DOWN_OUT_MIN_IN_PERCENT,
    nodeTimeoutMs: values.NODE_TIMEOUT_MS,
    claimTimeoutMs: values.CLAIM_TIMEOUT_MS,
    productCacheTtlMs: values.PRODUCT_CACHE_TTL_MS,
    idempotencyTtlMs: values.IDEMPOTENCY_TTL_MS,
    readRepairWatchMs: values.READ_REPAIR_WATCH_MS,
    drainTimeoutMs: values.DRAIN_TIMEOUT_MS,
    logLevel: values.LOG_LEVEL,
  };
}
