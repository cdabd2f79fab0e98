import { expect, test } from 'vitest';
import { missingNodes } from './await-ready.ts';

test('a node serves when it is up and the map places data on it', () => {
  const nodes = [
    { id: 'node-1', up: true, state: 'in' },
    { id: 'node-2', up: true, state: 'absent' },
    { id: 'node-3', up: false, state: 'in' },
    { id: 'stranger', up: true, state: 'in' },
  ];
  expect(missingNodes({ nodes }, ['node-1', 'node-2', 'node-3', 'node-4'])).toEqual(['node-2', 'node-3', 'node-4']);
  expect(missingNodes({ nodes }, ['node-1'])).toEqual([]);
});
