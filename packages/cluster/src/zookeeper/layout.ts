/*
 * Where things are in ZooKeeper, and how they are written there: nodes and gateways as ephemeral
 * sequential nodes with JSON in them, the map as one node that stays. Pure.
 */
import { clusterMapSchema, participantSchema, type Participant } from '../registry-details.ts';
import type { ClusterMap } from '@trolley/crush';
import { z } from 'zod';

/** Who registers: a storage node or a gateway. */
export type Kind = Participant['kind'];

export const KINDS: readonly Kind[] = ['node', 'gateway'];

/** The paths under one root, such as /trolley. */
export interface Layout {
  /** What must exist before anything can be registered, parents first. */
  readonly folders: readonly string[];
  readonly map: string;
  folderOf(kind: Kind): string;
  /** The beginning of a registration's path; ZooKeeper adds the sequence. */
  prefixOf(kind: Kind): string;
}

/** The layout under a root, which begins with a slash and does not end with one. */
export function layoutUnder(root: string): Layout {
  const folderOf = (kind: Kind): string => `${root}/${kind}s`;
  const parents = root.split('/').map((_name, depth, names) => names.slice(0, depth + 1).join('/'));
  return {
    folders: [...parents.slice(1), ...KINDS.map(folderOf)],
    map: `${root}/crush_map`,
    folderOf,
    prefixOf: (kind) => `${folderOf(kind)}/${kind}-`,
  };
}

/** The sequence in the name of a registration; undefined when it is not the name of one. */
export function sequenceOf(kind: Kind, name: string): number | undefined {
  const digits = name.startsWith(`${kind}-`) ? name.slice(kind.length + 1) : '';
  return /^\d{10}$/.test(digits) ? Number(digits) : undefined;
}

/** A value as it is written to ZooKeeper. */
export function encode(value: Participant['details'] | ClusterMap): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** What was read, or why it cannot be what it should. */
export type Decoded<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'damaged'; readonly reason: string };

/** A registration's contents. */
export function decodeParticipant(kind: Kind, bytes: Buffer): Decoded<Participant> {
  return decode(bytes, (details) => participantSchema.safeParse({ kind, details }));
}

/** The map's contents. */
export function decodeMap(bytes: Buffer): Decoded<ClusterMap> {
  return decode(bytes, (value) => clusterMapSchema.safeParse(value));
}

function decode<T>(bytes: Buffer, check: (value: unknown) => z.ZodSafeParseResult<T>): Decoded<T> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    return { kind: 'damaged', reason: 'it is not JSON' };
  }
  const checked = check(value);
  return checked.success
    ? { kind: 'read', value: checked.data }
    : { kind: 'damaged', reason: z.prettifyError(checked.error) };
}
