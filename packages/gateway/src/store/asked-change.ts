/*
 * A change on its way through the store: what was asked, and what may have come of it so far.
 */
import type { Change, RecordText } from '@trolley/records';
import type { StoreOptions } from '../store.ts';

/** What was asked. */
export interface AskedChange {
  readonly key: string;
  readonly change: Change;
  readonly options: StoreOptions;
}

/** What has come of a change so far. */
export interface ChangeProgress {
  /** Some replica may have applied it. */
  maybeDone: boolean;
  /** A draft of it that nobody is known to hold; one who does all the same has made the change. */
  drafted?: RecordText;
  readonly failures: string[];
}
