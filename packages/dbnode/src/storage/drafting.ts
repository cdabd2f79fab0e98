/*
 * What a node does for drafts: makes them of its own records, takes over those of others, and gives its own up. Keeping them
 * is drafts.ts.
 */
import type { AdoptOutcome, Clock, WithdrawnDraft, WithdrawOutcome } from '@trolley/cluster';
import {
  applyChange,
  compareContextTexts,
  contextTextOf,
  decodeContext,
  decodeRecord,
  emptyRecord,
  encodeRecord,
  type Change,
  type RecordText,
} from '@trolley/records';
import type { CommitGroup } from './commit-group.ts';
import type { DraftActor } from './draft-actor.ts';
import { hasSeen, type Drafts } from './drafts.ts';
import type { EngineState } from './engine-state.ts';
import type { GroupCommit } from './group-commit.ts';
import type { RecordTable } from './record-table.ts';

/** What drafting works with. */
export interface DraftingOptions {
  readonly table: RecordTable;
  readonly commit: GroupCommit;
  readonly state: EngineState;
  readonly clock: Clock;
  readonly drafts: Drafts;
  readonly draftActor: DraftActor;
  /** The actor of changes that are made and not drafted. */
  readonly actor: string;
  /** Who applies a change, and when. */
  readonly environment: (actor: string) => Parameters<typeof applyChange>[2];
  /** Whether the key's placement group may lack something. */
  readonly isIncomplete: (key: string) => boolean;
}

const NO_RECORD = encodeRecord(emptyRecord);

/** Drafts and adopts for one engine. */
export class Drafting {
  readonly #options: DraftingOptions;

  constructor(options: DraftingOptions) {
    this.#options = options;
  }

  /** As `Engine.draft`. */
  draft(key: string, id: string, change: Change): RecordText | undefined {
    const { table, drafts, draftActor, commit, state, environment, isIncomplete } = this.#options;
    state.assertOpen();
    if (commit.readOnlyReason !== undefined || isIncomplete(key)) return undefined;
    const { text = NO_RECORD, group } = table.look(key);
    if (group !== undefined && this.#hasOwnPending(key, text)) return undefined;
    const base = drafts.base(key, text);
    const actor = base === undefined ? undefined : draftActor.nameFor(key);
    if (base === undefined || actor === undefined) return undefined;
    const outcome = applyChange(decodeRecord(base), change, environment(actor));
    if (outcome.type !== 'applied') return undefined;
    const drafted = encodeRecord(outcome.record);
    drafts.add(key, id, drafted);
    return drafted;
  }

  /** As `Engine.adopt`. */
  async adopt(key: string, draft: RecordText, notAfterMs = Infinity): Promise<AdoptOutcome> {
    const { table, drafts, commit, state, clock, isIncomplete } = this.#options;
    // Not in a function of its own: nothing may come between seeing that there is room and taking it.
    while (!commit.hasRoom) await commit.room();
    state.assertOpen();
    if (isIncomplete(key)) return 'refused';
    const { text = NO_RECORD, group } = table.look(key);
    const order = draft === text ? 'equal' : compareContextTexts(contextTextOf(text), contextTextOf(draft));
    if (order === 'equal' || order === 'after') {
      await group?.durable;
      return 'held';
    }
    // A draft of this node's own may be about to be held by others.
    if (order === 'concurrent' || !drafts.areSeenBy(key, draft)) return 'refused';
    // The coordinator may have let go of it, and have drafted another in its place.
    if (clock.monotonicMs() > notAfterMs) return 'refused';
    decodeRecord(draft);
    await this.put(key, draft).durable;
    return 'adopted';
  }

  /** As `Engine.withdraw`. */
  async withdraw(key: string, { id, record }: WithdrawnDraft): Promise<WithdrawOutcome> {
    const { table, drafts } = this.#options;
    const { text = NO_RECORD, group } = table.look(key);
    const isHeld = record === undefined ? drafts.isSettled(key, id) : hasSeen(text, record);
    if (!isHeld) return { type: drafts.withdraw(key, id) ? 'withdrawn' : 'built-upon' };
    await group?.durable;
    return { type: 'held', record: text };
  }

  /** Puts a record, from which on the drafts that it has seen are real. @throws as GroupCommit.put */
  put(key: string, text: RecordText): CommitGroup {
    const group = this.#options.commit.put(key, text);
    this.#options.drafts.settle(key, text);
    return group;
  }

  /**
   * Whether the record has dots of this incarnation that are not on disk: whoever is told of these must not be told before,
   * as a crash takes them back and they come again.
   */
  #hasOwnPending(key: string, text: RecordText): boolean {
    const { table, actor } = this.#options;
    const counterIn = (held: RecordText) => decodeContext(contextTextOf(held)).get(actor) ?? 0;
    return counterIn(text) !== counterIn(table.durableText(key) ?? NO_RECORD);
  }
}
