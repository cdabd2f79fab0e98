/*
 * Whose an item is.
 */
import { CommandFailure } from '../failure.ts';
import { forEachParallel } from '../parallel.ts';
import { counted } from '../printable.ts';
import { cell } from '../table.ts';
import { show, type Desk } from './desk.ts';
import type { Item } from './item-answers.ts';
import { itemName, timeText } from './item-text.ts';

const LOOKS_AT_ONCE = 8;

/** Shows who has each item. @throws CommandFailure when one of them is not there */
export async function showWhose(desk: Desk, ids: readonly string[]): Promise<void> {
  const found = new Map<string, Item | undefined>();
  for (const id of ids) found.set(id, undefined);
  await forEachParallel([...found.keys()], LOOKS_AT_ONCE, async (id) => {
    found.set(id, await desk.client.find(id));
  });
  const rows = [...found].map(([id, item]) => {
    if (item === undefined) return [cell(id, 'strong'), cell('-'), cell('there is no such item', 'bad'), cell('-')];
    const { holder } = item;
    if (holder === null) return [cell(id, 'strong'), cell(itemName(item)), cell('nobody', 'good'), cell('-')];
    const whose = holder.pending === true ? `${holder.email} (pending)` : holder.email;
    return [cell(id, 'strong'), cell(itemName(item)), cell(whose), cell(timeText(holder.since))];
  });
  const document = [...found].map(([id, item]) => item ?? { id, missing: true });
  show(desk, { kind: 'whose', headings: ['Item', 'What it is', 'Whose', 'Since'], rows }, document);
  const missing = document.filter((each) => 'missing' in each).length;
  if (missing > 0) throw new CommandFailure(`There is no such ${desk.noun}: ${counted(missing, 'id')} unknown.`);
}
