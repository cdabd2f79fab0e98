/*
 * The registry of a cluster on one machine: held by the launcher's own process, with its map in the data
 * directory. It logs into a file there.
 */
import { startEmbeddedRegistryServer, type Clock } from '@trolley/cluster';
import { pino } from 'pino';
import { CommandFailure, messageOf } from '../failure.ts';
import { dataLayout, type LaunchOptions } from './launch-options.ts';

export interface RunningRegistry {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the embedded registry on a free port of this machine. @throws CommandFailure */
export async function startRegistry(options: LaunchOptions, clock: Clock): Promise<RunningRegistry> {
  const layout = dataLayout(options.dataDirectory);
  const destination = pino.destination({ dest: layout.logFile('registry'), append: true, mkdir: true, sync: true });
  try {
    return await startEmbeddedRegistryServer({
      host: '127.0.0.1',
      port: 0,
      mapFile: layout.mapFile,
      clock,
      logger: pino({ level: options.logLevel, base: { name: 'registry' } }, destination),
    });
  } catch (error) {
    throw new CommandFailure(`The registry of the cluster could not be started: ${messageOf(error)}`);
  }
}
