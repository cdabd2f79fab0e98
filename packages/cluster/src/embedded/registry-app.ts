/*
 * The embedded registry over HTTP, for the processes of `trolley up`: checks each input, asks the host,
 * answers. It listens to nothing itself, and keeps no state.
 */
import { Hono } from 'hono';
import type { Logger } from 'pino';
import { z } from 'zod';
import { handleErrors } from '../http/handle-errors.ts';
import { readJsonBody } from '../http/json-body.ts';
import { ProblemError } from '../http/problem.ts';
import { singleQuery, validate } from '../http/validate.ts';
import { participantSchema } from '../registry-details.ts';
import { leaseSchema, MAP_PATH, mapWriteSchema, REGISTRATIONS_PATH, VIEW_PATH, type ViewReply } from './protocol.ts';
import { createRegistryHost, type RegistryHost, type RegistryHostSettings } from './registry-host.ts';

/** A map of some thousand nodes fits well. */
const BODY_LIMITS = { bytesMax: 4 * 1024 * 1024 };

const LEASE_PATH = `${REGISTRATIONS_PATH}/:lease`;

const leaseParameters = z.object({ lease: leaseSchema });

const viewQuery = z.object({
  after: z
    .string()
    .regex(/^\d{1,16}$/, 'must be a revision')
    .transform(Number)
    .optional(),
});

/** What the embedded registry needs. */
export interface EmbeddedRegistrySettings extends RegistryHostSettings {
  readonly logger: Logger;
}

/** The embedded registry, ready to be served. */
export interface EmbeddedRegistry {
  /** Answers its HTTP calls. */
  readonly app: Hono;
  /** Answers whoever still waits, and ends its timers. */
  close(): void;
}

/**
 * The embedded registry with its HTTP calls, on the map that its file holds.
 * @throws MapFileError when the file is damaged
 */
export async function createEmbeddedRegistry(settings: EmbeddedRegistrySettings): Promise<EmbeddedRegistry> {
  const host = await createRegistryHost(settings);
  return { app: createRegistryApp(host, settings), close: () => host.close() };
}

function createRegistryApp(host: RegistryHost, { leaseMs, logger }: EmbeddedRegistrySettings): Hono {
  const app = new Hono();
  /** A change goes to everybody who follows: it is put into words once. */
  const texts = new WeakMap<ViewReply, string>();
  handleErrors(app, (error, context) => {
    logger.error({ err: error, path: context.req.path }, 'the embedded registry could not carry out a call');
  });

  app.put(LEASE_PATH, async (context) => {
    const { lease } = validate(leaseParameters, context.req.param());
    const participant = validate(participantSchema, await readJsonBody(context.req, BODY_LIMITS));
    const { sequence } = unlessBusy(host.register(lease, participant));
    return context.json({ sequence, leaseMs });
  });

  app.delete(LEASE_PATH, (context) => {
    const { lease } = validate(leaseParameters, context.req.param());
    host.withdraw(lease);
    return context.body(null, 204);
  });

  app.get(VIEW_PATH, async (context) => {
    const { after } = validate(viewQuery, singleQuery(context.req));
    const view = unlessBusy(await host.view(after));
    if (view === 'unchanged') {
      return context.body(null, 204);
    }
    const text = texts.get(view) ?? JSON.stringify(view);
    texts.set(view, text);
    return context.body(text, 200, { 'content-type': 'application/json' });
  });

  app.put(MAP_PATH, async (context) => {
    const write = validate(mapWriteSchema, await readJsonBody(context.req, BODY_LIMITS));
    if (unlessBusy(await host.writeMap(write)) === 'conflict') {
      throw MAP_CONFLICT;
    }
    return context.body(null, 204);
  });
  return app;
}

const MAP_CONFLICT = new ProblemError({
  status: 409,
  code: 'MAP_CONFLICT',
  title: 'The map was changed',
  detail: 'The map has another revision than the one that is to be replaced.',
});

const BUSY = new ProblemError({
  status: 503,
  code: 'REGISTRY_BUSY',
  title: 'The registry is busy',
  detail: 'The registry is starting, or has too much to do; try again.',
});

function unlessBusy<T>(outcome: T | 'busy'): T {
  if (outcome === 'busy') {
    throw BUSY;
  }
  return outcome;
}
