/*
 * Which failed attempts to read something a page tells of.
 */
import { GatewayAway } from '../api/problem.ts';

/** The error, unless something is shown and all there is to say is that the gateway is away: the frame says that once. */
export function worthTelling(error: unknown, shown: unknown): unknown {
  return shown !== undefined && error instanceof GatewayAway ? undefined : error;
}
