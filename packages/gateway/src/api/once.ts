/*
 * Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): turns the header into what a record
 * remembers of a request. The record itself remembers it, so a retry applies once at any gateway; nothing
 * is kept here.
 */
import { createHash } from 'node:crypto';
import { invalidInput } from '@trolley/cluster';
import type { ChangeAction, Once } from '@trolley/records';
import type { ReservationChanges } from '../items/change-reservation.ts';
import type { GatewayContext } from './operation.ts';

/** The header, as problems name it. */
const HEADER = 'Idempotency-Key';
const KEY_FORM = /^[\x20-\x7e]{1,255}$/;

/** 132 bits, so that two keys never meet in one record. */
const ID_LENGTH = 22;
/** 96 bits; it only tells apart what one client sent under one key. */
const FINGERPRINT_LENGTH = 16;

/**
 * What makes a change apply once; undefined when the client sent no key.
 *
 * @param key the header as it came.
 * @param request the method and path, such as `POST /addtocart`. The query is left out: who retries with
 * another `w` still means the same change.
 * @throws ProblemError 400 when the key is not 1 to 255 printable ASCII characters.
 */
export function onceOf(
  key: string | undefined,
  request: string,
  recordKey: string,
  action: ChangeAction,
  expiresAtMs: number,
): Once | undefined {
  if (key === undefined) return undefined;
  checkKey(key);
  const asked = JSON.stringify([request, recordKey, canonical(action)]);
  return { id: digest(key, ID_LENGTH), fingerprint: digest(asked, FINGERPRINT_LENGTH), expiresAtMs };
}

/** What makes a request about a person's reservations known again: its own key, and all that was asked. */
export function onceForReserving(
  context: GatewayContext,
  asked: { readonly items: readonly string[]; readonly atomic: boolean; readonly holdSeconds: number | null },
  expiresAtMs: number,
): Once | undefined {
  const key = idempotencyKeyOf(context);
  if (key === undefined) return undefined;
  const { items, atomic, holdSeconds } = asked;
  const fingerprint = fingerprintOf('POST', items.toSorted(compareText), atomic, holdSeconds);
  return { id: digest(key, ID_LENGTH), fingerprint, expiresAtMs };
}

/** What makes a change of a reservation known again. */
export function onceForChanging(
  context: GatewayContext,
  { item, email, confirm }: ReservationChanges,
): { readonly key: string; readonly fingerprint: string } | undefined {
  const key = idempotencyKeyOf(context);
  return key === undefined ? undefined : { key, fingerprint: fingerprintOf('PATCH', item, email, confirm) };
}

/**
 * The Idempotency-Key of a request; undefined when the client sent none.
 * @throws ProblemError 400 when it is not 1 to 255 printable ASCII characters.
 */
export function idempotencyKeyOf(context: GatewayContext): string | undefined {
  const key = context.req.header(HEADER);
  if (key !== undefined) checkKey(key);
  return key;
}

function checkKey(key: string): void {
  if (KEY_FORM.test(key)) return;
  throw invalidInput([{ field: HEADER, message: 'must be 1 to 255 printable ASCII characters' }]);
}

/** The order of lines and names means nothing, so it must not make two requests differ. */
function canonical(action: ChangeAction): ChangeAction {
  switch (action.type) {
    case 'add-to-cart':
    case 'replace-cart':
    case 'take-from-cart':
      return { type: action.type, lines: action.lines.toSorted(([a], [b]) => compareText(a, b)) };
    case 'remove-from-cart':
      return { type: action.type, names: action.names.toSorted(compareText) };
    case 'list-add':
    case 'list-remove':
      return { type: action.type, entries: action.entries.toSorted(([a], [b]) => compareText(a, b)) };
    case 'add-to-product':
      return { type: action.type, quantity: action.quantity };
    case 'create-user':
    case 'delete-user':
    case 'delete-product':
      return { type: action.type };
    default:
      return action satisfies never;
  }
}

/** Says what was asked for, in short. */
function fingerprintOf(...asked: readonly unknown[]): string {
  return digest(JSON.stringify(asked), FINGERPRINT_LENGTH);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, length);
}
