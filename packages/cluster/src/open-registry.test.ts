import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { openRegistry } from './open-registry.ts';
import { RegistrySettingsError } from './registry-settings-error.ts';
import { systemClock } from './system-clock.ts';

const common = { clock: systemClock, logger: pino({ level: 'silent' }) };

describe('openRegistry', () => {
  it.each([
    ['neither is set', {}, 'No registry is set'],
    ['both are set', { zookeeper: '127.0.0.1:2181', registryUrl: 'http://127.0.0.1:1' }, 'Both'],
    ['the URL is no URL', { registryUrl: '127.0.0.1:4000' }, '"127.0.0.1:4000"'],
    ['the URL is of another kind', { registryUrl: 'ftp://127.0.0.1' }, 'ftp'],
    ['the ZooKeeper has an impossible port', { zookeeper: '127.0.0.1:99999' }, '127.0.0.1:99999'],
  ])('says what is wrong when %s', (_name, settings, message) => {
    expect(() => openRegistry({ ...settings, ...common })).toThrow(RegistrySettingsError);
    expect(() => openRegistry({ ...settings, ...common })).toThrow(message);
  });

  it.each([{ registryUrl: 'http://127.0.0.1:1' }, { zookeeper: '127.0.0.1:1' }])(
    'opens the one that is set, though it is away: %j',
    async (settings) => {
      const registry = openRegistry({ ...settings, ...common });
      expect(registry.view).toEqual({ connected: false, nodes: [], gateways: [], stored: undefined });
      await registry.close();
    },
  );
});
