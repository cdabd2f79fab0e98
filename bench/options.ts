/*
 * What can be said on the command line of the benchmark, checked. Pure: the arguments come in, the options go out.
 */
import { parseArgs } from 'node:util';
import { SYSTEM_NAMES, type SystemName } from './system/system-names.ts';
import { MIXES, type Mix } from './workload.ts';

/** How the benchmark runs. */
export interface BenchmarkOptions {
  /** What is measured; always in the same order. */
  readonly systems: readonly SystemName[];
  readonly mixes: readonly Mix[];
  /** Clients at once, each with a connection of its own; one number after the other. */
  readonly connections: readonly number[];
  /** How long each measured part lasts. Longer is steadier. */
  readonly seconds: number;
  /** How long each part runs before it is measured. */
  readonly warmUpSeconds: number;
  /** The first time that a system is under load: just-in-time compilers take their time. */
  readonly firstWarmUpSeconds: number;
  /** How often everything is measured; medians are over these. */
  readonly rounds: number;
  /** Where the results go; undefined: a folder named after the time in bench/results. */
  readonly resultsFolder: string | undefined;
}

/** The command line is wrong; the message says how. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

export const USAGE = `npm run bench -- [--systems ${SYSTEM_NAMES.join(',')}] [--mixes ${MIXES.join(',')}]
  [--connections 64,8] [--seconds 3] [--warm-up-seconds 1] [--rounds 3] [--quick] [--results FOLDER]
--quick: one round of one second at 64 connections, unless said otherwise`;

const QUICK = { connections: '64', seconds: '1', rounds: '1', firstWarmUpSeconds: 1 };
const USUAL = { connections: '64,8', seconds: '3', rounds: '3', firstWarmUpSeconds: 4 };

/**
 * The options that the arguments stand for.
 *
 * @throws OptionsError naming the argument that is wrong.
 */
export function parseOptions(parameters: readonly string[]): BenchmarkOptions {
  const values = parsed(parameters);
  const defaults = values.quick === true ? QUICK : USUAL;
  return {
    systems: someOf('--systems', values.systems, SYSTEM_NAMES),
    mixes: someOf('--mixes', values.mixes, MIXES),
    connections: listIn(values.connections ?? defaults.connections).map((text) =>
      wholeNumber('--connections', text, 1, 1_024),
    ),
    seconds: wholeNumber('--seconds', values.seconds ?? defaults.seconds, 1, 600),
    warmUpSeconds: wholeNumber('--warm-up-seconds', values['warm-up-seconds'] ?? '1', 1, 600),
    firstWarmUpSeconds: defaults.firstWarmUpSeconds,
    rounds: wholeNumber('--rounds', values.rounds ?? defaults.rounds, 1, 100),
    resultsFolder: values.results,
  };
}

function parsed(parameters: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const options = {
      systems: text,
      mixes: text,
      connections: text,
      seconds: text,
      'warm-up-seconds': text,
      rounds: text,
      quick: { type: 'boolean' },
      results: text,
    } as const;
    return parseArgs({ args: [...parameters], options }).values;
  } catch (error) {
    throw new OptionsError(error instanceof Error ? error.message : String(error));
  }
}

/** The names in a list, in the order of all; all when nothing is said. */
function someOf<Name extends string>(option: string, text: string | undefined, all: readonly Name[]): readonly Name[] {
  if (text === undefined) return all;
  const wanted = listIn(text);
  const unknown = wanted.find((name) => !all.some((each) => each === name));
  if (unknown !== undefined) throw new OptionsError(`${option}: ${unknown} is none of ${all.join(', ')}`);
  return all.filter((each) => wanted.includes(each));
}

function listIn(text: string): readonly string[] {
  return text.split(',').map((each) => each.trim());
}

/** A whole number in a range. @throws OptionsError naming the option */
export function wholeNumber(name: string, text: string, minimum: number, maximum: number): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new OptionsError(`${name} must be a whole number from ${minimum} to ${maximum}`);
}
