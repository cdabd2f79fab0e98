/*
 * What the shop calls share: the store, the known products, reading and changing a user, and the making of a change out of
 * an action and the Idempotency-Key of its request.
 */
import { ProblemError, refusalProblem, type Clock } from '@trolley/cluster';
import { userKey, type Change, type ChangeAction, type Line } from '@trolley/records';
import type { Availability } from '../checkout/availability.ts';
import type { QuorumReport, Store, StoreOptions } from '../store.ts';
import type { KnownProducts } from './known-products.ts';
import { idempotencyKeyOf, onceOf } from './once.ts';
import type { GatewayContext } from './operation.ts';
import { found, made, userText } from './replies.ts';

/** What the shop calls work with. */
export interface Shop {
  readonly store: Store;
  readonly knownProducts: KnownProducts;
  readonly availability: Availability;
  readonly clock: Clock;
  /** How long a record remembers an Idempotency-Key, in milliseconds. */
  readonly idempotencyTtlMs: number;
}

/** A user with the cart, as JSON. */
export interface UserAnswer {
  readonly quorum: QuorumReport;
  readonly text: string;
}

/** Reads a user. @throws ProblemError, StoreError */
export async function readUser(store: Store, email: string, options: StoreOptions): Promise<UserAnswer> {
  const { record, quorum } = await store.read(userKey(email), options);
  return { quorum, text: found(userText(email, record), 'user', email, quorum) };
}

/** Changes a user, or the cart. @throws ProblemError, StoreError */
export async function changeUser(
  store: Store,
  email: string,
  change: Change,
  options: StoreOptions,
): Promise<UserAnswer> {
  const { record, quorum } = made(await store.change(userKey(email), change, options));
  return { quorum, text: found(userText(email, record), 'user', email, quorum) };
}

/** @throws ProblemError 404 when lines to add are of products that do not exist; StoreError */
export async function refuseMissing(shop: Shop, lines: readonly Line[], options: StoreOptions): Promise<void> {
  const names = lines.map(([name]) => name);
  const missing = await shop.knownProducts.missingOf(names, options);
  if (missing.length === 0) return;
  const { details } = refusalProblem('PRODUCT_NOT_FOUND', `There is no product ${missing.join(', ')}.`);
  const errors = missing.map((name) => ({ field: `products.${name}`, message: 'is not a known product' }));
  throw new ProblemError({ ...details, errors });
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
