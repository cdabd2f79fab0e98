/*
 * Keeps one registration with the embedded registry: registers, renews well before the lease is over,
 * and goes on trying while the registry is away. A renewal carries all the details, so that a registry
 * that has forgotten them has them back with the next one.
 */
import type { Clock } from '../environment.ts';
import type { Participant } from '../registry-details.ts';
import type { Announcement } from '../registry.ts';
import { pause, retryDelayMs } from './pause.ts';
import { RENEWALS_PER_LEASE } from './protocol.ts';
import type { RegistryHttp } from './registry-http.ts';

/** Registers the participant under this lease from now on, until it is withdrawn. */
export function keepLease(http: RegistryHttp, clock: Clock, lease: string, participant: Participant): Announcement {
  const withdrawn = new AbortController();
  const kept = renewUntil(withdrawn.signal);
  let gone: Promise<void> | undefined;

  async function renewUntil(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        const { leaseMs } = await http.register(lease, participant);
        failures = 0;
        await pause(clock, leaseMs / RENEWALS_PER_LEASE, signal);
      } catch {
        // Whoever follows the view says in the log that the registry is away.
        failures += 1;
        await pause(clock, retryDelayMs(failures), signal);
      }
    }
  }

  async function leave(): Promise<void> {
    withdrawn.abort();
    // A renewal that is still under way could arrive after the withdrawal, and bring the registration back.
    await kept;
    try {
      await http.withdraw(lease);
    } catch {
      // The lease runs out by itself.
    }
  }

  return {
    async withdraw() {
      gone ??= leave();
      await gone;
    },
  };
}
