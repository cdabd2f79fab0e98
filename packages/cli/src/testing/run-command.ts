/*
 * Runs a command line in surroundings of a test.
 */
import { runCommandLine } from '../program.ts';
import { createTestContext } from './test-context.ts';

/** What came of it. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Runs the words of a command line. */
export async function runCommand(
  words: readonly string[],
  surroundings: Parameters<typeof createTestContext>[0] = {},
): Promise<Ran> {
  const context = createTestContext(surroundings);
  const code = await runCommandLine(context, words);
  return { code, ...context.written };
}
