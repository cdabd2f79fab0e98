/*
 * Opens the desk at which a command about items works: a client of the gateway that the options name.
 */
import type { CommandContext } from '../command-context.ts';
import { clientOf, type GatewayOptions } from '../gateway-options.ts';
import type { Desk } from './desk.ts';
import { ItemsClient } from './items-client.ts';

/** Options of every command about items. */
export interface ItemOptions extends GatewayOptions {
  readonly email?: string;
}

/** The desk, once the gateway answers: only then is it worth while to repeat what fails. @throws CommandFailure */
export async function openDesk(context: CommandContext, options: GatewayOptions, noun: string): Promise<Desk> {
  const gateway = clientOf(context, options);
  await gateway.send({ method: 'GET', path: '/healthz' });
  return { context, client: new ItemsClient(gateway, context), json: options.json === true, noun };
}
