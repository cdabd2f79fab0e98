import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { MalformedRecordError } from './canonical-text.ts';
import { contextTextOf, decodeContext, decodeRecord } from './decode.ts';
import { encodeContext, encodeRecord } from './encode.ts';
import type { CausalRecord } from './record.ts';
import { anyHistory, anyStates, hostileNames } from './testing/histories.ts';
import { emptyRecord, write } from './update.ts';

const anyRecord = anyStates(1).map((states) => states[0]!.record);

test('the text is what the file format says', () => {
  const record = write(write(emptyRecord, 'b.1', [['line:apple', 2]]), 'a.1', [['exists', 1]]);
  expect(encodeRecord(record)).toBe('[[["a.1",1],["b.1",1]],[["exists",[["a.1",1,1]]],["line:apple",[["b.1",1,2]]]]]');
  expect(encodeRecord(emptyRecord)).toBe('[[],[]]');
});

test('a record comes back from its text', () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      const text = encodeRecord(record);
      expect(encodeRecord(decodeRecord(text))).toBe(text);
      expect(decodeContext(encodeContext(record.context))).toEqual(record.context);
      expect(contextTextOf(text)).toBe(encodeContext(record.context));
    }),
  );
});

test('equal records have equal texts, whatever the order in which they were put together', () => {
  const recordAndShuffled = anyRecord.chain((record) =>
    fc.tuple(
      fc.constant(record),
      fc.record({
        context: shuffled(record.context).map((entries) => new Map(entries)),
        fields: shuffled(record.fields).map(
          (fields) => new Map(fields.map(([field, siblings]) => [field, siblings.toReversed()])),
        ),
      }),
    ),
  );
  fc.assert(
    fc.property(recordAndShuffled, ([record, other]) => {
      expect(encodeRecord(other)).toBe(encodeRecord(record));
    }),
  );
});

test('different states have different texts', () => {
  fc.assert(
    fc.property(anyHistory, (states) => {
      const modelByText = new Map<string, unknown>();
      for (const { record, model } of states) {
        const text = encodeRecord(record);
        expect(modelByText.get(text) ?? model).toEqual(model);
        modelByText.set(text, model);
      }
    }),
  );
});

test('names are ordered by code unit, not by locale or code point', () => {
  const fields = ['Z', 'a', 'ä', 'é', '💥', '\uFFFD', '__proto__'];
  const record = write(
    emptyRecord,
    'n',
    fields.toReversed().map((field) => [field, 1]),
  );
  expect([...decodeRecord(encodeRecord(record)).fields.keys()]).toEqual([
    'Z',
    '__proto__',
    'a',
    'ä',
    'é',
    '💥',
    '\uFFFD',
  ]);
});

test('hostile names come back as they went', () => {
  const record = write(
    emptyRecord,
    'n',
    hostileNames.map((name, index) => [name, index]),
  );
  expect(decodeRecord(encodeRecord(record))).toEqual(record);
});

const record = (context: string, fields: string) => `[${context},${fields}]`;
const inFieldX = (siblings: string) => record('[["a",2],["b",2]]', `[["x",${siblings}]]`);

