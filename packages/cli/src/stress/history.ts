/*
 * What the clients of a stress test asked and what they were told: half of the data that a verdict is computed from.
 * Times are those of the one clock of the process, so that two of them can be compared.
 */

/** A reservation as a client knows it. */
export interface Held {
  readonly id: string;
  readonly item: string;
  readonly email: string;
}

interface Timed {
  /** When the request was first sent, and when its last answer came or its sender gave up. */
  readonly startMs: number;
  readonly endMs: number;
}

/** A request for reservations. */
export interface Reserve extends Timed {
  readonly kind: 'reserve';
  readonly email: string;
  readonly items: readonly string[];
  /** Whether the request carried an idempotency key, and may have been sent more than once. */
  readonly keyed: boolean;
  readonly reserved: readonly Held[];
  /** Those of its items of which it is not known whether they were reserved. */
  readonly uncertain: readonly string[];
}

/** A request to give a reservation up. `missing`: there is no such reservation. `refused`: nothing changed. */
export interface Cancel extends Timed {
  readonly kind: 'cancel';
  readonly reservation: string;
  readonly outcome: 'done' | 'missing' | 'refused' | 'unknown';
}

/** A request for another item or another person; one of the two. */
export interface Change extends Timed {
  readonly kind: 'change';
  readonly reservation: string;
  readonly item?: string;
  readonly email?: string;
  readonly outcome:
    | { readonly kind: 'changed'; readonly now: Held }
    | { readonly kind: 'missing' | 'refused' | 'unknown' };
}

/** A look at an item. `pending`: it shows a holder of whom it is not decided yet whether they will have it. */
export interface Look extends Timed {
  readonly kind: 'look';
  readonly item: string;
  readonly outcome:
    | { readonly kind: 'seen'; readonly reservation: string | null }
    | { readonly kind: 'pending' | 'unknown' };
}

export type Operation = Reserve | Cancel | Change | Look;

/** Whether the sender never learned what became of it, or of a part of it. */
export function isUnknown(operation: Operation): boolean {
  switch (operation.kind) {
    case 'reserve':
      return operation.uncertain.length > 0;
    case 'cancel':
      return operation.outcome === 'unknown';
    case 'change':
    case 'look':
      return operation.outcome.kind === 'unknown';
    default:
      return operation satisfies never;
  }
}
