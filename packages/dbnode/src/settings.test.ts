import { describe, expect, it } from 'vitest';
import { parseSettings } from './settings.ts';

const LEAST = { DATA_DIR: '/data', ZOOKEEPER: 'zookeeper:2181' };

describe('settings', () => {
  it('have defaults for all but the folder and the registry', () => {
    expect(parseSettings(LEAST)).toMatchObject({
      nodeId: undefined,
      zone: 'default',
      weight: 1,
      host: '127.0.0.1',
      port: 0,
      dataDir: '/data',
      zookeeper: 'zookeeper:2181',
      registryUrl: undefined,
      pgCount: 256,
      logLevel: 'info',
    });
  });

  it('are read from text, an empty variable being none', () => {
    const environment = {
      ...LEAST,
      NODE_ID: 'node-1',
      WEIGHT: '0.5',
      PORT: '5101',
      CLUSTER_TOKEN: '',
      HOST: '',
      OTHER: 'x',
    };
    expect(parseSettings(environment)).toMatchObject({
      nodeId: 'node-1',
      weight: 0.5,
      port: 5101,
      clusterToken: undefined,
      host: '127.0.0.1',
    });
  });

  it.each([
    ['DATA_DIR', ''],
    ['NODE_ID', 'Node_1'],
    ['NODE_ID', '-a'],
    ['NODE_ID', 'a'.repeat(64)],
    ['ZONE', 'a b'],
    ['WEIGHT', '0'],
    ['WEIGHT', '-1'],
    ['WEIGHT', '1e9'],
    ['WEIGHT', '0.000001'],
    ['WEIGHT', '65536'],
    ['WEIGHT', 'Infinity'],
    ['PORT', '65536'],
    ['PORT', '80x'],
    ['PORT', '-1'],
    ['PG_COUNT', '0'],
    ['PG_COUNT', '1.5'],
    ['CLUSTER_TOKEN', 'two words'],
    ['LOG_LEVEL', 'loud'],
    ['CHECKPOINT_JOURNAL_BYTES', '1'],
    ['SLOW_OPERATION_MS', 'soon'],
  ])('names %s when it is %j', (name, value) => {
    expect(() => parseSettings({ ...LEAST, [name]: value })).toThrow(new RegExp(`^${name}: (?!Invalid)`));
  });

  it('name every variable that is wrong', () => {
    expect(() => parseSettings({ ...LEAST, PORT: 'x', ZONE: ' ' })).toThrow(/ZONE: .*; PORT: /);
  });

  it.each([
    { DATA_DIR: '/data' },
    { ...LEAST, REGISTRY_URL: 'http://127.0.0.1:4000' },
    { DATA_DIR: '/data', REGISTRY_URL: 'ftp://127.0.0.1' },
  ])('want exactly one registry: %j', (environment) => {
    expect(() => parseSettings(environment)).toThrow(/set either ZOOKEEPER or REGISTRY_URL|REGISTRY_URL: must be/);
  });
});
