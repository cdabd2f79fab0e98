/*
 * node.json: who this node is, and what it knows of its own gaps. The incarnation is the second half of
 * the actor in every dot: a new one is taken when the node cannot prove that it holds all that it ever
 * acknowledged, so that no dot is used twice.
 */
import { z } from 'zod';
import type { Random } from '@trolley/cluster';
import { UnsupportedFormatError } from './errors.ts';

const IDENTITY_FORMAT = 1;
const INCARNATION_CHARACTERS = 6;
const NODE_ID_CHARACTERS = 8;
const BASE_36 = '0123456789abcdefghijklmnopqrstuvwxyz';
const HEX = BASE_36.slice(0, 16);

/** What the ids of nodes look like. */
export const NODE_ID_PATTERN = /^[a-z0-9][a-z0-9-]{0,62}$/;

const identitySchema = z.object({
  format: z.literal(IDENTITY_FORMAT),
  nodeId: z.string().regex(NODE_ID_PATTERN),
  incarnation: z.string().min(1),
  /** The newest journal segment that may hold acknowledged writes; recorded before it takes any. */
  journalSegment: z.int().min(0),
  /** The number of placement groups that `incompleteGroups` counts in. */
  pgCount: z.int().min(1),
  /** Placement groups that may lack what was once acknowledged, until repair says otherwise. */
  incompleteGroups: z.array(z.int().min(0)),
  /** No counter of this incarnation in anything that it dropped is above this; see `dropRecords`. */
  droppedCounter: z.int().min(0).default(0),
  /**
   * The name, but for the node's, under which changes were drafted; kept only from a stop that left no draft open to the
   * first use. See draft-actor.ts.
   */
  draftIncarnation: z.string().min(1).nullable().default(null),
  /** When tombstones of a placement group were last dropped, in wall-clock milliseconds. */
  tombstoneDrops: z.array(z.tuple([z.int().min(0), z.int()])).default([]),
  /** Placement groups in which promises on registers may have been forgotten, until repair says otherwise. */
  votelessGroups: z.array(z.int().min(0)).default([]),
  /** By placement group: this node takes part in no ballot on registers whose counter is not above this. */
  ballotFloors: z.array(z.tuple([z.int().min(0), z.int().min(0)])).default([]),
  /** When this node last took part in the cluster, and by which map; null when that is not known. */
  presence: z.object({ atMs: z.int(), epoch: z.int() }).nullable().default(null),
  /** The newest epoch of the cluster map that this node was told of; files of earlier versions lack it. */
  epoch: z.int().min(0).default(0),
});

/** The contents of node.json. */
export type Identity = Omit<z.infer<typeof identitySchema>, 'format'>;

/** The form that is stored. */
export function identityFile(identity: Identity): object {
  return { format: IDENTITY_FORMAT, ...identity };
}

/** @throws UnsupportedFormatError when the contents, whose checksum is right, are of another version. */
export function parseIdentity(value: unknown): Identity {
  const parsed = identitySchema.safeParse(value);
  if (!parsed.success) {
    throw new UnsupportedFormatError(`node.json is not of a form that this version reads: ${parsed.error.message}`);
  }
  const { format: _, ...identity } = parsed.data;
  return identity;
}

/** The actor in the dots of the changes that this incarnation coordinates. */
export function actorOf(identity: Identity): string {
  return `${identity.nodeId}.${identity.incarnation}`;
}

function draw(random: Random, alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)] ?? '0').join('');
}

/** A fresh incarnation: one of two thousand million. */
export function newIncarnation(random: Random): string {
  return draw(random, BASE_36, INCARNATION_CHARACTERS);
}

/** An id for a node that was given none. */
export function newNodeId(random: Random): string {
  return `node-${draw(random, HEX, NODE_ID_CHARACTERS)}`;
}
