import { emptyRecord, merge, remove, userKey, write } from '@trolley/records';
import { expect, test } from 'vitest';
import { History } from './history.ts';

const key = userKey('ann@example.com');
const user = write(emptyRecord, 'a.1', [['exists', 1]]);
const cartOf = (...names: readonly string[]) =>
  names.reduce((record, name) => write(record, 'a.1', [[`line:${name}`, 1]]), user);

test('what is acknowledged must be seen by whoever looks from then on, and by nobody who looked before', () => {
  const history = new History();
  const before = history.begin(key);
  history.wrote(history.begin(key), 'pear', cartOf('pear'));
  history.read(before, user);
  expect(history.violations).toEqual([]);
  history.read(history.begin(key), user);
  expect(history.violations).toEqual([`${key} was shown without pear`]);
});

test('what a quorum has shown must be seen too, unless it was taken out', () => {
  const history = new History();
  history.read(history.begin(key), cartOf('pear', 'plum'));
  history.takingOut('plum');
  history.read(history.begin(key), cartOf('pear'));
  expect(history.violations).toEqual([]);
  history.read(history.begin(key), user);
  expect(history.violations).toEqual([`${key} was shown without pear`]);
});

test('a write whose own answer lacks it is lost', () => {
  const history = new History();
  history.wrote(history.begin(key), 'pear', user);
  expect(history.violations).toEqual([`${key} was shown without pear`]);
});

test('equal contexts with other contents, and a dot with two values, are found', () => {
  const history = new History();
  history.observe(key, write(user, 'b.1', [['line:pear', 1]]), 'a');
  history.observe(key, write(user, 'b.1', [['line:pear', 2]]), 'b');
  expect(history.violations).toHaveLength(2);
});

test('a user whose deletion is acknowledged must not be seen by whoever looks from then on', () => {
  const history = new History();
  const before = history.begin(key);
  const deletion = remove(user, 'a.1', ['exists']);
  history.deleted(before, deletion);
  history.read(before, user);
  history.read(history.begin(key), deletion);
  expect(history.violations).toEqual([]);
  history.read(history.begin(key), user);
  expect(history.violations).toEqual([`${key} was shown after it was deleted`]);
});

test('but for a creation that the deletion had not seen', () => {
  const history = new History();
  const deletion = remove(user, 'a.1', ['exists']);
  history.deleted(history.begin(key), deletion);
  history.read(history.begin(key), merge(deletion, write(emptyRecord, 'b.1', [['exists', 1]])));
  expect(history.violations).toEqual([]);
});
