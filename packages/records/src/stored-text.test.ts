import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { MalformedRecordError } from './canonical-text.ts';
import { contextTextOf } from './decode.ts';
import { encodeRecord } from './encode.ts';
import { decodeRegister, encodeRegister, isRegisterText, promisedCounterOf } from './register-text.ts';
import { compareBallots, emptyRegister, type Ballot, type Register } from './register.ts';
import {
  comparableText,
  compareContextTexts,
  isDeletedText,
  mergeTexts,
  textRemembersUntilMs,
  uniteTexts,
  versionOfContext,
} from './stored-text.ts';
import { anyStates, hostileNames } from './testing/histories.ts';
import { isTombstoneText } from './tombstone.ts';
import { emptyRecord, remove, update, write } from './update.ts';

const register = (accepted: Ballot, value: string | null, promised = accepted, heard = false): Register => ({
  accepted,
  value,
  promised,
  heard,
});
const text = (...parts: Parameters<typeof register>) => encodeRegister(register(...parts));
const live = encodeRecord(write(emptyRecord, 'a.1', [['quantity', 1]]));

const anyBallot: fc.Arbitrary<Ballot> = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.constantFrom('a', 'b-1.x', 'c_'));
const anyValue = fc.oneof(
  fc.constant(null),
  fc.string(),
  fc.json(),
  fc.constantFrom(...hostileNames, 'null', ',null]'),
);
/** One value for each ballot, as proposers see to. */
const valueOf = (ballot: Ballot) => (ballot[0] % 4 === 0 ? null : JSON.stringify(ballot));
const anyRegister: fc.Arbitrary<Register> = fc
  .tuple(anyBallot, anyBallot, fc.boolean(), fc.boolean())
  .map(([one, other, isEmpty, heard]) => {
    const [low, high] = compareBallots(one, other) < 0 ? [one, other] : [other, one];
    return isEmpty ? { ...emptyRegister, promised: high } : register(low, valueOf(low), high, heard);
  });

/** The register of a replica that hears of these, one after the other. */
function learnedFrom(texts: readonly string[]): Register {
  const learned = texts.reduce<string | undefined>((own, next) => mergeTexts(own, next, 0), undefined);
  return decodeRegister(learned ?? encodeRegister(emptyRegister));
}

