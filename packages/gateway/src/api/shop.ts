/*
 * What the shop calls share: the store, the known products, and the making of a change out of an action
 * and the Idempotency-Key of its request.
 */
import type { Clock } from '@trolley/cluster';
import type { Change, ChangeAction } from '@trolley/records';
import type { Availability } from '../checkout/availability.ts';
import type { Store } from '../store.ts';
import type { KnownProducts } from './known-products.ts';
import { idempotencyKeyOf, onceOf } from './once.ts';
import type { GatewayContext } from './operation.ts';

/** What the shop calls work with. */
export interface Shop {
  readonly store: Store;
  readonly knownProducts: KnownProducts;
  readonly availability: Availability;
  readonly clock: Clock;
  /** How long a record remembers an Idempotency-Key, in milliseconds. */
  readonly idempotencyTtlMs: number;
}

/**
 * The change that a POST asks for.
 * @throws ProblemError 400 when its Idempotency-Key is not valid.
 */
export function changeOf(shop: Shop, context: GatewayContext, recordKey: string, action: ChangeAction): Change {
  const key = idempotencyKeyOf(context);
  if (key === undefined) return { action };
  const request = `${context.req.method} ${context.req.path}`;
  const expiresAtMs = shop.clock.nowMs() + shop.idempotencyTtlMs;
  return { action, once: onceOf(key, request, recordKey, action, expiresAtMs) };
}
