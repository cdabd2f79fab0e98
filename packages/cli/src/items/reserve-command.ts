/*
 * Reserving, for the library and the theatre alike: shows how far it is, what became of each item, and the number
 * that really succeeded. Fails unless that is all of them.
 */
import { CommandFailure } from '../failure.ts';
import { counted } from '../printable.ts';
import { cell, type TableContents } from '../table.ts';
import { progressOf, show, type Desk } from './desk.ts';
import { reasonText } from './item-text.ts';
import type { ReserveRequest } from './items-client.ts';
import { reserveItems, type ReserveReport } from './reserve-items.ts';

/** Reserves and tells. @throws CommandFailure unless every item was reserved */
export async function reserveAndTell(desk: Desk, request: ReserveRequest): Promise<void> {
  const { terminal } = desk.context;
  let report: ReserveReport;
  try {
    report = await reserveItems(desk.client, request, progressOf(desk, 'Reserving'));
  } finally {
    terminal.progressDone();
  }
  show(desk, outcomesTable(report), report);
  const { wanted, reserved, unknown } = report;
  const total = `Reserved ${reserved.length} of ${counted(wanted, desk.noun)}.`;
  if (!desk.json) terminal.line(terminal.interactive ? total : `total\t${reserved.length}\t${wanted}`);
  if (reserved.length === wanted) return;
  throw new CommandFailure(
    `${wanted - reserved.length} of ${counted(wanted, desk.noun)} not reserved.`,
    unknown.length === 0 ? undefined : 'What is not known may have been reserved: look at the reservations later.',
  );
}

function outcomesTable({ reserved, refused, unknown }: ReserveReport): TableContents {
  return {
    kind: 'outcome',
    headings: ['Item', 'Outcome', 'Reservation or reason'],
    rows: [
      ...reserved.map(({ item, id }) => [cell(item), cell('reserved', 'good'), cell(id, 'faint')]),
      ...refused.map(({ item, reason }) => [cell(item), cell('refused', 'bad'), cell(reasonText(reason))]),
      ...unknown.map(({ item, reason }) => [cell(item), cell('unknown', 'caution'), cell(reason)]),
    ],
  };
}
