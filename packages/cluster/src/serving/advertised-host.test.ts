import { describe, expect, it } from 'vitest';
import { advertisedHost } from './advertised-host.ts';

const LOOPBACK = { address: '127.0.0.1', family: 'IPv4', internal: true };
const LINK_LOCAL = { address: 'fe80::1', family: 'IPv6', internal: false };
const PRIVATE = { address: '172.18.0.4', family: 'IPv4', internal: false };

const machine = { addresses: [LOOPBACK, LINK_LOCAL, PRIVATE], hostname: 'box' };

describe('the advertised host', () => {
  it.each([
    ['db.example.com', '0.0.0.0', 'db.example.com'],
    [undefined, '127.0.0.1', '127.0.0.1'],
    [undefined, '0.0.0.0', '172.18.0.4'],
    [undefined, '::', '172.18.0.4'],
  ])('when %j is set and %j listened on, is %j', (set, listenedOn, expected) => {
    expect(advertisedHost(set, listenedOn, machine)).toBe(expected);
  });

  it('is the name of a machine that has no address others see', () => {
    expect(advertisedHost(undefined, '0.0.0.0', { addresses: [LOOPBACK, LINK_LOCAL], hostname: 'box' })).toBe('box');
  });
});
