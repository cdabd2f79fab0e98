/*
 * Questions that the menus of the library and the theatre share.
 */
import { CommandFailure, messageOf } from '../failure.ts';
import type { Choice, Prompter } from '../prompter.ts';
import { checkedEmail } from './desk.ts';
import { itemName } from './item-text.ts';
import type { KnownReservation } from './reservation-commands.ts';

/** Asks for an e-mail address; in the spelling that gateways use. */
export async function askEmail(prompter: Prompter, question = 'Who are you?'): Promise<string | undefined> {
  const email = await prompter.ask(question, { example: 'ann@example.com', problemWith: emailProblem });
  return email === undefined ? undefined : checkedEmail(email);
}

function emailProblem(text: string): string | undefined {
  try {
    checkedEmail(text);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** Asks which of the reservations is meant; its id. @throws CommandFailure when there is none */
export async function chooseReservation(
  prompter: Prompter,
  question: string,
  known: readonly KnownReservation[],
): Promise<string | undefined> {
  return prompter.choose(question, reservationChoices(known));
}

/** Asks which of the reservations are meant; their ids. @throws CommandFailure when there are none */
export async function chooseReservations(
  prompter: Prompter,
  question: string,
  known: readonly KnownReservation[],
): Promise<readonly string[] | undefined> {
  return prompter.chooseSome(question, reservationChoices(known));
}

function reservationChoices(known: readonly KnownReservation[]): Choice<string>[] {
  if (known.length === 0) throw new CommandFailure('There are no reservations.');
  return known.map(({ reservation, item }) => ({
    value: reservation.id,
    label: itemName(item),
    hint: reservation.item,
  }));
}
