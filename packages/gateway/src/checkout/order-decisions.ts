/*
 * What each change makes of an order: pure decisions for its register. An attempt is confirmed only by the gateway
 * that began it; anyone may abort it before. The register lets only one of the two happen, and an aborted attempt makes
 * room for another only after nothing is held for it any more.
 */
import type { Decision, RegisterValue } from '../registers.ts';
import { orderIn, type Order } from './order.ts';

/** What an attempt has come to; `gone`: it was aborted, and nothing is held for it. */
export type AttemptFate = 'pending' | 'aborted' | 'sold' | 'gone';

/** What an attempt has come to, by its order. */
export function fateOf(order: Order | undefined, attempt: string): AttemptFate {
  if (order?.attempt !== attempt) return 'gone';
  return order.state === 'pending' || order.state === 'aborted' ? order.state : 'sold';
}

/** What became of the first change of some work on an order: begun, or that it was begun too late and is barred. */
export type Opening = { readonly type: 'begun' } | { readonly type: 'barred' };

/** Begins an attempt, unless there is an order by that id; then that is the result. */
export function beginning(begun: Order) {
  return (value: RegisterValue): Decision<Opening | { readonly type: 'there'; readonly order: Order }> => {
    const order = orderIn(value);
    if (order !== undefined) return { type: 'keep', result: { type: 'there', order } };
    return { type: 'write', value: begun, result: { type: 'begun' } };
  };
}

/**
 * Made under the id of some work's first change, it changes nothing but that this is done: the work itself finds itself
 * barred when it comes later. So open work can be struck off that left no other trace.
 */
export function barring(value: RegisterValue): Decision<Opening> {
  return { type: 'write', value, result: { type: 'barred' } };
}

/** Confirms a pending attempt: stock is held for each line, from the lots given by product. */
export function confirmation(attempt: string, lots: ReadonlyMap<string, string>) {
  return (value: RegisterValue): Decision<AttemptFate> => {
    const order = orderIn(value);
    if (order === undefined || fateOf(order, attempt) !== 'pending') return keepingFate(order, attempt);
    const lines = order.lines.map((line) => ({ ...line, lot: lots.get(line.product) ?? null }));
    return { type: 'write', value: { ...order, lines, state: 'confirmed' }, result: 'sold' };
  };
}

/** Aborts a pending attempt. */
export function abortion(attempt: string) {
  return (value: RegisterValue): Decision<AttemptFate> => {
    const order = orderIn(value);
    if (order === undefined || fateOf(order, attempt) !== 'pending') return keepingFate(order, attempt);
    return { type: 'write', value: { ...order, state: 'aborted' }, result: 'aborted' };
  };
}

/** Removes an order whose attempt was aborted, once nothing is held for it. */
export function removal(attempt: string) {
  return (value: RegisterValue): Decision<null> =>
    fateOf(orderIn(value), attempt) === 'aborted'
      ? { type: 'write', value: null, result: null }
      : { type: 'keep', result: null };
}

/** Notes that all that follows from the confirmation is done. */
export function settling(value: RegisterValue): Decision<null> {
  const order = orderIn(value);
  return order?.state === 'confirmed' && !order.settled
    ? { type: 'write', value: { ...order, settled: true }, result: null }
    : { type: 'keep', result: null };
}

/** Begins to cancel an order that is confirmed and settled; others stay as they are. */
export function cancelling(value: RegisterValue): Decision<Opening> {
  const order = orderIn(value);
  return order?.state === 'confirmed' && order.settled
    ? { type: 'write', value: { ...order, state: 'cancelling' }, result: { type: 'begun' } }
    : { type: 'keep', result: { type: 'begun' } };
}

/** Ends the cancelling of an order, once all its stock is given back. */
export function cancellation(value: RegisterValue): Decision<null> {
  const order = orderIn(value);
  return order?.state === 'cancelling'
    ? { type: 'write', value: { ...order, state: 'cancelled' }, result: null }
    : { type: 'keep', result: null };
}

function keepingFate(order: Order | undefined, attempt: string): Decision<AttemptFate> {
  return { type: 'keep', result: fateOf(order, attempt) };
}
