/*
 * Tests of claims have two sizes: a short one for every day, and the full one, `npm run test:stress`, which takes
 * many minutes and prints what it measured.
 */
import { numberSetting } from './number-setting.ts';

/** Whether STRESS=full is set. @throws Error when STRESS is something else */
export const isFullSize = readSize(process.env['STRESS']);

/** Long enough for the size, and not the way in which a test ends unless it hangs. */
export const SIZED_TIMEOUT_MS = isFullSize ? numberSetting('STRESS_TIMEOUT_MS', 30 * 60_000) : 120_000;

function readSize(setting: string | undefined): boolean {
  if (setting === undefined || setting === '') return false;
  if (setting === 'full') return true;
  throw new Error(`STRESS must be full or absent, not ${setting}`);
}

/** Prints a line of what a full run measured. */
export function tell(line: string): void {
  if (isFullSize) process.stdout.write(`${line}\n`);
}
