import { expect, test } from 'vitest';
import { OptionsError } from '../command-line.ts';
import { parseCrushOptions } from './options.ts';

test('unless told otherwise it places by a thousand nodes', () => {
  expect(parseCrushOptions([])).toEqual({
    nodes: 1_000,
    zones: 10,
    placementGroups: 4_096,
    keys: 500_000,
    rounds: 7,
    resultFile: undefined,
  });
});

test.each([['--nodes', '1'], ['--groups', '70000'], ['--rounds', 'few'], ['--shards', '3'], ['stray']])(
  'refuses %j %j',
  (...words) => {
    expect(() => parseCrushOptions(words)).toThrow(OptionsError);
  },
);
