/*
 * Chooses the ports of the gateways and makes sure, before anything is started, that they can be had.
 */
import { CommandFailure, messageOf, systemCodeOf } from '../failure.ts';
import { tryPort } from './http-server.ts';
import type { LaunchOptions } from './launch-options.ts';

/** The gateways' ids and ports. @throws CommandFailure that names the port that is taken. */
export async function chooseGatewayPorts(options: LaunchOptions): Promise<{ id: string; port: number }[]> {
  const gateways: { id: string; port: number }[] = [];
  for (let index = 0; index < options.gateways; index += 1) {
    const port = options.port === 0 ? 0 : options.port + index;
    gateways.push({ id: `gateway-${index + 1}`, port: await freePort(options.host, port) });
  }
  return gateways;
}

async function freePort(host: string, port: number): Promise<number> {
  try {
    return await tryPort(host, port);
  } catch (error) {
    throw portFailure(host, port, error);
  }
}

function portFailure(host: string, port: number, error: unknown): CommandFailure {
  const code: string = systemCodeOf(error) ?? '';
  switch (code) {
    case 'EADDRINUSE': {
      const other = port < 60_000 ? port + 1_000 : 6_000;
      return new CommandFailure(
        `Port ${port} is in use by another program.`,
        `Choose another one with --port, such as \`trolley up --port ${other}\` (npm start -- --port ${other}).`,
      );
    }
    case 'EACCES':
      return new CommandFailure(`Port ${port} may not be used by this user.`, 'Choose one above 1023 with --port.');
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new CommandFailure(`This machine has no address ${host}.`, 'Leave --host out, or name an address it has.');
    default:
      return new CommandFailure(`Cannot listen on ${host} port ${port}: ${messageOf(error)}.`);
  }
}
