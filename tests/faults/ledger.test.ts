import { expect, test } from 'vitest';
import { Ledger } from './ledger.ts';

function ledgerOf(acknowledged: number, unknown: number): Ledger {
  const ledger = new Ledger();
  for (let count = 1; count <= unknown; count += 1) ledger.addPerhaps();
  for (let count = 1; count <= acknowledged; count += 1) ledger.add({ quantity: count, version: count });
  return ledger;
}

test.each([3, 4, 5])('3 additions made and 2 that may have been come to %i', (quantity) => {
  expect(() => ledgerOf(3, 2).judge({ quantity, version: 9 })).not.toThrow();
});

test('a lost addition is caught', () => {
  expect(() => ledgerOf(3, 2).judge({ quantity: 2, version: 9 })).toThrow('holds 2, not 3 to 5');
});

test('an addition that was made twice is caught', () => {
  expect(() => ledgerOf(3, 0).judge({ quantity: 4, version: 9 })).toThrow('holds 4, not 3 to 3');
  expect(() => ledgerOf(3, 0).add({ quantity: 5, version: 9 })).toThrow('holds 5');
});

test('an older version is caught', () => {
  expect(() => ledgerOf(3, 0).judge({ quantity: 3, version: 2 })).toThrow('version 2 is shown after version 3');
});