test.each([
  ['nothing', ''],
  ['no JSON', '[[],[]'],
  ['an object', '{"context":[],"fields":[]}'],
  ['null', 'null'],
  ['a context only', '[[]]'],
  ['a third part', '[[],[],[]]'],
  ['space between', '[[], []]'],
  ['space after', '[[],[]]\n'],
  ['a byte order mark', '\uFEFF[[],[]]'],
  ['an object as context', record('{"a":1}', '[]')],
  ['an object as fields', record('[]', '{"x":[]}')],
  ['an actor with a bracket', record('[["]]",1]]', '[]')],
  ['an actor with an escape', record('[["\\u0061",1]]', '[]')],
  ['an empty actor', record('[["",1]]', '[]')],
  ['a number as actor', record('[[1,1]]', '[]')],
  ['a counter of 0', record('[["a",0]]', '[]')],
  ['a negative counter', record('[["a",-1]]', '[]')],
  ['half a counter', record('[["a",1.5]]', '[]')],
  ['a counter as text', record('[["a","1"]]', '[]')],
  ['a counter too large to count', record('[["a",9007199254740992]]', '[]')],
  ['an infinite counter', record('[["a",1e999]]', '[]')],
  ['a counter spelt otherwise', record('[["a",1e0]]', '[]')],
  ['an actor without counter', record('[["a"]]', '[]')],
  ['an actor with two counters', record('[["a",1,2]]', '[]')],
  ['an actor twice', record('[["a",1],["a",2]]', '[]')],
  ['actors out of order', record('[["b",1],["a",1]]', '[]')],
  ['a number as field', record('[["a",1]]', '[[1,[["a",1,1]]]]')],
  ['a field without siblings', inFieldX('[]')],
  ['a field twice', record('[["a",1]]', '[["x",[["a",1,1]]],["x",[["a",1,1]]]]')],
  ['fields out of order', record('[["a",1]]', '[["y",[["a",1,1]]],["x",[["a",1,1]]]]')],
  ['a field escaped without need', record('[["a",1]]', '[["\\u0078",[["a",1,1]]]]')],
  ['a sibling without quantity', inFieldX('[["a",1]]')],
  ['a sibling of an unseen write', inFieldX('[["a",3,1]]')],
  ['a sibling of an unseen actor', inFieldX('[["c",1,1]]')],
  ['a sibling twice', inFieldX('[["a",1,1],["a",1,1]]')],
  ['two values of one dot', inFieldX('[["a",1,1],["a",1,2]]')],
  ['siblings out of order', inFieldX('[["b",1,1],["a",1,1]]')],
  ['two siblings of one actor', inFieldX('[["a",1,1],["a",2,1]]')],
  ['half a quantity', inFieldX('[["a",1,0.5]]')],
  ['a quantity as text', inFieldX('[["a",1,"1"]]')],
  ['no quantity', inFieldX('[["a",1,null]]')],
  ['minus zero', inFieldX('[["a",1,-0]]')],
  ['a quantity too large', inFieldX('[["a",1,9007199254740993]]')],
  ['nesting deeper than the stack', '['.repeat(200_000) + ']'.repeat(200_000)],
  ['a quantity nested deeper than the stack', inFieldX(`[["a",1,${'['.repeat(200_000)}${']'.repeat(200_000)}]]`)],
])('refuses %s', (_, text) => {
  expect(() => decodeRecord(text)).toThrow(MalformedRecordError);
});

test.each(['', '[', 'null', '[[]]', '[["a"]]', '[["a",0]]', '[["b",1],["a",1]]', '[[ "a",1]]'])(
  'refuses %j as a context',
  (text) => {
    expect(() => decodeContext(text)).toThrow(MalformedRecordError);
  },
);

test.each(['', '[]', '{}', 'null', '[["a",1]]', '[[["a",1]'])('cuts no context out of %j', (text) => {
  expect(() => contextTextOf(text)).toThrow(MalformedRecordError);
});

test('cuts the context out of a text with brackets in the names of fields', () => {
  const text = encodeRecord(write(emptyRecord, 'n', [[']],[[[],', 1]]));
  expect(contextTextOf(text)).toBe('[["n",1]]');
});

const REFUSED = 'refused';

test('whatever happens to a text, it is refused, or it is a record and the text is its own', () => {
  fc.assert(
    fc.property(anyRecord.chain(mutated), (text) => {
      expect([text, REFUSED]).toContain(readAndWritten(text));
    }),
    { numRuns: 3000 },
  );
});

test('any text at all is refused or read', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect([text, REFUSED]).toContain(readAndWritten(text));
    }),
  );
});

/** The text of what the text decodes to; fails when it is refused in any other way than it should be. */
function readAndWritten(text: string): string {
  try {
    return encodeRecord(decodeRecord(text));
  } catch (error) {
    if (error instanceof MalformedRecordError) return REFUSED;
    throw error;
  }
}

function shuffled<T>(elements: Iterable<T>): fc.Arbitrary<T[]> {
  const all = [...elements];
  return fc.shuffledSubarray(all, { minLength: all.length });
}

/** A record's text with a few pieces cut out, put in or moved. */
function mutated(original: CausalRecord): fc.Arbitrary<string> {
  const text = encodeRecord(original);
  const position = fc.nat({ max: text.length });
  const piece = fc.oneof(
    fc.constantFrom('[', ']', ',', '"', '\\', '-', '0', '1', '9', '.', 'e', ' ', '[]', '[["a",1]]', 'null', '{}'),
    fc.tuple(position, position).map(([from, to]) => text.slice(from, to)),
  );
  const edit = fc.record({ at: position, drop: fc.nat({ max: 4 }), piece: fc.option(piece, { nil: '' }) });
  return fc
    .array(edit, { minLength: 1, maxLength: 3 })
    .map((edits) =>
      edits.reduce((now, { at, drop, piece: put }) => now.slice(0, at) + put + now.slice(at + drop), text),
    );
}
