import { expect, it } from 'vitest';
import { RegistryUnavailableError } from '../registry.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { keepLease } from './lease-keeper.ts';
import type { RegistryHttp } from './registry-http.ts';

const participant = { kind: 'gateway', details: { id: 'gateway-1', host: '127.0.0.1', port: 5000 } } as const;

/** The registry's calls in the order in which they were made; each is answered when the test says so. */
function createCalls(): { http: RegistryHttp; made: string[]; answer: (leaseMs: number | undefined) => Promise<void> } {
  const made: string[] = [];
  let pending: ((leaseMs: number | undefined) => void) | undefined;
  const http: RegistryHttp = {
    register: async () => {
      made.push('register');
      const leaseMs = await new Promise<number | undefined>((resolve) => (pending = resolve));
      if (leaseMs === undefined) throw new RegistryUnavailableError('away');
      return { sequence: 1, leaseMs };
    },
    withdraw: async () => void made.push('withdraw'),
    view: async () => await Promise.reject(new Error('not asked for')),
    writeMap: async () => await Promise.reject(new Error('not asked for')),
    close: async () => {},
  };
  const answer = async (leaseMs: number | undefined): Promise<void> => {
    await settled();
    pending?.(leaseMs);
    await settled();
  };
  return { http, made, answer };
}

/** All that can go on without the clock or an answer has done so. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

it('renews three times in a lease, and tries again soon when that fails', async () => {
  const clock = createManualClock();
  const { http, made, answer } = createCalls();
  keepLease(http, clock, 'lease-0001', participant);
  await answer(900);
  clock.advance(299);
  await answer(undefined);
  expect(made).toHaveLength(1);
  clock.advance(1);
  await answer(undefined);
  expect(made).toHaveLength(2);
  clock.advance(50);
  await answer(undefined);
  expect(made).toHaveLength(3);
});

it('withdraws only after a renewal that is under way, which would bring the registration back', async () => {
  const { http, made, answer } = createCalls();
  const announcement = keepLease(http, createManualClock(), 'lease-0001', participant);
  await answer(900);
  const renewing = keepLease(http, createManualClock(), 'lease-0002', participant);
  const withdrawn = renewing.withdraw();
  await settled();
  expect(made).toEqual(['register', 'register']);
  await answer(900);
  await withdrawn;
  await renewing.withdraw();
  expect(made).toEqual(['register', 'register', 'withdraw']);
  await announcement.withdraw();
  expect(made).toHaveLength(4);
});
