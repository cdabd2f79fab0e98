/*
 * What the processes of the benchmarks share: steps on stderr, a wrong option with its usage, Ctrl-C that ends what was
 * started, and the exit code.
 */
import { fileURLToPath } from 'node:url';
import { OptionsError } from './command-line.ts';

/** Beside the sources, so that the data are on the same disk as these; git ignores it. */
export const RESULTS_FOLDER = fileURLToPath(new URL('../results', import.meta.url));

const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

/** One benchmark as a process. */
export interface BenchProcess<Options> {
  readonly usage: string;
  /** @throws OptionsError */
  readonly parse: (words: readonly string[]) => Options;
  /** Resolves to whether all answers were right. */
  readonly run: (options: Options, signal: AbortSignal, onStep: (text: string) => void) => Promise<boolean>;
}

/** Runs it with the words of the command line. @returns the exit code: 1 when an answer was wrong or it failed */
export async function runBenchProcess<Options>({ usage, parse, run }: BenchProcess<Options>): Promise<number> {
  const interrupted = new AbortController();
  process.on('SIGINT', () => interrupted.abort());
  process.on('SIGTERM', () => interrupted.abort());
  try {
    return (await run(parse(process.argv.slice(2)), interrupted.signal, onStep)) ? 0 : 1;
  } catch (error) {
    if (interrupted.signal.aborted) return EXIT_INTERRUPTED;
    if (error instanceof OptionsError) {
      onStep(`${error.message}\n${usage}`);
      return EXIT_USAGE;
    }
    onStep(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 1;
  }
}

function onStep(text: string): void {
  process.stderr.write(`${text}\n`);
}
