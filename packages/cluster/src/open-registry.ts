/*
 * Opens the registry that the settings name: ZooKeeper, or the embedded one of `trolley up`. The rest of
 * the program sees the port only.
 */
import type { Logger } from 'pino';
import { openEmbeddedRegistry } from './embedded/embedded-registry.ts';
import type { Clock } from './environment.ts';
import { RegistrySettingsError } from './registry-settings-error.ts';
import type { Registry } from './registry.ts';
import { openZooKeeperRegistry } from './zookeeper/zookeeper-registry.ts';

/** Where the registry is; exactly one of the two. */
export interface RegistrySettings {
  /** ZooKeeper servers, as HOST:PORT[,HOST:PORT]. */
  readonly zookeeper?: string | undefined;
  /** The URL of an embedded registry. */
  readonly registryUrl?: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Opens the registry that is named. Returns at once and connects in the background.
 * @throws RegistrySettingsError when none or both are named, or the one that is named is not an address
 */
export function openRegistry({ zookeeper, registryUrl, clock, logger }: RegistrySettings): Registry {
  if (zookeeper !== undefined && registryUrl !== undefined) {
    throw new RegistrySettingsError('Both a ZooKeeper and the URL of an embedded registry are set; set one of them.');
  }
  if (zookeeper !== undefined) {
    return openZooKeeperRegistry({ connect: zookeeper, clock, logger });
  }
  if (registryUrl === undefined) {
    throw new RegistrySettingsError('No registry is set: name a ZooKeeper or the URL of an embedded registry.');
  }
  return openEmbeddedRegistry({ url: checkedUrl(registryUrl), clock, logger });
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:') {
    throw new RegistrySettingsError(`The registry's URL must be like http://127.0.0.1:4000, not "${text}".`);
  }
  return text;
}
