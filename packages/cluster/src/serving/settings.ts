/*
 * What the settings of nodes and gateways have in common: how numbers, times and secrets are written in the
 * environment, the variables that both take, and how what is wrong is told. Reads the environment that it is given,
 * never process.env.
 */
import { z } from 'zod';

/** Environment variables by name. */
export type SettingsEnvironment = Readonly<Record<string, string | undefined>>;

/** A setting is missing or wrong; the message names it. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'SETTINGS';
}

/** A whole number in decimal digits, within bounds. */
export function wholeNumber(minimum: number, maximum: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be from ${minimum} to ${maximum}`);
}

const UNIT_MS = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** A time with its unit, as whoever sets it would say it; in milliseconds. */
export const duration = z.string().transform((text, context): number => {
  const [, number, unit = ''] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? [];
  const unitMs = UNIT_MS.get(unit);
  if (number !== undefined && unitMs !== undefined) return Number(number) * unitMs;
  context.addIssue({ code: 'custom', message: 'must be a time with its unit, such as 500ms, 30s, 10m or 1h' });
  return z.NEVER;
});

/** What can travel in an Authorization header. */
export const secret = z.string().regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');

/** The address of an HTTP service. */
export const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' });

const hostName = z.string().max(255, 'must be at most 255 characters');

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** The variables that nodes and gateways both take, with the same meaning. */
export const COMMON_SETTINGS = {
  /** Address to listen on. 0.0.0.0 lets other machines in; nothing checks who they are but CLUSTER_TOKEN, on nodes. */
  HOST: hostName.default('127.0.0.1'),
  /** Host name or address that others reach this process by; absent: derived from HOST and the machine's addresses. */
  ADVERTISED_HOST: hostName.optional(),
  /** ZooKeeper servers, `HOST:PORT[,HOST:PORT]`. Either this or REGISTRY_URL. */
  ZOOKEEPER: z.string().optional(),
  /** Address of the embedded registry of `trolley up`. Either this or ZOOKEEPER. */
  REGISTRY_URL: httpUrl.optional(),
  /** Secret that nodes want with each batch and each write; the same on all. Absent: whoever reaches a node may write. */
  CLUSTER_TOKEN: secret.optional(),
  /** Milliseconds that requests in progress have to finish at a stop. Higher breaks fewer, and stops later. */
  DRAIN_TIMEOUT_MS: wholeNumber(0, 600_000).default(5_000),
  /** Least severe log line that is written. At debug each operation of a node is, and each health check of a gateway. */
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
};

interface NamedRegistry {
  readonly ZOOKEEPER?: string | undefined;
  readonly REGISTRY_URL?: string | undefined;
}

/**
 * The variables of an environment, checked by a schema. An empty variable counts as absent, since compose files pass
 * those on.
 *
 * @param who what is set, in words
 * @throws SettingsError naming every variable that is wrong, or when not exactly one registry is named
 */
export function checkSettings<Values extends NamedRegistry>(
  schema: z.ZodType<Values>,
  environment: SettingsEnvironment,
  who: string,
): Values {
  const present = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '');
  const parsed = schema.safeParse(Object.fromEntries(present));
  if (!parsed.success) {
    const complaints = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new SettingsError(complaints.join('; '));
  }
  const values = parsed.data;
  if ((values.ZOOKEEPER === undefined) === (values.REGISTRY_URL === undefined)) {
    throw new SettingsError(`set either ZOOKEEPER or REGISTRY_URL, so that the ${who} can find the cluster`);
  }
  return values;
}
