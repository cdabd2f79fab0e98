/*
 * The operations by which gateways change registers (CASPaxos, Rystsov 2018): what proposers ask of acceptors. Part
 * of the node protocol: they travel in the same batches as reads and writes. A register is looked at with the
 * ordinary `read`.
 */
import type { Ballot } from '@trolley/records';
import { z } from 'zod';

const requestId = z.string().max(200).optional();

const ballot: z.ZodType<Ballot> = z.tuple([z.int().min(1), z.string().regex(/^[A-Za-z0-9._-]{1,128}$/)]);

/** Promise to accept nothing below this ballot, and say what was accepted last. */
const prepareOperation = z.object({ type: z.literal('prepare'), key: z.string(), ballot, requestId });

const acceptOperation = z.object({
  type: z.literal('accept'),
  key: z.string(),
  ballot,
  /** The JSON text of the value; null releases the register. */
  value: z.string().nullable(),
  /** A later ballot of the same proposer, to promise at once: it saves its next change a round trip. Null for none. */
  next: ballot.nullable(),
  requestId,
});

/** The schemas of these operations, for the protocol's union. */
export const registerOperations = [prepareOperation, acceptOperation] as const;

/** Why a node takes no part in an attempt. */
type Declined =
  /**
   * A ballot that is no lower was promised before, or its like dropped: a proposer goes on above this one's counter. A
   * proposer whose prepare was sent twice can see its own ballot here.
   */
  | { readonly type: 'outbid'; readonly ballot: Ballot }
  /** The node lost part of this placement group and has no vote in it until it has caught up. */
  | { readonly type: 'no-vote' };

/** The answer to a prepare, on disk before it is given. */
export type PrepareResult =
  /** The promise is made. What was accepted last, and under which ballot; null when nothing ever was. */
  { readonly type: 'promised'; readonly accepted: Ballot | null; readonly value: string | null } | Declined;

/** The answer to an accept, on disk before it is given. */
export type AcceptResult =
  /** The value is accepted, and `next` promised when it was asked for. */
  { readonly type: 'accepted' } | Declined;

/** The answers to these operations. */
export type RegisterResult = PrepareResult | AcceptResult;
