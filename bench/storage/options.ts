/*
 * What can be said on the command line of the storage benchmark, checked. Pure.
 */
import { valuesOf, wholeNumber } from '../command-line.ts';

/** How the benchmark runs. */
export interface StorageOptions {
  /** Carts of the large engine. */
  readonly carts: number;
  /** Carts of the small engine, which the large one is compared with. */
  readonly fewCarts: number;
  readonly lines: number;
  /** Writes in each measured part. */
  readonly writes: number;
  /** Writes at once. */
  readonly concurrent: number;
  /** How often everything is measured; medians are over these. */
  readonly rounds: number;
  readonly resultFile: string | undefined;
}

export const STORAGE_USAGE =
  'npm run bench:storage -- [--carts 1000000] [--few-carts 1000] [--lines 3] [--writes 100000] [--concurrent 64] ' +
  '[--rounds 3] [--json FILE]';

/** The options that the arguments stand for. @throws OptionsError naming the argument that is wrong */
export function parseStorageOptions(parameters: readonly string[]): StorageOptions {
  const values = valuesOf(parameters, {
    carts: { type: 'string', default: '1000000' },
    'few-carts': { type: 'string', default: '1000' },
    lines: { type: 'string', default: '3' },
    writes: { type: 'string', default: '100000' },
    concurrent: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'string' },
  });
  return {
    carts: wholeNumber('--carts', values.carts, 1, 9_999_999),
    fewCarts: wholeNumber('--few-carts', values['few-carts'], 1, 9_999_999),
    lines: wholeNumber('--lines', values.lines, 1, 200),
    writes: wholeNumber('--writes', values.writes, 1, 9_999_999),
    concurrent: wholeNumber('--concurrent', values.concurrent, 1, 4_096),
    rounds: wholeNumber('--rounds', values.rounds, 1, 100),
    resultFile: values.json,
  };
}
