/*
 * What can be expected to go wrong, told to a person: one clear line and, where there is one, what to do.
 * Anything else that is thrown is a bug and shows its stack.
 */

/** The exit codes of every command. */
export const EXIT_OK = 0;
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;

/** A command could not do what was asked. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  /** What the reader can do about it. */
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(message: string, hint?: string, exitCode: number = EXIT_FAILED) {
    super(message);
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/** The message of whatever was thrown, without its stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The code that Node gives system errors (`ENOENT`, `EADDRINUSE`), also when another error wraps it. */
export function systemCodeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return systemCodeOf(thrown.errors[0]);
  return systemCodeOf(thrown.cause);
}
