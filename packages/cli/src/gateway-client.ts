/*
 * Talks HTTP to a gateway for the commands. Turns a gateway that does not answer, and an answer that is
 * not what was asked for, into failures a person can act on. Retries nothing: callers that may, do.
 */
import type { NodeCommand } from '@trolley/cluster';
import type { z } from 'zod';
import { CommandFailure, messageOf, systemCodeOf } from './failure.ts';
import {
  clusterAnswer,
  mapChangeAnswer,
  problemAnswer,
  repairAnswer,
  whereAnswer,
  type ClusterAnswer,
  type MapChangeAnswer,
  type RepairAnswer,
  type WhereAnswer,
} from './gateway-answers.ts';

export const DEFAULT_GATEWAY_URL = 'http://127.0.0.1:5000';
const REQUEST_TIMEOUT_MS = 10_000;
/** A restart waits for the old process to write its data and end. */
const CONTROL_TIMEOUT_MS = 40_000;

/** What to send. */
export interface GatewayRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Any answer, good or bad; the body is undefined when it is not JSON. */
export interface GatewayReply {
  readonly status: number;
  readonly body: unknown;
  /** Where the next page of a listing is, with its query, when there is one. */
  readonly nextPath?: string | undefined;
}

export interface GatewayClient {
  /** Without a slash at the end. */
  readonly url: string;
  /** @throws GatewayUnreachable */
  send(request: GatewayRequest): Promise<GatewayReply>;
  /** The map and the states of the nodes. @throws CommandFailure */
  cluster(): Promise<ClusterAnswer>;
  /** Where a key's replicas are. @throws CommandFailure */
  where(key: string): Promise<WhereAnswer>;
  /** Has the launcher command a node's process. @throws CommandFailure */
  controlNode(id: string, action: NodeCommand): Promise<void>;
  /** Has the map take a node out, let it in again, or lose it. @throws CommandFailure */
  changeMap(id: string, wish: 'drain' | 'undrain' | 'forget'): Promise<MapChangeAnswer>;
  /** Gives a node a weight; undefined leaves it to the node again. @throws CommandFailure */
  weigh(id: string, weight: number | undefined): Promise<MapChangeAnswer>;
  /** Has all nodes compare with each other now, or one with all others. @throws CommandFailure */
  beginRepair(id: string | undefined): Promise<RepairAnswer>;
  /** How far the nodes are with that. @throws CommandFailure */
  repairs(): Promise<RepairAnswer>;
}

/** No answer came from the gateway. */
export class GatewayUnreachable extends CommandFailure {}

/** A client of the gateway at the URL; the operator token goes with the calls that change nodes. */
export function createGatewayClient(
  gatewayUrl: string,
  send: typeof fetch,
  operatorToken: string | undefined,
): GatewayClient {
  const url = gatewayUrl.replace(/\/+$/, '');
  const authorization: Record<string, string> =
    operatorToken === undefined || operatorToken === '' ? {} : { authorization: `Bearer ${operatorToken}` };
  const order = (path: string, body: unknown = {}): Promise<GatewayReply> =>
    request({ method: 'POST', path, body, headers: authorization, timeoutMs: CONTROL_TIMEOUT_MS });
  const command = (id: string, action: string, body?: unknown): Promise<GatewayReply> =>
    order(`/cluster/nodes/${encodeURIComponent(id)}/${action}`, body);
  const request = (wanted: GatewayRequest): Promise<GatewayReply> => exchange(url, send, wanted);
  return {
    url,
    send: request,
    cluster: async () => expectAnswer(url, clusterAnswer, await request({ method: 'GET', path: '/cluster' })),
    where: async (key) =>
      expectAnswer(
        url,
        whereAnswer,
        await request({ method: 'GET', path: `/cluster/where?key=${encodeURIComponent(key)}` }),
      ),
    controlNode: async (id, action) => {
      const reply = await command(id, action);
      if (!isSuccess(reply)) throw refusal(reply);
    },
    changeMap: async (id, wish) => expectAnswer(url, mapChangeAnswer, await command(id, wish)),
    weigh: async (id, weight) =>
      expectAnswer(url, mapChangeAnswer, await command(id, 'weight', { weight: weight ?? null })),
    beginRepair: async (id) => {
      const path = id === undefined ? '/cluster/repair' : `/cluster/nodes/${encodeURIComponent(id)}/repair`;
      return expectAnswer(url, repairAnswer, await order(path));
    },
    repairs: async () => expectAnswer(url, repairAnswer, await request({ method: 'GET', path: '/cluster/repair' })),
  };
}

async function exchange(url: string, send: typeof fetch, wanted: GatewayRequest): Promise<GatewayReply> {
  const headers: Record<string, string> = { accept: 'application/json', ...wanted.headers };
  if (wanted.body !== undefined) headers['content-type'] = 'application/json';
  try {
    const response = await send(url + wanted.path, {
      method: wanted.method,
      headers,
      signal: AbortSignal.timeout(wanted.timeoutMs ?? REQUEST_TIMEOUT_MS),
      ...(wanted.body === undefined ? {} : { body: JSON.stringify(wanted.body) }),
    });
    const body = parseJson(await response.text());
    return { status: response.status, body, nextPath: nextPathIn(response.headers.get('link')) };
  } catch (error) {
    throw new GatewayUnreachable(
      `No gateway answers at ${url} (${unreachableReason(error)}).`,
      'Start one with `npm start` (trolley up), or say where it is with --gateway URL or TROLLEY_URL.',
    );
  }
}

/** The address of the next page in a `Link` header (RFC 8288). */
function nextPathIn(link: string | null): string | undefined {
  return /<(\/[^>]*)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1];
}

function unreachableReason(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
  const code = systemCodeOf(error);
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'unknown host';
    case undefined:
      return messageOf(error);
    default:
      return code;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The answer as the schema has it. @throws CommandFailure when it is a refusal, or something else */
export function expectAnswer<T>(url: string, schema: z.ZodType<T>, reply: GatewayReply): T {
  if (!isSuccess(reply)) throw refusal(reply);
  const parsed = schema.safeParse(reply.body);
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new CommandFailure(
    `What answers at ${url} is not a Trolley gateway that this command understands${place === '' ? '' : ` (${place})`}.`,
    'Is something else on that port? Say where the gateway is with --gateway URL or TROLLEY_URL.',
  );
}

function isSuccess(reply: GatewayReply): boolean {
  return reply.status >= 200 && reply.status < 300;
}

/** A bad answer as a failure, in the gateway's own words when it gave any. */
export function refusal(reply: GatewayReply): CommandFailure {
  const hint = reply.status === 401 ? 'Set OPERATOR_TOKEN to the token that the gateway was started with.' : undefined;
  return new CommandFailure(refusalText(reply), hint);
}

/** What a bad answer says, in one line. */
export function refusalText(reply: GatewayReply): string {
  const problem = problemAnswer.safeParse(reply.body);
  const said = problem.success ? (problem.data.detail ?? problem.data.title) : undefined;
  return said === undefined ? `The gateway answered with status ${reply.status}.` : `${said} (${reply.status})`;
}
