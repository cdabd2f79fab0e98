/*
 * What can be said on the command line of the benchmark of scale, checked. Pure.
 */
import { valuesOf, wholeNumber } from '../command-line.ts';

/** How the benchmark runs. */
export interface ScaleOptions {
  readonly seconds: number;
  readonly rounds: number;
  /** How many nodes are simulated, one number after the other. */
  readonly simulated: readonly number[];
  readonly resultFile: string | undefined;
}

export const SCALE_USAGE =
  'npm run bench:scale -- [--seconds 3] [--rounds 2] [--simulated 3,10,100,1000] [--json FILE]';

/** The options that the arguments stand for. @throws OptionsError naming the argument that is wrong */
export function parseScaleOptions(parameters: readonly string[]): ScaleOptions {
  const values = valuesOf(parameters, {
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '2' },
    simulated: { type: 'string', default: '3,10,100,1000' },
    json: { type: 'string' },
  });
  return {
    seconds: wholeNumber('--seconds', values.seconds, 1, 600),
    rounds: wholeNumber('--rounds', values.rounds, 1, 100),
    simulated: values.simulated.split(',').map((text) => wholeNumber('--simulated', text.trim(), 1, 10_000)),
    resultFile: values.json,
  };
}
