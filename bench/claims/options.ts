/*
 * What can be said on the command line of the benchmark of claims, checked. Pure.
 */
import { valuesOf, wholeNumber } from '../command-line.ts';

/** How the benchmark runs. */
export interface ClaimOptions {
  /** Distinct items in each measured part. */
  readonly claims: number;
  /** Connections, one after the other. */
  readonly connections: readonly number[];
  /** How often everything is measured; medians are over these. */
  readonly rounds: number;
  /** Items that 64 clients want at once. */
  readonly contended: number;
  readonly resultFile: string | undefined;
}

export const CLAIM_USAGE =
  'npm run bench:claims -- [--claims 6000] [--connections 64,8] [--rounds 3] [--contended 50] [--json FILE]';

/** A gateway knows 10,000 registers; with more than these a part would not measure what it is named after. */
const CLAIMS_MAX = 9_000;

/** The options that the arguments stand for. @throws OptionsError naming the argument that is wrong */
export function parseClaimOptions(parameters: readonly string[]): ClaimOptions {
  const values = valuesOf(parameters, {
    claims: { type: 'string', default: '6000' },
    connections: { type: 'string', default: '64,8' },
    rounds: { type: 'string', default: '3' },
    contended: { type: 'string', default: '50' },
    json: { type: 'string' },
  });
  return {
    claims: wholeNumber('--claims', values.claims, 1, CLAIMS_MAX),
    connections: values.connections.split(',').map((text) => wholeNumber('--connections', text, 1, 1_024)),
    rounds: wholeNumber('--rounds', values.rounds, 1, 100),
    contended: wholeNumber('--contended', values.contended, 1, 1_000),
    resultFile: values.json,
  };
}
