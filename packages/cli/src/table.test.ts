import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { cell, drawTable, tableLines, tableText } from './table.ts';
import { createTerminal } from './terminal.ts';
import { createTestContext } from './testing/test-context.ts';

const table = {
  kind: 'node',
  headings: ['Node', 'State'],
  rows: [
    [cell('node-1', 'strong'), cell('up', 'good')],
    [cell('a\tb\nc'), cell(2)],
  ],
};

test('in a pipe a row is one line with a tab between values, whatever the values hold', () => {
  expect(tableLines(table)).toEqual(['node\tnode-1\tup', 'node\ta\uFFFDb\uFFFDc\t2']);
});

test('on a screen a table is drawn with its headings, and columns line up', () => {
  const { colours } = createTestContext({ isTTY: true }).terminal;
  const lines = stripVTControlCharacters(drawTable(table, colours)).split('\n');
  expect(lines.join('\n')).toContain('Node');
  expect(lines.join('\n')).toContain('node-1');
  expect(new Set(lines.map((line) => line.length)).size).toBe(1);
});

test('the form follows where the output goes', () => {
  const screen = tableText(createTestContext({ isTTY: true }).terminal, table);
  expect(screen).toHaveLength(1);
  expect(screen[0]).toContain('│');
  expect(tableText(createTestContext().terminal, table)).toEqual(tableLines(table));
});

test.each([
  [{ isTTY: true }, {}, true],
  [{ isTTY: true }, { NO_COLOR: '1' }, false],
  [{ isTTY: true }, { NO_COLOR: '' }, true],
  [{ isTTY: true }, { TERM: 'dumb' }, false],
  [{ isTTY: false }, {}, false],
  [{ isTTY: false }, { FORCE_COLOR: '1' }, true],
  [{ isTTY: true }, { FORCE_COLOR: '0' }, false],
  [{ isTTY: true }, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
])('colours with %j and %j: %s', (stream, environment, coloured) => {
  const { colours } = createTerminal({ ...stream, write: () => true }, { write: () => true }, environment);
  expect(colours.red('x') !== 'x').toBe(coloured);
});

test('the progress line is rewritten on a screen, taken away before the next line, and not written to a pipe', () => {
  const screen = createTestContext({ isTTY: true });
  screen.terminal.progress('1 of 2');
  screen.terminal.progress('2 of 2');
  screen.terminal.line('done');
  expect(screen.written).toEqual({ out: 'done\n', error: '\r\u001B[2K1 of 2\r\u001B[2K2 of 2\r\u001B[2K' });
  const pipe = createTestContext();
  pipe.terminal.progress('1 of 2');
  pipe.terminal.progressDone();
  expect(pipe.written).toEqual({ out: '', error: '' });
});
