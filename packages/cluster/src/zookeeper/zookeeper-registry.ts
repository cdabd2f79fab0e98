/*
 * The registry port on ZooKeeper.
 */
import type { Logger } from 'pino';
import type { Clock } from '../environment.ts';
import type { Registry } from '../registry.ts';

/** What a client of ZooKeeper needs. */
export interface ZooKeeperRegistrySettings {
  /** The servers, as HOST:PORT[,HOST:PORT]. */
  readonly connect: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Opens the registry in this ZooKeeper. */
export function openZooKeeperRegistry(settings: ZooKeeperRegistrySettings): Registry {
  throw new Error(`There is no client for ZooKeeper at ${settings.connect} yet.`);
}
