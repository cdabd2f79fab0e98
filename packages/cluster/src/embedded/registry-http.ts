/*
 * The HTTP calls of a client of the embedded registry, each with a deadline. It tries once, keeps no
 * state but its connections, and turns every failure into a RegistryUnavailableError.
 */
import { Pool } from 'undici';
import { z } from 'zod';
import type { Clock } from '../environment.ts';
import type { Participant } from '../registry-details.ts';
import { RegistryUnavailableError } from '../registry.ts';
import {
  MAP_PATH,
  REGISTRATIONS_PATH,
  registrationReplySchema,
  VIEW_PATH,
  VIEW_WAIT_MS,
  viewReplySchema,
  type MapWrite,
  type ViewReply,
} from './protocol.ts';

/** Longer, and a registry that hangs goes unnoticed; shorter, and a busy machine looks like one that is away. */
const CALL_TIMEOUT_MS = 1500;
const CONNECTIONS_MAX = 8;
const REPLY_MAX_BYTES = 16 * 1024 * 1024;

interface Call {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly timeoutMs: number;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** The calls of the embedded registry. Each throws RegistryUnavailableError when there is no proper answer in time. */
export interface RegistryHttp {
  register(lease: string, participant: Participant): Promise<{ readonly sequence: number; readonly leaseMs: number }>;
  withdraw(lease: string): Promise<void>;
  /** The view when it is another than `after`; undefined when it is not, after a while. */
  view(after: number | undefined): Promise<ViewReply | undefined>;
  writeMap(write: MapWrite): Promise<'written' | 'conflict'>;
  /** Ends the connections, and with them the calls that are under way. */
  close(): Promise<void>;
}

/** A client of the registry at this URL. Connects with the first call. */
export function createRegistryHttp(url: string, clock: Clock): RegistryHttp {
  const pool = new Pool(new URL(url).origin, { connections: CONNECTIONS_MAX, maxResponseSize: REPLY_MAX_BYTES });

  async function callOrThrow({ method, path, body, timeoutMs }: Call): Promise<Reply> {
    const deadline = new AbortController();
    const timer = clock.after(timeoutMs, () => deadline.abort(new Error(`no answer within ${timeoutMs} ms`)));
    try {
      const reply = await pool.request({
        method,
        path,
        signal: deadline.signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      const text = await reply.body.text();
      return { status: reply.statusCode, body: text === '' ? undefined : JSON.parse(text) };
    } finally {
      timer.cancel();
    }
  }

  async function call(made: Call): Promise<Reply> {
    try {
      return await callOrThrow(made);
    } catch (error) {
      throw unavailable(made, error instanceof Error ? error.message : String(error));
    }
  }

  async function callFor<T>(made: Call, schema: z.ZodType<T>): Promise<T> {
    return contentOf(made, await call(made), schema);
  }

  return {
    async register(lease, participant) {
      const path = `${REGISTRATIONS_PATH}/${lease}`;
      return await callFor(
        { method: 'PUT', path, body: participant, timeoutMs: CALL_TIMEOUT_MS },
        registrationReplySchema,
      );
    },
    async withdraw(lease) {
      const made = { method: 'DELETE', path: `${REGISTRATIONS_PATH}/${lease}`, timeoutMs: CALL_TIMEOUT_MS } as const;
      const reply = await call(made);
      if (reply.status !== 204) {
        throw unavailable(made, describe(reply));
      }
    },
    async view(after) {
      const path = after === undefined ? VIEW_PATH : `${VIEW_PATH}?after=${after}`;
      const made = { method: 'GET', path, timeoutMs: VIEW_WAIT_MS + CALL_TIMEOUT_MS } as const;
      const reply = await call(made);
      return reply.status === 204 && after !== undefined ? undefined : contentOf(made, reply, viewReplySchema);
    },
    async writeMap(write) {
      const made = { method: 'PUT', path: MAP_PATH, body: write, timeoutMs: CALL_TIMEOUT_MS } as const;
      const reply = await call(made);
      if (reply.status === 204) {
        return 'written';
      }
      if (reply.status === 409) {
        return 'conflict';
      }
      throw unavailable(made, describe(reply));
    },
    close: async () => await pool.destroy(),
  };
}

const problemSchema = z.object({ detail: z.string() });

function contentOf<T>(made: Call, reply: Reply, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(reply.body);
  if (reply.status !== 200 || !parsed.success) {
    throw unavailable(made, reply.status === 200 ? 'the answer is malformed' : describe(reply));
  }
  return parsed.data;
}

function describe(reply: Reply): string {
  const problem = problemSchema.safeParse(reply.body);
  return `status ${reply.status}${problem.success ? `, ${problem.data.detail}` : ''}`;
}

function unavailable({ method, path }: Call, reason: string): RegistryUnavailableError {
  return new RegistryUnavailableError(`${method} ${path} to the registry failed: ${reason}`);
}
