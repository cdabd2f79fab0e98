import { expect, test } from 'vitest';
import { OptionsError } from '../command-line.ts';
import { parseScaleOptions } from './options.ts';

test('everything has a default and can be said', () => {
  const usual = { seconds: 3, rounds: 2, simulated: [3, 10, 100, 1_000], resultFile: undefined };
  expect(parseScaleOptions([])).toEqual(usual);
  const line = '--seconds 1 --rounds 4 --simulated 5,50 --json a.json';
  expect(parseScaleOptions(line.split(' '))).toEqual({
    seconds: 1,
    rounds: 4,
    simulated: [5, 50],
    resultFile: 'a.json',
  });
});

test.each([
  [['--seconds', '0'], '--seconds'],
  [['--simulated', '10,x'], '--simulated'],
  [['--nodes', '10'], '--nodes'],
])('%j is refused by name', (parameters, name) => {
  expect(() => parseScaleOptions(parameters)).toThrow(OptionsError);
  expect(() => parseScaleOptions(parameters)).toThrow(name);
});
