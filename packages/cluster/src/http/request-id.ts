/*
 * Ties a client's request to the log lines of gateway and nodes: takes the client's X-Request-Id when it is a
 * sane one, makes one otherwise, and gives it back in the reply. Handlers read it with `c.get('requestId')`.
 */
import type { MiddlewareHandler } from 'hono';
import { requestId, type RequestIdVariables } from 'hono/request-id';
import type { Random } from '../environment.ts';

/** The header that carries the id, both ways. */
export const REQUEST_ID_HEADER = 'X-Request-Id';

/** Longest id taken from a client; longer ones are replaced, as are those of other signs than letters, digits, - _ =. */
const REQUEST_ID_LENGTH_MAX = 128;

/** As the middleware of hono has it. */
const REQUEST_ID_FORM = /^[\w\-=]+$/;

const NEW_ID_LENGTH = 16;
const NEW_ID_ALPHABET = Array.from('0123456789abcdefghijklmnopqrstuvwxyz');
/** An id is put together from these: half the draws that its letters would take. */
const PAIRS = NEW_ID_ALPHABET.flatMap((first) => NEW_ID_ALPHABET.map((second) => first + second));

/** The middleware; the first of an app, so that errors carry the id too. */
export function requestIds(random: Random): MiddlewareHandler<{ Variables: RequestIdVariables }> {
  return requestId({
    headerName: REQUEST_ID_HEADER,
    limitLength: REQUEST_ID_LENGTH_MAX,
    generator: () => newRequestId(random),
  });
}

/** The id that the client gave its request; undefined when it gave none, or none that is taken. */
export function sentRequestId(headers: Headers): string | undefined {
  const id = headers.get(REQUEST_ID_HEADER);
  const isTaken = id !== null && id.length <= REQUEST_ID_LENGTH_MAX && REQUEST_ID_FORM.test(id);
  return isTaken ? id : undefined;
}

/** An id of 16 letters and digits: 82 bits, when chance is good. */
export function newRequestId(random: Random): string {
  let id = '';
  while (id.length < NEW_ID_LENGTH) id += PAIRS[Math.floor(random() * PAIRS.length)] ?? '';
  return id;
}
