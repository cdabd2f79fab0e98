/*
 * What the embedded registry and its clients say to each other over HTTP: the paths, the bodies and the
 * times that both must agree on. Checked with these schemas on arrival, on both sides.
 */
import { z } from 'zod';
import { clusterMapSchema, registeredGatewaySchema, registeredNodeSchema } from '../registry-details.ts';

/** PUT registers and renews under a lease that the client names, DELETE withdraws. */
export const REGISTRATIONS_PATH = '/registrations';
/** GET with `?after=REVISION` answers when the view is another one, or 204 after a while. */
export const VIEW_PATH = '/view';
/** PUT replaces the map by compare-and-set. */
export const MAP_PATH = '/map';

/** How long a registration lasts that is not renewed. Shorter: deaths show sooner. Longer: pauses are forgiven. */
export const DEFAULT_LEASE_MS = 2000;
/** A registration is renewed this many times in the span of its lease. */
export const RENEWALS_PER_LEASE = 3;
/** How long the registry keeps a request for the next view waiting. */
export const VIEW_WAIT_MS = 1000;

/** Names one registration of one client; the client draws it at random. */
export const leaseSchema = z.string().regex(/^[\w-]{8,100}$/, 'must be 8 to 100 letters, digits, - or _');

export const registrationReplySchema = z.object({ sequence: z.int(), leaseMs: z.number().positive() });

export const viewReplySchema = z.object({
  /** Names this state of the registry; also after a restart, no other state has the same. */
  revision: z.int(),
  nodes: z.array(registeredNodeSchema),
  gateways: z.array(registeredGatewaySchema),
  stored: z.object({ map: clusterMapSchema, revision: z.int() }).nullable(),
});

export const mapWriteSchema = z.object({
  map: clusterMapSchema,
  /** The revision that is to be replaced; null: there must be no map yet. */
  expectedRevision: z.int().nullable(),
});

export type ViewReply = z.infer<typeof viewReplySchema>;
export type MapWrite = z.infer<typeof mapWriteSchema>;
