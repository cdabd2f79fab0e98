import { describe, expect, it } from 'vitest';
import { parseSettings } from './settings.ts';

const REGISTRY = { REGISTRY_URL: 'http://127.0.0.1:4000' };

describe('settings', () => {
  it('have defaults for all but the registry', () => {
    expect(parseSettings(REGISTRY)).toMatchObject({
      host: '127.0.0.1',
      port: 5000,
      registryUrl: 'http://127.0.0.1:4000',
      replicas: 3,
      pgCount: 256,
      expectedNodes: 3,
      claimTimeoutMs: 10_000,
      productCacheTtlMs: 10_000,
      idempotencyTtlMs: 86_400_000,
      downOutAfterMs: 600_000,
      downOutMinInPercent: 75,
      logLevel: 'info',
    });
  });

  it.each([
    ['500ms', 500],
    ['0s', 0],
    ['2s', 2_000],
    ['10m', 600_000],
    ['1h', 3_600_000],
  ])('read the time %s', (text, expected) => {
    expect(parseSettings({ ...REGISTRY, DOWN_OUT_AFTER: text }).downOutAfterMs).toBe(expected);
  });

  it('wait for as many nodes as there are replicas', () => {
    expect(parseSettings({ ...REGISTRY, REPLICAS: '5' }).expectedNodes).toBe(5);
    expect(parseSettings({ ...REGISTRY, REPLICAS: '5', EXPECTED_NODES: '7' }).expectedNodes).toBe(7);
  });

  it('count an empty variable as absent', () => {
    expect(parseSettings({ ...REGISTRY, PORT: '', OPERATOR_TOKEN: '', ZOOKEEPER: '' })).toMatchObject({
      port: 5000,
      operatorToken: undefined,
      zookeeper: undefined,
    });
  });

  it('ignore variables that are not theirs', () => {
    expect(parseSettings({ ...REGISTRY, PATH: '/bin', __proto__: 'x' }).port).toBe(5000);
  });

  it.each([
    ['PORT', 'abc', 'PORT: must be a whole number'],
    ['PORT', '65536', 'PORT: must be from 0 to 65535'],
    ['PORT', '-1', 'PORT: must be a whole number'],
    ['PORT', '1e3', 'PORT: must be a whole number'],
    ['DOWN_OUT_AFTER', '600', 'DOWN_OUT_AFTER: must be a time with its unit'],
    ['DOWN_OUT_AFTER', '1.5h', 'DOWN_OUT_AFTER: must be a time with its unit'],
    ['DOWN_OUT_AFTER', '10 m', 'DOWN_OUT_AFTER: must be a time with its unit'],
    ['DOWN_OUT_AFTER', '-1s', 'DOWN_OUT_AFTER: must be a time with its unit'],
    ['DOWN_OUT_MIN_IN_PERCENT', '101', 'DOWN_OUT_MIN_IN_PERCENT: must be from 0 to 100'],
    ['REPLICAS', '0', 'REPLICAS: must be from 1 to 9'],
    ['NODE_TIMEOUT_MS', '2.5', 'NODE_TIMEOUT_MS: must be a whole number'],
    ['REGISTRY_URL', 'ftp://example.com', 'REGISTRY_URL: must be an http:// or https:// URL'],
    ['GATEWAY_ID', 'a b', 'GATEWAY_ID: must be 1 to 100 letters'],
    ['OPERATOR_TOKEN', 'two words', 'OPERATOR_TOKEN: must be printable ASCII'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL: '],
    ['ZOOKEEPER', '127.0.0.1:2181', 'either ZOOKEEPER or REGISTRY_URL'],
    ['REGISTRY_URL', '', 'either ZOOKEEPER or REGISTRY_URL'],
  ])('refuse %s=%s and name it', (name, value, message) => {
    expect(() => parseSettings({ ...REGISTRY, [name]: value })).toThrow(message);
  });

  it('name every variable that is wrong', () => {
    expect(() => parseSettings({ ...REGISTRY, PORT: 'x', REPLICAS: 'y' })).toThrow(/PORT: .*; REPLICAS: /);
  });
});
