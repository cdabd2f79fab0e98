/*
 * What the commands about items work with, and how they show what they found.
 */
import { emailSchema } from '@trolley/cluster';
import type { CommandContext } from '../command-context.ts';
import { CommandFailure, EXIT_USAGE } from '../failure.ts';
import { printable } from '../printable.ts';
import { tableText, type TableContents } from '../table.ts';
import type { ItemsClient } from './items-client.ts';

export interface Desk {
  readonly context: CommandContext;
  readonly client: ItemsClient;
  readonly json: boolean;
  /** What the items are called: `book`, `seat`. */
  readonly noun: string;
}

/** Shows a table, or the document as JSON. */
export function show({ context: { terminal }, json }: Desk, table: TableContents, document: unknown): void {
  if (json) terminal.line(JSON.stringify(document));
  else for (const line of tableText(terminal, table)) terminal.line(line);
}

/** Shows a line to people, on a screen only; in a pipe nothing but tables and totals is of use. */
export function remark({ context: { terminal }, json }: Desk, text: string): void {
  if (!json && terminal.interactive) terminal.line(text);
}

/** A function that shows how far something is. */
export function progressOf({ context: { terminal } }: Desk, doing: string): (done: number, total: number) => void {
  return (done, total) => terminal.progress(`${doing} ${done} of ${total} ...`);
}

/** An e-mail address in the spelling that gateways use. @throws CommandFailure */
export function checkedEmail(text: string): string {
  const parsed = emailSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new CommandFailure(`"${printable(text)}" is not an e-mail address.`, undefined, EXIT_USAGE);
}

/** Whose e-mail is meant when none was given; undefined when the environment does not say either. */
export function emailOrDefault(context: CommandContext, given: string | undefined): string | undefined {
  const text = given ?? context.environment['TROLLEY_EMAIL'];
  return text === undefined || text === '' ? undefined : checkedEmail(text);
}

/** The e-mail that was given, or that of the environment. @throws CommandFailure when there is neither */
export function requiredEmail(context: CommandContext, given: string | undefined): string {
  const email = emailOrDefault(context, given);
  if (email !== undefined) return email;
  throw new CommandFailure('For whom?', 'Say it with --email ann@example.com, or set TROLLEY_EMAIL.', EXIT_USAGE);
}
