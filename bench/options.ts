/*
 * What can be said on the command line of the benchmark, checked. Pure: the arguments come in, the options go out.
 */
import { parseArgs } from 'node:util';

/** How the benchmark runs. */
export interface BenchmarkOptions {
  /** How long each measured part lasts. Longer is steadier. */
  readonly seconds: number;
  /** How long each part runs before it is measured. */
  readonly warmUpSeconds: number;
  /** Clients at once, each with a connection of its own. */
  readonly connections: number;
  /** How often everything is measured; medians are over these. */
  readonly rounds: number;
  /** Where the results go; undefined: a file named after the time in bench/results. */
  readonly resultFile: string | undefined;
}

/** The command line is wrong; the message says how. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

export const USAGE =
  'npm run bench -- [--seconds 8] [--warm-up-seconds 3] [--connections 64] [--rounds 3] [--json FILE]';

/**
 * The options that the arguments stand for.
 *
 * @throws OptionsError naming the argument that is wrong.
 */
export function parseOptions(parameters: readonly string[]): BenchmarkOptions {
  const { values } = parsed(parameters);
  return {
    seconds: wholeNumber('--seconds', values.seconds, 1, 600),
    warmUpSeconds: wholeNumber('--warm-up-seconds', values['warm-up-seconds'], 1, 600),
    connections: wholeNumber('--connections', values.connections, 1, 1_024),
    rounds: wholeNumber('--rounds', values.rounds, 1, 100),
    resultFile: values.json,
  };
}

function parsed(parameters: readonly string[]) {
  try {
    return parseArgs({
      args: [...parameters],
      options: {
        seconds: { type: 'string', default: '8' },
        'warm-up-seconds': { type: 'string', default: '3' },
        connections: { type: 'string', default: '64' },
        rounds: { type: 'string', default: '3' },
        json: { type: 'string' },
      },
    });
  } catch (error) {
    throw new OptionsError(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(name: string, text: string, minimum: number, maximum: number): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new OptionsError(`${name} must be a whole number from ${minimum} to ${maximum}`);
}
