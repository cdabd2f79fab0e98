/*
 * Replays the journal on top of what the placement group files hold. Entries are whole records and the last one wins.
 */
import { compareContextTexts, contextTextOf, uniteTexts, type RecordText } from '@trolley/records';
import type { Disk } from './disk.ts';
import type { HintLedger } from './hint-ledger.ts';
import { readEntries, type InspectedJournal } from './journal-recovery.ts';
import type { RecordTable } from './record-table.ts';

/** What replaying works with. */
export interface ReplayOptions {
  readonly disk: Disk;
  readonly folder: string;
  readonly journal: InspectedJournal;
  readonly table: RecordTable;
  readonly hints: HintLedger;
  /**
   * Later entries may be lost, and a file can already know better than the journal's last word: going back behind it
   * would free dots that are taken.
   */
  readonly isDoubtful: boolean;
}

/** Puts what the journal holds into table and hints. @returns the number of entries. @throws as `readEntries` */
export async function replay({ disk, folder, journal, table, hints, isDoubtful }: ReplayOptions): Promise<number> {
  let entries = 0;
  await readEntries(disk, folder, journal.segments, (entry) => {
    entries += 1;
    if (entry.kind === 'hint') {
      hints.add(entry.node, entry.keys);
      return;
    }
    const held = isDoubtful ? table.look(entry.key).text : undefined;
    if (entry.kind === 'put') {
      const text = held === undefined ? entry.text : uniteTexts(held, entry.text);
      table.markDirty(table.load(entry.key, text));
    } else if (held === undefined || hasSeenAllOf(entry.context, held)) {
      table.markDirty(table.unload(entry.key));
    }
  });
  return entries;
}

function hasSeenAllOf(droppedContext: string, held: RecordText): boolean {
  const order = compareContextTexts(droppedContext, contextTextOf(held));
  return order === 'equal' || order === 'after';
}
