/*
 * A clock on which every wait is over at once.
 */
import type { Clock } from '@trolley/cluster';
import { createManualClock } from '@trolley/cluster/testing';

/** Time stands still, and nothing has to be waited for. */
export const impatientClock: Clock = {
  ...createManualClock(),
  after: (_delayMs, callback) => {
    const timer = setImmediate(callback);
    return { cancel: () => clearImmediate(timer) };
  },
};
