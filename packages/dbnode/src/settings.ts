/*
 * What whoever runs a node can set, from the environment: one schema with each setting's unit, default and
 * what a higher or lower value trades. Reads the environment that it is given, never process.env.
 */
import { z } from 'zod';

const WHOLE_NUMBER = /^\d{1,15}$/;

function integer(minimum: number, maximum: number) {
  return z
    .string()
    .regex(WHOLE_NUMBER, 'must be a whole number')
    .transform(Number)
    .pipe(
      z
        .int()
        .min(minimum, { error: `must be at least ${minimum}` })
        .max(maximum, { error: `must be at most ${maximum}` }),
    );
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const weight = z
  .string()
  .regex(/^\d{1,9}(?:\.\d{1,6})?$/, 'must be a number such as 1 or 0.5')
  .transform(Number)
  .refine((value) => value > 0, 'must be above 0');

const environmentSchema = z.object({
  /** Names this node for good; kept in its data directory. Absent: a random one, made on the first start. */
  NODE_ID: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1 to 63 lower-case letters, digits and dashes, not a dash first')
    .optional(),
  /** What fails together with this node: a rack, a room. Replicas go to distinct zones while there are enough. */
  ZONE: z
    .string()
    .regex(/^[\w.-]{1,63}$/, 'must be 1 to 63 letters, digits, dots, dashes or underscores')
    .default('default'),
  /** Share of the data, relative to the other nodes. Twice the weight, twice the data and the traffic. */
  WEIGHT: weight.default(1),
  /** Address to listen on. 0.0.0.0 lets other machines in; set CLUSTER_TOKEN then. */
  HOST: z.string().max(255).default('127.0.0.1'),
  /** Host name or address that gateways reach this node by; absent: derived from HOST and the machine's addresses. */
  ADVERTISED_HOST: z.string().max(255).optional(),
  /** Port to listen on; 0 takes any free one. */
  PORT: integer(0, 65_535).default(0),
  /** Folder that holds this node's data; made when it is missing. One folder for each node. */
  DATA_DIR: z.string({ error: 'must be set to the folder for this node’s data' }),
  /** ZooKeeper servers, `HOST:PORT[,HOST:PORT]`. Either this or REGISTRY_URL. */
  ZOOKEEPER: z.string().optional(),
  /** Address of the embedded registry of `trolley up`. Either this or ZOOKEEPER. */
  REGISTRY_URL: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).optional(),
  /** Secret wanted with each batch and each write; the same on all. Absent: whoever reaches the node may write. */
  CLUSTER_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
    .optional(),
  /** Placement groups, while there is no cluster map yet. More spread data more evenly; each is a file to keep. */
  PG_COUNT: integer(1, 65_536).default(256),
  /** Milliseconds to wait, at the start, for the registry to tell the map. Lower starts sooner without a registry. */
  REGISTRY_WAIT_MS: integer(0, 600_000).default(3_000),
  /** Bytes of journal after which a checkpoint is due. Higher checkpoints less often, and starts more slowly. */
  CHECKPOINT_JOURNAL_BYTES: integer(65_536, 2 ** 40).default(16 * 1024 * 1024),
  /** Records fetched in a second when placement groups move here, or were lost. Higher moves sooner, and slows requests more. */
  SYNC_RECORDS_PER_SECOND: integer(1, 10_000_000).default(5_000),
  /** Milliseconds after which an operation is logged as slow. Lower logs more. */
  SLOW_OPERATION_MS: integer(0, 600_000).default(200),
  /** Milliseconds that work in progress has to finish when the node stops. Higher breaks less, and stops later. */
  DRAIN_TIMEOUT_MS: integer(0, 600_000).default(5_000),
  /** Milliseconds in which this node compares with each other replica. Lower finds differences sooner, for more digests. */
  ANTI_ENTROPY_INTERVAL_MS: integer(50, 86_400_000).default(10_000),
  /** Records that repair sends and fetches in a second. Higher heals sooner, and leaves less to requests meanwhile. */
  REPAIR_RECORDS_PER_SECOND: integer(1, 1_000_000).default(5_000),
  /** Whether this node remembers who missed which writes. off leaves all of that to comparing digests. */
  HINTS: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
  /** Keys remembered for each node that missed writes; past that, whole placement groups. Higher takes more memory. */
  HINTS_MAX: integer(0, 10_000_000).default(100_000),
  /**
   * Milliseconds for which every replica has had a deletion before its last trace goes. Higher keeps more, and lets
   * nodes be away for longer before they have to fetch anew what they hold.
   */
  TOMBSTONE_GRACE_MS: integer(0, 365 * 86_400_000).default(86_400_000),
  /**
   * Milliseconds that a gateway's attempt to change a reservation, an order or stock may take; no lower than on any
   * gateway, nor than twice the NODE_TIMEOUT_MS of any. A node that may have forgotten what it promised has no vote for so
   * long. Higher allows gateways more.
   */
  CLAIM_TIMEOUT_MS: integer(100, 600_000).default(10_000),
  /** Least severe log line that is written. At debug each operation is. */
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
});