describe('a register as text', () => {
  test.each<readonly [Register, string]>([
    [emptyRegister, '["r",[0,""],[0,""],null]'],
    [register([5, 'p'], '{"a":1}', [6, 'p']), String.raw`["r",[5,"p"],[6,"p"],"{\"a\":1}"]`],
    [register([5, 'p'], null, [6, 'q'], true), '["h",[5,"p"],[6,"q"],null]'],
  ])('%j is %s', (value, expected) => {
    expect(encodeRegister(value)).toBe(expected);
    expect(decodeRegister(expected)).toEqual(value);
  });

  it('leads back to what it was made of, whatever the value', () => {
    fc.assert(
      fc.property(anyBallot, anyValue, fc.boolean(), (ballot, value, heard) => {
        const made = register(ballot, value, [ballot[0] + 1, 'p'], heard);
        const encoded = encodeRegister(made);
        expect(decodeRegister(encoded)).toEqual(made);
        expect(isRegisterText(encoded)).toBe(true);
        expect(contextTextOf(encoded)).toBe(JSON.stringify(ballot));
        expect(promisedCounterOf(encoded)).toBe(ballot[0] + 1);
        expect(isTombstoneText(encoded)).toBe(value === null || value.startsWith('[null,'));
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    '',
    '[]',
    'null',
    live,
    '["r"]',
    '["x",[1,"p"],[1,"p"],null]',
    '["r",[1,"p"],[1,"p"],1]',
    '["r",[1,"p"],[1,"p"],{}]',
    '["r",[1,"p"],[1,"p"]]',
    '["r",[1,"p"],[1,"p"],null,null]',
    '["r", [1,"p"],[1,"p"],null]',
    '["r",[2,"p"],[1,"p"],null]',
    '["r",[0,"p"],[1,"p"],null]',
    '["r",[1,""],[1,"p"],null]',
    '["r",[1,"]"],[1,"]"],null]',
    '["r",[1.5,"p"],[2,"p"],null]',
    '["r",[-1,"p"],[2,"p"],null]',
    '["r",[1e0,"p"],[2,"p"],null]',
    '["r",[9007199254740992,"p"],[9007199254740992,"p"],null]',
    '["r",[0,""],[2,"p"],"v"]',
    '["h",[0,""],[2,"p"],null]',
  ])('%s is none', (malformed) => {
    expect(() => decodeRegister(malformed)).toThrow(MalformedRecordError);
  });
});

describe('merging', () => {
  it('keeps the higher ballot with its value, and promises as they are', () => {
    const own = text([3, 'p'], 'old', [4, 'p']);
    const other = text([5, 'q'], 'new', [9, 'x']);
    expect(mergeTexts(own, other, 0)).toBe(text([5, 'q'], 'new', [5, 'q']));
    expect(mergeTexts(undefined, other, 0)).toBe(text([5, 'q'], 'new', [5, 'q']));
    expect(mergeTexts(other, own, 0)).toBe(other);
    expect(mergeTexts(text([3, 'p'], 'old', [7, 'p']), other, 0)).toBe(text([5, 'q'], 'new', [7, 'p'], true));
  });

  it('comes to the same accepted ballot and value in any order, however often', () => {
    fc.assert(
      fc.property(fc.array(anyRegister, { minLength: 1 }), fc.array(fc.nat()), (registers, picks) => {
        const texts = registers.map(encodeRegister);
        const again = picks.map((pick) => texts[pick % texts.length] ?? '');
        const [one, other] = [learnedFrom(texts), learnedFrom([...again, ...texts.toReversed()])];
        expect([other.accepted, other.value]).toEqual([one.accepted, one.value]);
        const highest = registers.reduce((a, b) => (compareBallots(a.accepted, b.accepted) < 0 ? b : a));
        expect([one.accepted, one.value]).toEqual([highest.accepted, highest.value]);
      }),
    );
  });

  it('gives the very text when it brings nothing new', () => {
    fc.assert(
      fc.property(anyRegister, anyRegister, (one, other) => {
        const [own, incoming] = [encodeRegister(one), encodeRegister(other)];
        const isNews = compareBallots(one.accepted, other.accepted) < 0;
        expect(mergeTexts(own, incoming, 0) === own).toBe(!isNews);
        expect(decodeRegister(mergeTexts(own, incoming, 0)).promised[0]).toBeGreaterThanOrEqual(one.promised[0]);
      }),
    );
  });

  it('does with causal records what merging records does', () => {
    fc.assert(
      fc.property(anyStates(2), (states) => {
        const [a, b] = states.map(({ record }) => encodeRecord(record));
        if (a === undefined || b === undefined) return;
        expect(mergeTexts(a, b, 0)).toBe(mergeTexts(b, a, 0));
        expect(mergeTexts(undefined, b, 0)).toBe(b);
        expect(uniteTexts(a, b)).toBe(mergeTexts(a, b, 0));
      }),
    );
  });

  it('never mixes the two kinds, nor takes in what is neither', () => {
    const held = text([1, 'p'], 'v');
    for (const merge of [uniteTexts, (a: string, b: string) => mergeTexts(a, b, 0)]) {
      expect(() => merge(held, live)).toThrow(MalformedRecordError);
      expect(() => merge(live, held)).toThrow(MalformedRecordError);
      expect(() => merge(held, '["r",nonsense')).toThrow(MalformedRecordError);
    }
    expect(() => mergeTexts(undefined, '["r"]', 0)).toThrow(MalformedRecordError);
    expect(() => mergeTexts(undefined, '', 0)).toThrow(MalformedRecordError);
    expect(() => compareContextTexts('[1,"p"]', '[["a.1",1]]')).toThrow(MalformedRecordError);
  });
});

describe('two states of one replica', () => {
  it('unite to one that forgets no promise and nothing accepted', () => {
    fc.assert(
      fc.property(anyRegister, anyRegister, (one, other) => {
        const united = decodeRegister(uniteTexts(encodeRegister(one), encodeRegister(other)));
        for (const { accepted, promised } of [one, other]) {
          expect(compareBallots(united.accepted, accepted)).toBeGreaterThanOrEqual(0);
          expect(compareBallots(united.promised, promised)).toBeGreaterThanOrEqual(0);
        }
        const sources = [one, other].map(({ accepted, value }) => JSON.stringify([accepted, value]));
        expect(sources).toContain(JSON.stringify([united.accepted, united.value]));
      }),
    );
  });
});

describe('what replicas compare', () => {
  it('of a register is what was accepted: neither promises nor whether it was heard of', () => {
    expect(comparableText(text([5, 'p'], 'v', [9, 'q'], true))).toBe('[5,"p"]');
    expect(comparableText(text([5, 'p'], 'v'))).toBe('[5,"p"]');
    expect(comparableText(encodeRegister({ ...emptyRegister, promised: [9, 'q'] }))).toBeUndefined();
    expect(comparableText(live)).toBe(live);
  });

  it('puts ballots in order, and shows their counters as versions', () => {
    expect(compareContextTexts('[5,"p"]', '[5,"p"]')).toBe('equal');
    expect(compareContextTexts('[5,"p"]', '[5,"q"]')).toBe('before');
    expect(compareContextTexts('[10,"p"]', '[9,"q"]')).toBe('after');
    expect(compareContextTexts('[["a.1",1]]', '[["b.1",1]]')).toBe('concurrent');
    expect(versionOfContext('[7,"p"]')).toBe(7);
    expect(versionOfContext('[["a.1",3],["b.1",4]]')).toBe(7);
    expect(versionOfContext('[]')).toBe(0);
  });
});

test('what was deleted or released can be told from what lives, and until when it remembers requests', () => {
  const gone = encodeRecord(remove(write(emptyRecord, 'a.1', [['quantity', 1]]), 'a.1', ['quantity']));
  const remembering = encodeRecord(update(emptyRecord, 'a.1', { remove: [], set: [['request:r:f', 5_000]] }));
  expect([gone, remembering, text([5, 'p'], null)].map(isDeletedText)).toEqual([true, true, true]);
  const alive = [live, encodeRecord(emptyRecord), text([5, 'p'], 'null'), encodeRegister(emptyRegister)];
  expect(alive.map(isDeletedText)).toEqual(alive.map(() => false));
  expect(isDeletedText(encodeRegister({ ...emptyRegister, promised: [3, 'p'] }))).toBe(false);
  expect([gone, remembering, text([5, 'p'], null)].map(textRemembersUntilMs)).toEqual([0, 5_000, 0]);
});
