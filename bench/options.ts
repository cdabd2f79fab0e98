/*
 * What can be said on the command line of the benchmark, checked. Pure: the arguments come in, the options go out.
 */
import { OptionsError, valuesOf, wholeNumber } from './command-line.ts';
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

export const USAGE = `npm run bench -- [--systems ${SYSTEM_NAMES.join(',')}] [--mixes ${MIXES.join(',')}]
  [--connections 64,8] [--seconds 3] [--warm-up-seconds 1] [--rounds 3] [--quick] [--results FOLDER]
--quick: one round of one second at 64 connections, unless said otherwise`;

const TEXT = { type: 'string' } as const;
const QUICK = { connections: '64', seconds: '1', rounds: '1', firstWarmUpSeconds: 1 };
const USUAL = { connections: '64,8', seconds: '3', rounds: '3', firstWarmUpSeconds: 10 };

/**
 * The options that the arguments stand for.
 *
 * @throws OptionsError naming the argument that is wrong.
 */
export function parseOptions(parameters: readonly string[]): BenchmarkOptions {
  const values = valuesOf(parameters, {
    systems: TEXT,
    mixes: TEXT,
    connections: TEXT,
    seconds: TEXT,
    'warm-up-seconds': TEXT,
    rounds: TEXT,
    quick: { type: 'boolean' },
    results: TEXT,
  });
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