/** A node's settings, checked. */
export interface NodeSettings {
  readonly nodeId: string | undefined;
  readonly zone: string;
  readonly weight: number;
  readonly host: string;
  readonly advertisedHost: string | undefined;
  readonly port: number;
  readonly dataDir: string;
  readonly zookeeper: string | undefined;
  readonly registryUrl: string | undefined;
  readonly clusterToken: string | undefined;
  readonly pgCount: number;
  readonly registryWaitMs: number;
  readonly checkpointJournalBytes: number;
  readonly syncRecordsPerSecond: number;
  readonly slowOperationMs: number;
  readonly drainTimeoutMs: number;
  readonly logLevel: string;
  readonly antiEntropyIntervalMs: number;
  readonly repairRecordsPerSecond: number;
  readonly hints: boolean;
  readonly hintsMax: number;
  readonly tombstoneGraceMs: number;
  readonly claimTimeoutMs: number;
}

/** A setting is missing or wrong; the message names it. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'SETTINGS';
}

/**
 * The settings that an environment holds. An empty variable counts as absent, since compose files pass
 * those on.
 *
 * @throws SettingsError naming every variable that is wrong.
 */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): NodeSettings {
  const present = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '');
  const parsed = environmentSchema.safeParse(Object.fromEntries(present));
  if (!parsed.success) {
    const complaints = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new SettingsError(complaints.join('; '));
  }
  const values = parsed.data;
  if ((values.ZOOKEEPER === undefined) === (values.REGISTRY_URL === undefined)) {
    throw new SettingsError('set either ZOOKEEPER or REGISTRY_URL, so that the node can find the cluster');
  }
  return {
    nodeId: values.NODE_ID,
    zone: values.ZONE,
    weight: values.WEIGHT,
    host: values.HOST,
    advertisedHost: values.ADVERTISED_HOST,
    port: values.PORT,
    dataDir: values.DATA_DIR,
    zookeeper: values.ZOOKEEPER,
    registryUrl: values.REGISTRY_URL,
    clusterToken: values.CLUSTER_TOKEN,
    pgCount: values.PG_COUNT,
    registryWaitMs: values.REGISTRY_WAIT_MS,
    checkpointJournalBytes: values.CHECKPOINT_JOURNAL_BYTES,
    syncRecordsPerSecond: values.SYNC_RECORDS_PER_SECOND,
    slowOperationMs: values.SLOW_OPERATION_MS,
    drainTimeoutMs: values.DRAIN_TIMEOUT_MS,
    logLevel: values.LOG_LEVEL,
    antiEntropyIntervalMs: values.ANTI_ENTROPY_INTERVAL_MS,
    repairRecordsPerSecond: values.REPAIR_RECORDS_PER_SECOND,
    hints: values.HINTS === 'on',
    hintsMax: values.HINTS_MAX,
    tombstoneGraceMs: values.TOMBSTONE_GRACE_MS,
    claimTimeoutMs: values.CLAIM_TIMEOUT_MS,
  };
}
