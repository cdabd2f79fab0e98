/*
 * Records as the API shows them, and the header that says how many replicas stand behind a reply. Relies
 * on the records package for what a record means.
 */
import { ProblemError, refusalProblem, REQUEST_ID_HEADER } from '@trolley/cluster';
import {
  cartLinesOf,
  isUser,
  productOf,
  quoted,
  userOf,
  version,
  type CausalRecord,
  type RefusalCode,
} from '@trolley/records';
import type { ChangeResult, QuorumReport } from '../store.ts';
import type { GatewayContext } from './operation.ts';
import type { RequestNotes } from './request-frame.ts';

/** Says how many replicas answered, of how many. */
const QUORUM_HEADER = 'Trolley-Quorum';

/** A product as clients see it. */
export interface ProductReply {
  readonly name: string;
  readonly quantity: number;
  readonly version: number;
}

/** A product with how many can be ordered; null when that is not known. */
interface StockedProductReply extends ProductReply {
  readonly available: number | null;
}

/** A user as clients see it. The cart has no prototype, so that `__proto__` is a product like any other. */
export interface UserReply {
  readonly email: string;
  readonly cart: Readonly<Record<string, number>>;
  readonly version: number;
}

/** The product in a record; undefined when there is none, or it was deleted. */
export function productReply(name: string, record: CausalRecord): ProductReply | undefined {
  const product = productOf(record);
  return product && { name, quantity: product.quantity, version: product.version };
}

/** The user in a record; undefined when there is none, or it was deleted. */
export function userReply(email: string, record: CausalRecord): UserReply | undefined {
  const user = userOf(record);
  return user && { email, cart: plainObject(user.cart), version: user.version };
}

/** The user in a record as JSON, as that of `userReply`: most replies are carts, and no object has to be made for one. */
export function userText(email: string, record: CausalRecord): string | undefined {
  if (!isUser(record)) return undefined;
  let cart = '';
  for (const [name, quantity] of cartLinesOf(record)) cart += `${cart === '' ? '' : ','}${quoted(name)}:${quantity}`;
  return `{"email":${quoted(email)},"cart":{${cart}},"version":${version(record)}}`;
}

/** A map as an object that JSON can show, whatever its keys are called. */
export function plainObject<T>(entries: Iterable<readonly [string, T]>): Record<string, T> {
  const object: Record<string, T> = Object.create(null);
  for (const [key, value] of entries) object[key] = value;
  return object;
}

interface ReplyOptions {
  readonly status?: 200 | 201;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A reply with the resource as JSON. */
export function reply(
  context: GatewayContext,
  quorum: QuorumReport,
  body: ProductReply | StockedProductReply | readonly (ProductReply | UserReply)[],
  options?: ReplyOptions,
): Response {
  return replyText(context, quorum, JSON.stringify(body), options);
}

/** A reply with a resource that is JSON already. */
export function replyText(
  context: GatewayContext,
  quorum: QuorumReport,
  json: string,
  { status = 200, headers }: ReplyOptions = {},
): Response {
  const allHeaders = { 'Content-Type': 'application/json', ...quorumHeaders(context.env, quorum), ...headers };
  return new Response(json, { status, headers: allHeaders });
}

/** A reply without a body, after a deletion. */
export function emptyReply(context: GatewayContext, quorum: QuorumReport): Response {
  return new Response(null, { status: 204, headers: quorumHeaders(context.env, quorum) });
}

/** The resource, or a 404 when the replicas that answered have none. */
export function found<T>(resource: T | undefined, kind: 'product' | 'user', name: string, quorum: QuorumReport): T {
  if (resource !== undefined) return resource;
  const code = kind === 'product' ? 'PRODUCT_NOT_FOUND' : 'USER_NOT_FOUND';
  throw refused(code, `There is no ${kind} ${name}.`, quorum);
}

/**
 * The change, if it was made, now or by an earlier request with the same idempotency key.
 * @throws ProblemError when it was refused.
 */
export function made(result: ChangeResult): Exclude<ChangeResult, { type: 'refused' }> {
  if (result.type === 'refused') throw refused(result.code, result.detail, result.quorum);
  return result;
}

function refused(code: RefusalCode, detail: string, quorum: QuorumReport): ProblemError {
  const { details } = refusalProblem(code, detail);
  return new ProblemError({ ...details, headers: { [QUORUM_HEADER]: quorumText(quorum) } });
}

/** As a plain object and not through the context, whose Headers cost more than all else in a reply. */
export function quorumHeaders(notes: RequestNotes, quorum: QuorumReport): Record<string, string> {
  if (quorum.degraded) notes.isDegraded = true;
  notes.hasRequestId = true;
  return { [QUORUM_HEADER]: quorumText(quorum), [REQUEST_ID_HEADER]: notes.requestId };
}

function quorumText({ answered, replicas, degraded }: QuorumReport): string {
  return degraded ? `${answered}/${replicas}; degraded` : `${answered}/${replicas}`;
}
