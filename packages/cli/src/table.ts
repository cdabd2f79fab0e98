/*
 * Tables: drawn with lines and colours on a screen, one line of tab-separated values for each row in a
 * pipe, without headings, so that `cut` and `awk` need no special case.
 */
import Table from 'cli-table3';
import { printable } from './printable.ts';
import type { Colours, Terminal } from './terminal.ts';

/** What a cell says beyond its text. */
export type Tone = 'plain' | 'good' | 'bad' | 'caution' | 'faint' | 'strong';

export interface Cell {
  readonly text: string;
  readonly tone: Tone;
}

export interface TableContents {
  /** The first value of each line in a pipe, to tell several tables apart. */
  readonly kind: string;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A cell of a table. */
export function cell(text: string | number, tone: Tone = 'plain'): Cell {
  return { text: String(text), tone };
}

/** A table in the form that suits where it goes: drawn as one text, or a line for each row. */
export function tableText(
  terminal: Pick<Terminal, 'interactive' | 'colours'>,
  table: TableContents,
): readonly string[] {
  return terminal.interactive ? [drawTable(table, terminal.colours)] : tableLines(table);
}

/** The table as tab-separated lines. */
export function tableLines(table: TableContents): string[] {
  return table.rows.map((row) => [table.kind, ...row.map((each) => printable(each.text))].join('\t'));
}

/** The table drawn with lines. */
export function drawTable(table: TableContents, colours: Colours): string {
  const drawn = new Table({
    head: table.headings.map((heading) => colours.bold(heading)),
    style: { head: [], border: [], compact: true },
  });
  for (const row of table.rows) drawn.push(row.map((each) => paint(each, colours)));
  return drawn.toString();
}

/** The text of a cell in the colour of its tone. */
function paint({ text, tone }: Cell, colours: Colours): string {
  return painterOf(tone, colours)(printable(text));
}

function painterOf(tone: Tone, colours: Colours): (text: string) => string {
  const painters: Record<Tone, (text: string) => string> = {
    plain: (text) => text,
    good: colours.green,
    bad: colours.red,
    caution: colours.yellow,
    faint: colours.dim,
    strong: colours.bold,
  };
  return painters[tone];
}
