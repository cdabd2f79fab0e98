/*
 * What the store could not do, as HTTP tells it: the one place that maps its codes.
 */
import { invalidInput, ProblemError } from '@trolley/cluster';
import type { StoreError, StoreErrorCode } from '../store.ts';

/** Seconds after which a client may try again: about as long as a node takes to be seen as down or up. */
const RETRY_AFTER_SECONDS = '1';

const TITLES: Readonly<Record<Exclude<StoreErrorCode, 'LEVEL_TOO_HIGH'>, string>> = {
  NO_CLUSTER_MAP: 'The cluster has no storage nodes yet',
  NO_REPLICA: 'No replica can be reached',
  QUORUM_NOT_MET: 'Too few replicas can be reached',
  READ_ONLY: 'The disks take no writes',
  OUTCOME_UNKNOWN: 'It is not known whether the change was made',
  OVERLOADED: 'Too many requests wait for the same thing',
};

const OUTCOME_ADVICE =
  'The change may have been made or not. Sending it again is safe with an Idempotency-Key header, ' +
  'if the first request carried the same one; otherwise read the resource before trying again.';

/** Problems of every call that reads or changes records, for the document. */
export const STORE_PROBLEMS = {
  400: 'The input is not valid; `errors` names each field.',
  503:
    'The storage nodes cannot serve this now: `NO_CLUSTER_MAP`, `NO_REPLICA`, `QUORUM_NOT_MET`, `READ_ONLY`, ' +
    '`OVERLOADED`, or `OUTCOME_UNKNOWN`, after which a change may have been made. `Retry-After` says when to try again.',
} as const;

/**
 * The problem that tells of a store error.
 * @param query the query as the client sent it, to name the parameter that asks for too many replicas.
 */
export function storeProblem(error: StoreError, query: Readonly<Record<string, string>>): ProblemError {
  if (error.code === 'LEVEL_TOO_HIGH') {
    return invalidInput([{ field: tooHighField(query), message: `asks for too many replicas: ${error.message}` }]);
  }
  const detail = error.code === 'OUTCOME_UNKNOWN' ? `${error.message}. ${OUTCOME_ADVICE}` : error.message;
  return new ProblemError({
    status: 503,
    code: error.code,
    title: TITLES[error.code],
    detail,
    headers: { 'retry-after': RETRY_AFTER_SECONDS },
  });
}

/** If either number is above the number of replicas, the larger one is. */
function tooHighField({ r, w }: Readonly<Record<string, string>>): 'r' | 'w' {
  return askedFor(w) > askedFor(r) ? 'w' : 'r';
}

/** The number that a level is; 0 for a word. */
function askedFor(level: string | undefined): number {
  return Number(level ?? 0) || 0;
}
