/*
 * Checks the address of a ZooKeeper before the client sees it: what it cannot work with, it finds out
 * inside a timer, where nobody can catch the error.
 */
import { RegistrySettingsError } from '../registry-settings-error.ts';

const SERVER = /^[^\s:,/[\]]+:(?<port>\d{1,5})$/;
const PORT_MAX = 65_535;

/**
 * The address, when it is HOST:PORT[,HOST:PORT].
 * @throws RegistrySettingsError when it is not
 */
export function checkConnectString(connect: string): string {
  for (const server of connect.split(',')) {
    const port = Number(SERVER.exec(server)?.groups?.['port'] ?? 0);
    if (port < 1 || port > PORT_MAX) {
      throw new RegistrySettingsError(`ZooKeeper's address must be HOST:PORT[,HOST:PORT], not "${connect}".`);
    }
  }
  return connect;
}
