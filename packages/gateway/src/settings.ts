/*
 * What whoever runs a gateway can set, from the environment: one schema with each setting's unit, default
 * and what a higher or lower value trades. Reads the environment that it is given, never process.env.
 */
import { z } from 'zod';

const integer = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be from ${minimum} to ${maximum}`);

const UNIT_MS = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** A time with its unit, as whoever sets it would say it; in milliseconds. */
const duration = z.string().transform((text, context): number => {
  const [, number, unit = ''] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? [];
  const unitMs = UNIT_MS.get(unit);
  if (number !== undefined && unitMs !== undefined) return Number(number) * unitMs;
  context.addIssue({ code: 'custom', message: 'must be a time with its unit, such as 500ms, 30s, 10m or 1h' });
  return z.NEVER;
});

const url = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' });
const secret = z.string().regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');
const identifier = z.string().regex(/^[\w.-]{1,100}$/, 'must be 1 to 100 letters, digits, dots, dashes or underscores');

const environmentSchema = z.object({
  /** Address to listen on. 0.0.0.0 lets other machines in; nothing in front checks who they are. */
  HOST: z.string().default('127.0.0.1'),
  /** Port to listen on; 0 takes any free one. */
  PORT: integer(0, 65_535).default(5_000),
  /** Host name or address that others reach this gateway by; absent: derived from HOST. */
  ADVERTISED_HOST: z.string().optional(),
  /** Names this gateway in listings and logs; absent: a random one for each start. */
  GATEWAY_ID: identifier.optional(),
  /** ZooKeeper servers, `HOST:PORT[,HOST:PORT]`. Either this or REGISTRY_URL. */
  ZOOKEEPER: z.string().optional(),
  /** Address of the embedded registry of `trolley up`. Either this or ZOOKEEPER. */
  REGISTRY_URL: url.optional(),
  /** Secret that storage nodes want with each batch; the same on all. Absent: nodes trust whoever reaches them. */
  CLUSTER_TOKEN: secret.optional(),
  /** Secret wanted from whoever kills or restarts nodes through this gateway. Absent: anyone who reaches it may. */
  OPERATOR_TOKEN: secret.optional(),
  /** Control address of the launcher, if one started this cluster; without it nodes cannot be killed from here. */
  LAUNCHER_URL: url.optional(),
  /** Secret that the launcher wants. */
  LAUNCHER_TOKEN: secret.optional(),
  /** Replicas of each key, in the first map only. More survive more failures; each costs disk and slows writes. */
  REPLICAS: integer(1, 9).default(3),
  /** Placement groups, in the first map only. More spread data more evenly; each is a file and a list to keep. */
  PG_COUNT: integer(1, 65_536).default(256),
  /** Nodes to wait for before the first map is made; default REPLICAS. Too few: early keys get fewer replicas. */
  EXPECTED_NODES: integer(1, 10_000).optional(),
  /** Milliseconds after which the first map is made with the nodes there are. Lower serves sooner, higher waits for stragglers. */
  MAP_SETTLE_MS: integer(0, 3_600_000).default(5_000),
  /** How long a node may be down before its data is copied to others. Lower restores replicas sooner; higher copies less when nodes come back. */
  DOWN_OUT_AFTER: duration.default(600_000),
  /** Percent of the nodes that must be up and in for any to go out. Higher copies nothing when many fail together; 0 never minds. */
  DOWN_OUT_MIN_IN_PERCENT: integer(0, 100).default(75),
  /** Milliseconds that a node has to answer. Lower fails over sooner; too low takes a busy node for a dead one. */
  NODE_TIMEOUT_MS: integer(10, 600_000).default(2_000),
  /** Milliseconds that a change of a reservation, an order or stock may take. Higher settles more; lower tells of trouble sooner. */
  CLAIM_TIMEOUT_MS: integer(100, 600_000).default(10_000),
  /** Milliseconds that an existing product is known without being read. Higher saves reads; a deleted one may be added for as long. */
  PRODUCT_CACHE_TTL_MS: integer(0, 3_600_000).default(10_000),
  /** Milliseconds that a record remembers an Idempotency-Key. Higher makes later retries safe, and records larger. */
  IDEMPOTENCY_TTL_MS: integer(1_000, 30 * 86_400_000).default(86_400_000),
  /** Milliseconds that reads look out for stale replicas after a node came back. Higher catches more, and costs reads more. */
  READ_REPAIR_WATCH_MS: integer(0, 86_400_000).default(600_000),
  /** Milliseconds that requests in progress have to finish when the gateway stops. Higher breaks fewer, and stops later. */
  DRAIN_TIMEOUT_MS: integer(0, 600_000).default(5_000),
  /** Least severe log line that is written. At debug each request to /healthz and /metrics is too. */
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
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

/** A setting is missing or wrong; the message names it. */
class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * The settings that an environment holds. An empty variable counts as absent, since compose files pass
 * those on.
 * @throws SettingsError naming every variable that is wrong.
 */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): GatewaySettings {
  const present = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '');
  const parsed = environmentSchema.safeParse(Object.fromEntries(present));
  if (!parsed.success) {
    const complaints = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new SettingsError(complaints.join('; '));
  }
  const values = parsed.data;
  if ((values.ZOOKEEPER === undefined) === (values.REGISTRY_URL === undefined)) {
    throw new SettingsError('set either ZOOKEEPER or REGISTRY_URL, so that the gateway can find the cluster');
  }
  return {
    host: values.HOST,
    port: values.PORT,
    advertisedHost: values.ADVERTISED_HOST,
    gatewayId: values.GATEWAY_ID,
    zookeeper: values.ZOOKEEPER,
    registryUrl: values.REGISTRY_URL,
    clusterToken: values.CLUSTER_TOKEN,
    operatorToken: values.OPERATOR_TOKEN,
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
