import { expect, it } from 'vitest';
import { RegistrySettingsError } from '../registry-settings-error.ts';
import { checkConnectString } from './connect-string.ts';

it.each(['127.0.0.1:2181', 'zookeeper:2181', 'a.example.com:1,b.example.com:65535'])('takes %s', (connect) => {
  expect(checkConnectString(connect)).toBe(connect);
});

it.each([
  '',
  'localhost',
  'localhost:',
  ':2181',
  'a:0',
  'a:65536',
  'a:2181,',
  'a:2181/root',
  '[::1]:2181',
  'a:b',
  'a:1 ',
])('refuses "%s"', (connect) => {
  expect(() => checkConnectString(connect)).toThrow(RegistrySettingsError);
});
