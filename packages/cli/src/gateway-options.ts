/*
 * The options of every command that talks to a gateway.
 */
import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { CommandFailure, EXIT_USAGE, messageOf } from './failure.ts';
import { createGatewayClient, DEFAULT_GATEWAY_URL, type GatewayClient } from './gateway-client.ts';
import * as read from './options.ts';
import { printable } from './printable.ts';

export interface GatewayOptions {
  readonly gateway?: string;
  readonly json?: boolean;
}

/** Adds them to a command. */
export function addGatewayOptions(command: Command): Command {
  return command
    .option(
      '--gateway <url>',
      `where the gateway is (default: TROLLEY_URL, else ${DEFAULT_GATEWAY_URL})`,
      read.gatewayUrl,
    )
    .option('--json', 'print JSON');
}

/** A client of the gateway that the options or the environment name. @throws CommandFailure */
export function clientOf(context: CommandContext, options: GatewayOptions): GatewayClient {
  const { environment, fetch } = context;
  const url = options.gateway ?? urlFromEnvironment(environment['TROLLEY_URL']) ?? DEFAULT_GATEWAY_URL;
  return createGatewayClient(url, fetch, environment['OPERATOR_TOKEN']);
}

function urlFromEnvironment(value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined;
  try {
    return read.gatewayUrl(value);
  } catch (error) {
    throw new CommandFailure(`TROLLEY_URL is "${printable(value)}". ${messageOf(error)}`, undefined, EXIT_USAGE);
  }
}
