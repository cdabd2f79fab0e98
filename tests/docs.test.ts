/*
 * What the documents say that code can check: every setting with its default, every metric, log lines that are quoted,
 * and the test that holds each promise. A document that is wrong at night is worse than none.
 */
import { describe, expect, test } from 'vitest';
import { parseSettings as parseGatewaySettings } from '../packages/gateway/src/settings.ts';
import { parseSettings as parseNodeSettings } from '../packages/dbnode/src/settings.ts';
import { filesUnder } from './support/source-tree.ts';

const textOf = (folder: string, name: string) => filesUnder(folder, name).map(({ text }) => text)[0] ?? '';
const operations = textOf('docs', 'operations.md');
const consistency = textOf('docs', 'consistency.md');

/** What only tests or `trolley up` set. */
const NOT_FOR_OPERATORS = new Set(['LAUNCHER_URL', 'LAUNCHER_TOKEN']);

const shipped = ['cluster', 'dbnode', 'gateway', 'cli']
  .flatMap((name) => filesUnder(`packages/${name}/src`, '.ts'))
  .filter(({ name }) => !name.endsWith('.test.ts'));

describe.each([
  ['Gateway', 'packages/gateway/src', parseGatewaySettings],
  ['Storage node', 'packages/dbnode/src', parseNodeSettings],
] as const)('the settings of a %s', (heading, folder, parse) => {
  const described = settingsUnder(`### ${heading}`);

  test('are those that it takes', () => {
    const schemas = textOf(folder, '/settings.ts') + textOf('packages/cluster/src/serving', '/settings.ts');
    const taken = [...schemas.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name = '']) => name);
    expect(taken.length).toBeGreaterThan(15);
    const wanted = taken.filter((name) => !NOT_FOR_OPERATORS.has(name)).toSorted();
    expect([...described.keys()].filter((name) => name !== 'LAUNCHER_*').toSorted()).toEqual(wanted);
  });

  test('have the defaults that are said', () => {
    const needed = { REGISTRY_URL: 'http://127.0.0.1:1', DATA_DIR: '/data' };
    const said = [...described].filter(
      ([name, value]) => /^(?:[a-z]+|[\d.]+[a-z]*|127\.0\.0\.1)$/.test(value) && !(name in needed),
    );
    expect(said.length).toBeGreaterThan(10);
    expect(parse({ ...needed, ...Object.fromEntries(said) })).toEqual(parse(needed));
  });
});

test('every metric is explained, and every one that is named exists', () => {
  const code = shipped.filter(({ name }) => name.endsWith('/metrics.ts')).map(({ text }) => text);
  const existing = namesIn(code.join('\n'), /'(trolley_(?:node|gateway)_\w+)'/g);
  const named = namesIn(operations, /\b(trolley_(?:node|gateway)_\w+)/g);
  const base = (name: string) => (existing.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, ''));
  expect(existing.size).toBeGreaterThan(25);
  expect([...named].map(base).filter((name) => !existing.has(name))).toEqual([]);
  expect([...existing].filter((name) => !named.has(name))).toEqual([]);
});

test('every log line that is listed is one', () => {
  const list = operations.slice(operations.indexOf('## Log lines that matter'));
  const lines = [...list.matchAll(/^- ((?:`[^`]+`(?:,\s+)?)+)/gm)].flatMap(([, quoted = '']) =>
    [...quoted.matchAll(/`([^`]+)`/g)].map(([, line = '']) => line.replaceAll(/\s+/g, ' ')),
  );
  expect(lines.length).toBeGreaterThan(25);
  const code = shipped.map(({ text }) => text).join('\n');
  const isLogged = (line: string) => line.split('...').every((part) => code.includes(part.trim()));
  expect(lines.filter((line) => !isLogged(line))).toEqual([]);
});

test('every event is explained', () => {
  const code = textOf('packages/gateway/src', '/events.ts');
  const types = [...code.matchAll(/\btype: ((?:'[a-z-]+'(?: \| )?)+)/g)].flatMap(([, names = '']) =>
    [...names.matchAll(/'([a-z-]+)'/g)].map(([, name = '']) => name),
  );
  expect(types.length).toBeGreaterThan(10);
  expect(types.filter((type) => !new RegExp(`^\\| .*\`${type}\``, 'm').test(operations))).toEqual([]);
});

describe('the promises', () => {
  const promises = consistency.split(/^(?=\*\*I\d+:)/m).slice(1);

  test('are numbered from 1 on', () => {
    const numbers = promises.map((text) => Number(/^\*\*I(\d+)/.exec(text)?.[1]));
    expect(numbers.length).toBeGreaterThan(15);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  test.each(promises.map((text) => [text.slice(2, text.indexOf(':')), text] as const))(
    '%s is held by tests that there are',
    (number, text) => {
      const quoted = testsNamedIn(text.slice(text.indexOf('- Tests:')));
      expect(quoted.length).toBeGreaterThan(0);
      const missing = quoted.filter(({ file, title }) => !hasTitle(file, title));
      expect(missing).toEqual([]);
      expect(quoted.some(({ title }) => new RegExp(`^[I\\d, ]*\\b${number}\\b`).test(title))).toBe(true);
    },
  );

  test('that a test holds are written down', () => {
    const tests = ['packages', 'tests'].flatMap((folder) => filesUnder(folder, '.test.ts'));
    const titles = tests.flatMap(({ text }) =>
      [...text.matchAll(/(?:\(|^\s+)['`](I\d+(?:, I\d+)*): /gm)].map(([, ids = '']) => ids),
    );
    const held = new Set(titles.flatMap((ids) => ids.split(', ')));
    expect(held.size).toBeGreaterThan(15);
    expect([...held].filter((id) => !consistency.includes(`**${id}:`))).toEqual([]);
  });
});

/** Names and defaults in the table under a heading; a default that is not set is empty. */
function settingsUnder(heading: string): ReadonlyMap<string, string> {
  const section = operations.slice(operations.indexOf(`\n${heading}\n`)).split(/\n#+ /)[1] ?? '';
  const rows = section.matchAll(/^\| `([A-Z_*]+)` +\| +([^|]*?) *\|/gm);
  return new Map([...rows].map(([, name = '', value = '']) => [name, /^`([^`]+)`/.exec(value)?.[1] ?? '']));
}

/** The quoted titles, each with the file that was named last before it. */
function testsNamedIn(text: string): readonly { readonly file: string; readonly title: string }[] {
  const found: { file: string; title: string }[] = [];
  let file = '';
  for (const [, name, title] of text.matchAll(/`([\w./-]+\.test\.ts)`|"([^"]+)"/g)) {
    if (name !== undefined) file = name;
    else if (title !== undefined) found.push({ file, title: title.replaceAll(/\s+/g, ' ') });
  }
  return found;
}

/** Whether a file has a test with this title, parameters as they stand in the code. */
function hasTitle(file: string, title: string): boolean {
  return textOf(file.slice(0, file.lastIndexOf('/')), file).includes(title);
}

function namesIn(text: string, pattern: RegExp): ReadonlySet<string> {
  return new Set([...text.matchAll(pattern)].map(([, name = '']) => name));
}
