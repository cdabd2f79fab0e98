import { expect, test } from 'vitest';
import { z } from 'zod';
import { checkSettings, COMMON_SETTINGS, duration, SettingsError, wholeNumber } from './settings.ts';

const schema = z.object({ ...COMMON_SETTINGS, COUNT: wholeNumber(1, 9).default(3), AFTER: duration.default(1) });
const check = (environment: Record<string, string>) => checkSettings(schema, environment, 'thing');
const REGISTRY = { ZOOKEEPER: 'localhost:2181' };

test('what is wrong has a code, names every variable, and says what would be right', () => {
  expect(() => check({ ...REGISTRY, COUNT: '10', AFTER: '5' })).toThrow(SettingsError);
  expect(() => check({ ...REGISTRY, COUNT: '10', AFTER: '5' })).toThrow(
    'COUNT: must be from 1 to 9; AFTER: must be a time with its unit',
  );
});

test('exactly one registry is wanted, and an empty variable names none', () => {
  expect(check({ ...REGISTRY, REGISTRY_URL: '', COUNT: '' })).toMatchObject({ ...REGISTRY, COUNT: 3 });
  const message = 'set either ZOOKEEPER or REGISTRY_URL, so that the thing can find the cluster';
  expect(() => check({})).toThrow(message);
  expect(() => check({ ...REGISTRY, REGISTRY_URL: 'http://127.0.0.1:1' })).toThrow(message);
});
