import { expect, test } from 'vitest';
import { OptionsError, parseOptions } from './options.ts';

test('everything has a default', () => {
  expect(parseOptions([])).toEqual({
    seconds: 8,
    warmUpSeconds: 3,
    connections: 64,
    rounds: 3,
    resultFile: undefined,
  });
});

test('everything can be said', () => {
  const parameters = [
    '--seconds',
    '2',
    '--warm-up-seconds=1',
    '--connections',
    '8',
    '--rounds',
    '5',
    '--json',
    'out.json',
  ];
  expect(parseOptions(parameters)).toEqual({
    seconds: 2,
    warmUpSeconds: 1,
    connections: 8,
    rounds: 5,
    resultFile: 'out.json',
  });
});

test.each([
  [['--seconds', '0'], '--seconds'],
  [['--seconds', '601'], '--seconds'],
  [['--rounds', '1.5'], '--rounds'],
  [['--connections', '1e3'], '--connections'],
  [['--connections', ''], '--connections'],
  [['--second', '3'], '--second'],
  [['somewhere'], 'somewhere'],
])('%j is refused by name', (parameters, name) => {
  expect(() => parseOptions(parameters)).toThrow(OptionsError);
  expect(() => parseOptions(parameters)).toThrow(name);
});
