/*
 * What became of reserving, changing and cancelling, in words. Pure.
 */
import { ApiProblem, describeError } from '../api/problem.ts';
import { plural } from '../app/format.ts';
import type { Outcome } from '../design/outcome-line.tsx';
import type { Refusal, Reserved } from './reserve.ts';

/** How people call an item, by its id. */
export type NameOf = (item: string) => string;

const NAMED_MAX = 5;

/** What is said of a reservation of one or several. @param noun what they are: `book`, `seat` */
export function reserveOutcome({ had, refused }: Reserved, noun: string, nameOf: NameOf): Outcome {
  const lost = refused.filter(({ reason }) => reason === 'TAKEN').map(({ item }) => item);
  const faster = lost.length === 0 ? [] : [`Somebody else was faster: ${takenText(lost, nameOf)}.`];
  const others = refused.flatMap(({ item, reason }) =>
    reason === 'TAKEN' || reason === 'NOT_ALL_FREE' ? [] : [`${nameOf(item)}: ${reasonText(reason)}.`],
  );
  const sentences = [...faster, ...others.slice(0, NAMED_MAX)];
  if (had.length === 0) {
    const left = refused.some(({ reason }) => reason === 'NOT_ALL_FREE') ? ' The others were left free.' : '';
    return { tone: 'bad', text: `${sentences.join(' ')} Nothing was reserved for you.${left}`.trim() };
  }
  const yours = had.length === 1 ? `${namesText(had, nameOf)} is yours.` : `${plural(had.length, noun)} are yours.`;
  return { tone: sentences.length === 0 ? 'good' : 'warn', text: [yours, ...sentences].join(' ') };
}

/** What is said when no item was accounted for. A gateway that is silent, or lacks nodes, may have done it before. */
export function reserveFailure(error: unknown): Outcome {
  if (!(error instanceof ApiProblem) || error.code === 'OUTCOME_UNKNOWN') {
    return { tone: 'warn', text: `It is not known whether it was reserved. ${LOOK} ${describeError(error)}` };
  }
  if (error.status === 503) return { tone: 'warn', text: `${describeError(error)} ${LOOK}` };
  return { tone: 'bad', text: `Nothing was reserved. ${describeError(error)}` };
}

const LOOK = 'Your reservations show what you have.';

/** What is said when another item could not be had instead. @param name of the other item */
export function changeFailure(error: unknown, name: string): Outcome {
  if (!(error instanceof ApiProblem)) return uncertainChange(describeError(error));
  if (error.status === 503) return uncertainChange(describeError(error));
  if (error.code === 'TAKEN') {
    return { tone: 'bad', text: `Somebody else was faster: ${name} is taken. You keep what you had.` };
  }
  if (error.code === 'RESERVATION_NOT_FOUND') {
    return { tone: 'bad', text: 'You do not have it any more, so it could not be changed.' };
  }
  return { tone: 'bad', text: describeError(error) };
}

function uncertainChange(reason: string): Outcome {
  return { tone: 'warn', text: `It is not known whether it was changed. Look at your reservations. ${reason}` };
}

function takenText(items: readonly string[], nameOf: NameOf): string {
  return `${namesText(items, nameOf)} ${items.length === 1 ? 'is' : 'are'} taken`;
}

function namesText(items: readonly string[], nameOf: NameOf): string {
  const names = items.slice(0, NAMED_MAX).map(nameOf);
  const more = items.length - names.length;
  const last = more > 0 ? `${more} more` : names.pop();
  return names.length === 0 ? (last ?? '') : `${names.join(', ')} and ${last ?? ''}`;
}

function reasonText(reason: Exclude<Refusal, 'TAKEN' | 'NOT_ALL_FREE'>): string {
  switch (reason) {
    case 'YOURS_ALREADY':
      return 'it is yours already';
    case 'NOT_FOUND':
      return 'it is not there any more';
    case 'NOT_RESERVED':
      return 'it could not be reserved in time, and is not';
    case 'UNKNOWN':
      return 'it is not known whether it was reserved; your reservations will show it';
    default:
      return reason satisfies never;
  }
}
