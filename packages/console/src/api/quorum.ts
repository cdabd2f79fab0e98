/*
 * The header Trolley-Quorum: how many replicas stand behind a reply.
 */

/** How many replicas answered, of how many; degraded when that is fewer than asked for. */
export interface Quorum {
  readonly answered: number;
  readonly replicas: number;
  readonly degraded: boolean;
}

/** Reads `2/3` or `1/3; degraded`; undefined when there is no such header. */
export function parseQuorum(header: string | null): Quorum | undefined {
  const match = /^(\d+)\/(\d+)(; *degraded)?$/.exec(header ?? '');
  if (match === null) return undefined;
  return { answered: Number(match[1]), replicas: Number(match[2]), degraded: match[3] !== undefined };
}
