/*
 * What whoever runs a node can set, from the environment: one schema with each setting's unit, default and
 * what a higher or lower value trades. Reads the environment that it is given, never process.env.
 */
import { checkSettings, COMMON_SETTINGS, wholeNumber, type SettingsEnvironment } from '@trolley/cluster';
import { WEIGHT_MAX, WEIGHT_MIN } from '@trolley/crush';
import { z } from 'zod';

const weight = z
  .string()
  .regex(/^\d{1,9}(?:\.\d{1,6})?$/, 'must be a number such as 1 or 0.5')
  .transform(Number)
  .refine((value) => value >= WEIGHT_MIN && value <= WEIGHT_MAX, `must be from 1/65536 to ${WEIGHT_MAX}`);

const environmentSchema = z.object({
  ...COMMON_SETTINGS,
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
  /** Port to listen on; 0 takes any free one. */
  PORT: wholeNumber(0, 65_535).default(0),
  /** Folder that holds this node's data; made when it is missing. One folder for each node. */
  DATA_DIR: z.string({ error: 'must be set to the folder for this node’s data' }),
  /** Placement groups, while there is no cluster map yet. More spread data more evenly; each is a file to keep. */
  PG_COUNT: wholeNumber(1, 65_536).default(256),
  /** Milliseconds to wait, at the start, for the registry to tell the map. Lower starts sooner without a registry. */
  REGISTRY_WAIT_MS: wholeNumber(0, 600_000).default(3_000),
  /**
   * Bytes of journal before which no checkpoint is due, nor before there are as many as of what is stored. Higher
   * checkpoints less often, and starts more slowly.
   */
  CHECKPOINT_JOURNAL_BYTES: wholeNumber(65_536, 2 ** 40).default(64 * 1024 * 1024),
  /** Records fetched in a second when placement groups move here, or were lost. Higher moves sooner, and slows requests more. */
  SYNC_RECORDS_PER_SECOND: wholeNumber(1, 10_000_000).default(5_000),
  /** Milliseconds after which an operation is logged as slow. Lower logs more. */
  SLOW_OPERATION_MS: wholeNumber(0, 600_000).default(200),
  /** Milliseconds in which this node compares with each other replica. Lower finds differences sooner, for more digests. */
  ANTI_ENTROPY_INTERVAL_MS: wholeNumber(50, 86_400_000).default(10_000),
  /** Records that repair sends and fetches in a second. Higher heals sooner, and leaves less to requests meanwhile. */
  REPAIR_RECORDS_PER_SECOND: wholeNumber(1, 1_000_000).default(5_000),
  /** Whether this node remembers who missed which writes. off leaves all of that to comparing digests. */
  HINTS: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
  /** Keys remembered for each node that missed writes; past that, whole placement groups. Higher takes more memory. */
  HINTS_MAX: wholeNumber(0, 10_000_000).default(100_000),
  /**
   * Milliseconds for which every replica has had a deletion before its last trace goes. Higher keeps more, and lets
   * nodes be away for longer before they have to fetch anew what they hold.
   */
  TOMBSTONE_GRACE_MS: wholeNumber(0, 365 * 86_400_000).default(86_400_000),
  /**
   * Milliseconds that a gateway's attempt to change a reservation, an order or stock may take; no lower than on any
   * gateway, nor than twice the NODE_TIMEOUT_MS of any. A node that may have forgotten what it promised has no vote for so
   * long. Higher allows gateways more.
   */
  CLAIM_TIMEOUT_MS: wholeNumber(100, 600_000).default(10_000),
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

/**
 * The settings that an environment holds.
 *
 * @throws SettingsError naming every variable that is wrong.
 */
export function parseSettings(environment: SettingsEnvironment): NodeSettings {
  const values = checkSettings(environmentSchema, environment, 'node');
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
