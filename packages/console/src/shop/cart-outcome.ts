/*
 * What became of a change to a cart or of a checkout, in words. Pure.
 */
import { ApiProblem, describeError } from '../api/problem.ts';
import type { Quorum } from '../api/quorum.ts';
import { plural } from '../app/format.ts';
import type { Outcome } from '../design/outcome-line.tsx';
import type { Order } from './shop-api.ts';

/** A line that there is too little of. */
interface ShortLine {
  readonly product: string;
  readonly wanted: number;
  readonly available: number;
}

/** A change was made; how well it is kept, when that is less than usual. */
export function changeOutcome(text: string, quorum: Quorum | undefined): Outcome {
  if (quorum?.degraded !== true) return { tone: 'good', text };
  return { tone: 'warn', text: `${text} Degraded: kept by ${quorum.answered} of ${quorum.replicas} replicas so far.` };
}

/** An order was made. */
export function orderOutcome({ quantityTotal }: Order): Outcome {
  return { tone: 'good', text: `Ordered ${plural(quantityTotal, 'thing')}. They are not in the cart any more.` };
}

/** Nothing was ordered, or nothing is known. */
export function checkoutFailure(error: unknown): Outcome {
  const short = shortLinesIn(error);
  if (short.length > 0) {
    return {
      tone: 'bad',
      text: `Nothing was ordered. ${short.map(shortText).join(' ')} Change the cart and try again.`,
    };
  }
  if (error instanceof ApiProblem && error.code === 'CHECKOUT_BUSY') {
    return { tone: 'warn', text: 'Nothing was ordered: others want the same at this moment. Try again.' };
  }
  if (!(error instanceof ApiProblem) || error.code === 'OUTCOME_UNKNOWN') {
    return {
      tone: 'warn',
      text: 'It is not known yet whether this was ordered. The orders below will show it in seconds.',
    };
  }
  return { tone: 'bad', text: describeError(error) };
}

/** The lines that a refused checkout names. */
function shortLinesIn(error: unknown): readonly ShortLine[] {
  const lines = error instanceof ApiProblem ? error.body['short'] : undefined;
  return Array.isArray(lines) ? (lines as readonly ShortLine[]) : [];
}

function shortText({ product, wanted, available }: ShortLine): string {
  if (available <= 0) return `There is no ${product} left.`;
  return `Of ${product} only ${available} ${available === 1 ? 'is' : 'are'} left, and the cart has ${wanted}.`;
}
