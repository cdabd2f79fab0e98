/*
 * What is told when the launcher is needed and is not there, or does not do what it is asked.
 */
import { ProblemError } from '@trolley/cluster';

/** What can be told, for the document. */
export const LAUNCHER_PROBLEMS = {
  501: 'This cluster was not started by `trolley up`.',
  502: 'The launcher did not do it.',
};

/** For clusters that no launcher started. @param what cannot be done, as the title says it */
export function noLauncher(what: string): ProblemError {
  return new ProblemError({
    status: 501,
    code: 'NO_LAUNCHER',
    title: what,
    detail: 'This cluster was not started by `trolley up`, so the gateway has no launcher to ask.',
  });
}

/** For a launcher that failed. @param detail how */
export function launcherFailed(detail: string): ProblemError {
  return new ProblemError({ status: 502, code: 'LAUNCHER_FAILED', title: 'The launcher did not do it', detail });
}
