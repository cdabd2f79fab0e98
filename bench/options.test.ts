import { expect, test } from 'vitest';
import { OptionsError } from './command-line.ts';
import { parseOptions } from './options.ts';
import { SYSTEM_NAMES } from './system/system-names.ts';

const usual = {
  systems: SYSTEM_NAMES,
  mixes: ['post', 'get', 'half'],
  connections: [64, 8],
  seconds: 3,
  warmUpSeconds: 1,
  firstWarmUpSeconds: 10,
  rounds: 3,
  resultsFolder: undefined,
};

test('everything has a default', () => {
  expect(parseOptions([])).toEqual(usual);
});

test('everything can be said', () => {
  const line = '--systems etcd,trolley --mixes half --connections 8 --seconds 2 --warm-up-seconds=4 --rounds 5';
  expect(parseOptions([...line.split(' '), '--results', 'some folder'])).toEqual({
    systems: ['trolley', 'etcd'],
    mixes: ['half'],
    connections: [8],
    seconds: 2,
    warmUpSeconds: 4,
    firstWarmUpSeconds: 10,
    rounds: 5,
    resultsFolder: 'some folder',
  });
});

test('quick is short, unless said otherwise', () => {
  expect(parseOptions(['--quick'])).toEqual({
    ...usual,
    connections: [64],
    seconds: 1,
    firstWarmUpSeconds: 1,
    rounds: 1,
  });
  expect(parseOptions(['--quick', '--rounds', '2']).rounds).toBe(2);
});

test.each([
  [['--seconds', '0'], '--seconds'],
  [['--seconds', '601'], '--seconds'],
  [['--rounds', '1.5'], '--rounds'],
  [['--connections', '1e3'], '--connections'],
  [['--connections', ''], '--connections'],
  [['--connections', '64,,8'], '--connections'],
  [['--systems', 'trolley,mysql'], 'mysql is none of'],
  [['--mixes', 'put'], '--mixes'],
  [['--second', '3'], '--second'],
  [['somewhere'], 'somewhere'],
])('%j is refused by name', (parameters, name) => {
  expect(() => parseOptions(parameters)).toThrow(OptionsError);
  expect(() => parseOptions(parameters)).toThrow(name);
});
