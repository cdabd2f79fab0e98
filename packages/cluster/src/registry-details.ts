/*
 * The form of what nodes and gateways say of themselves when they register, checked wherever it comes
 * from outside, and the rule that a view has one entry for each id. Both adapters use it.
 */
import { ClusterMapError, parseClusterMap, WEIGHT_MAX, WEIGHT_MIN, type ClusterMap } from '@trolley/crush';
import { z } from 'zod';
import type { GatewayDetails, NodeDetails, Registered } from './registry.ts';

const id = z.string().min(1).max(255);
const host = z.string().min(1).max(255);
const port = z.int().min(1).max(65_535);

/** No gateway can be set to take longer (its CLAIM_TIMEOUT_MS). */
const CLAIM_TIMEOUT_MAX_MS = 600_000;

const nodeDetails = z.object({
  id,
  host,
  port,
  zone: z.string().min(1).max(255),
  // Ids, zones and weights within what a cluster map takes, so that no registration makes a map that is refused.
  weight: z.number().min(WEIGHT_MIN).max(WEIGHT_MAX),
});

const gatewayDetails = z.object({
  id,
  host,
  port,
  claimTimeoutMs: z.int().min(0).max(CLAIM_TIMEOUT_MAX_MS).optional(),
});

/** What a storage node says of itself; other fields are dropped. */
export const nodeDetailsSchema: z.ZodType<NodeDetails> = nodeDetails;

/** What a gateway says of itself; other fields are dropped. */
const gatewayDetailsSchema: z.ZodType<GatewayDetails> = gatewayDetails;

const sequence = z.int().min(0);

/** A node's registration as others see it. */
export const registeredNodeSchema: z.ZodType<Registered<NodeDetails>> = nodeDetails.extend({ sequence });

/** A gateway's registration as others see it. */
export const registeredGatewaySchema: z.ZodType<Registered<GatewayDetails>> = gatewayDetails.extend({ sequence });

/** Whoever registers, with what it says of itself. */
export const participantSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('node'), details: nodeDetailsSchema }),
  z.object({ kind: z.literal('gateway'), details: gatewayDetailsSchema }),
]);

export type Participant = z.infer<typeof participantSchema>;

/** A storage node as a participant. @throws ZodError when the details are not of the form that others take */
export function nodeParticipant(details: NodeDetails): Participant {
  return { kind: 'node', details: nodeDetailsSchema.parse(details) };
}

/** A gateway as a participant. @throws ZodError when the details are not of the form that others take */
export function gatewayParticipant(details: GatewayDetails): Participant {
  return { kind: 'gateway', details: gatewayDetailsSchema.parse(details) };
}

/** A cluster map, checked by the rules of placement. */
export const clusterMapSchema: z.ZodType<ClusterMap> = z.unknown().transform((value, context): ClusterMap => {
  try {
    return parseClusterMap(value);
  } catch (error) {
    if (!(error instanceof ClusterMapError)) {
      throw error;
    }
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
});

/** One entry for each id, the one with the highest sequence, ordered by id (by code units). */
export function onePerId<T extends { readonly id: string; readonly sequence: number }>(
  entries: Iterable<T>,
): readonly T[] {
  const newest = new Map<string, T>();
  for (const entry of entries) {
    const other = newest.get(entry.id);
    if (other === undefined || other.sequence < entry.sequence) {
      newest.set(entry.id, entry);
    }
  }
  return [...newest.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
