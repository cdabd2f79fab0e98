/*
 * What can be said on the command line of the benchmark of placement, checked. Pure.
 */
import { valuesOf, wholeNumber } from '../command-line.ts';

/** How the benchmark runs. */
export interface CrushOptions {
  readonly nodes: number;
  readonly zones: number;
  readonly placementGroups: number;
  /** Keys placed in each round. */
  readonly keys: number;
  /** How often everything is measured; medians are over these. */
  readonly rounds: number;
  readonly resultFile: string | undefined;
}

export const CRUSH_USAGE =
  'npm run bench:crush -- [--nodes 1000] [--zones 10] [--groups 4096] [--keys 500000] [--rounds 7] [--json FILE]';

/** The options that the arguments stand for. @throws OptionsError naming the argument that is wrong */
export function parseCrushOptions(parameters: readonly string[]): CrushOptions {
  const values = valuesOf(parameters, {
    nodes: { type: 'string', default: '1000' },
    zones: { type: 'string', default: '10' },
    groups: { type: 'string', default: '4096' },
    keys: { type: 'string', default: '500000' },
    rounds: { type: 'string', default: '7' },
    json: { type: 'string' },
  });
  return {
    nodes: wholeNumber('--nodes', values.nodes, 2, 4_096),
    zones: wholeNumber('--zones', values.zones, 1, 4_096),
    placementGroups: wholeNumber('--groups', values.groups, 1, 65_536),
    keys: wholeNumber('--keys', values.keys, 1, 999_999),
    rounds: wholeNumber('--rounds', values.rounds, 1, 100),
    resultFile: values.json,
  };
}
