import { expect, test } from 'vitest';
import { OptionsError } from '../command-line.ts';
import { parseClaimOptions } from './options.ts';

test('everything has a default and can be said', () => {
  expect(parseClaimOptions([])).toEqual({
    claims: 6_000,
    connections: [64, 8],
    rounds: 3,
    contended: 50,
    resultFile: undefined,
  });
  const said = ['--claims', '10', '--connections=1', '--rounds', '2', '--contended', '5', '--json', 'out.json'];
  expect(parseClaimOptions(said)).toEqual({
    claims: 10,
    connections: [1],
    rounds: 2,
    contended: 5,
    resultFile: 'out.json',
  });
});

test.each([['--claims', '9001'], ['--connections', '8,'], ['--rounds', '0'], ['--contended', 'x'], ['--what']])(
  '%j %j is refused by name',
  (...parameters) => {
    expect(() => parseClaimOptions(parameters)).toThrow(OptionsError);
    expect(() => parseClaimOptions(parameters)).toThrow(parameters[0]);
  },
);
