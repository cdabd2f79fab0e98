/*
 * What the command lines of the benchmarks have in common: words are read, and what is wrong is told by name. Pure.
 */
import { parseArgs, type ParseArgsConfig } from 'node:util';

/** The command line is wrong; the message says how. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

/** The values of these options. @throws OptionsError for a word that is none of them */
export function valuesOf<const Options extends NonNullable<ParseArgsConfig['options']>>(
  parameters: readonly string[],
  options: Options,
): ReturnType<typeof parseArgs<{ args: string[]; options: Options }>>['values'] {
  try {
    return parseArgs({ args: [...parameters], options }).values;
  } catch (error) {
    throw new OptionsError(error instanceof Error ? error.message : String(error));
  }
}

/** A whole number in a range. @throws OptionsError naming the option */
export function wholeNumber(name: string, text: string, minimum: number, maximum: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new OptionsError(`${name} must be a whole number from ${minimum} to ${maximum}`);
}
