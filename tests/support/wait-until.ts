/*
 * Waits for a condition, never for a time. The bound is there only to end a test that has failed.
 */
import { setTimeout as delay } from 'node:timers/promises';

const INTERVAL_MS = 25;

/** Resolves once the condition holds; what it throws counts as not yet. @throws Error after the bound, with the reason */
export async function waitUntil(
  what: string,
  condition: () => Promise<boolean> | boolean,
  timeoutMs = 30_000,
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  let reason: unknown;
  for (;;) {
    try {
      if (await condition()) return;
      reason = 'it does not hold';
    } catch (error) {
      reason = error;
    }
    if (performance.now() > deadlineMs) throw new Error(`waited ${timeoutMs} ms for ${what}`, { cause: reason });
    await delay(INTERVAL_MS);
  }
}
