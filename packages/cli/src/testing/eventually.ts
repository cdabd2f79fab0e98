/*
 * Waits for a condition, as long as a busy machine may need.
 */
import { vi } from 'vitest';

const TIMEOUT_MS = 15_000;

/** Tries the expectations again and again until they hold. @throws what the last try threw when the time is up */
export async function eventually(expectations: () => void | Promise<void>): Promise<void> {
  await vi.waitFor(expectations, { timeout: TIMEOUT_MS, interval: 25 });
}
