/*
 * A cluster as `trolley up` starts it, with the sample shop, in a folder of its own.
 */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launch, trolley } from './launcher.ts';

/** A running cluster. */
export interface ShopCluster {
  /** The first gateway's. */
  readonly url: string;
  /** Runs a `trolley` command against it. @throws Error when it fails */
  run(...words: readonly string[]): Promise<string>;
  /** Ends everything and removes the data. */
  stop(): Promise<void>;
}

/** Starts it on a free port. */
export async function startShopCluster(...words: readonly string[]): Promise<ShopCluster> {
  return startShopClusterWith({}, ...words);
}

/** The same, with settings from these variables. */
export async function startShopClusterWith(
  environment: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<ShopCluster> {
  const folder = await mkdtemp(path.join(await realpath(tmpdir()), 'trolley-pages-'));
  const launcher = launch(folder, ['--port', '0', ...words], environment);
  const stop = async (): Promise<void> => {
    if (launcher.running()) await launcher.end('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const url = await launcher.ready();
    const run = async (...command: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await trolley(folder, command, url);
      if (code !== 0) throw new Error(`trolley ${command.join(' ')}: ${stderr}`);
      return stdout;
    };
    return { url, run, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
