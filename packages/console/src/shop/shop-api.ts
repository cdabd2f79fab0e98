/*
 * The shop's calls, and what they answer.
 */
import { nextCursor } from '../api/next-cursor.ts';
import { post } from '../api/persist.ts';
import { ApiProblem, describeError } from '../api/problem.ts';
import type { Quorum } from '../api/quorum.ts';
import { send, type Reply } from '../api/send.ts';
import type { Listing } from '../paging/read-page.ts';

/** What is on the shelf. */
export interface Product {
  readonly name: string;
  readonly quantity: number;
}

export interface Cart {
  readonly email: string;
  /** Quantities by product. */
  readonly cart: Readonly<Record<string, number>>;
  /** Only ever grows. */
  readonly version: number;
}

export interface Order {
  readonly id: string;
  readonly lines: Readonly<Record<string, number>>;
  readonly state: 'pending' | 'confirmed' | 'cancelling' | 'cancelled';
  readonly createdAt: string;
  readonly quantityTotal: number;
}

/** What of a product can be ordered; null when that cannot be told now. */
export type Available = number | null;

const ORDERS_SHOWN = 10;

/** The products by name; `onQuorum` hears of each call. */
export function listProducts(
  search: string,
  signal: AbortSignal,
  onQuorum: (quorum: Quorum | undefined) => void,
): Listing<Product> {
  return {
    nameOf: ({ name }) => name,
    read: async (cursor, limit) => {
      const query = { q: search === '' ? undefined : search, limit, cursor };
      const { body, headers, quorum } = await send<readonly Product[]>('/productslist', { query, signal });
      onQuorum(quorum);
      return { entries: body, next: nextCursor(headers) };
    },
  };
}

/** What can be ordered of each product that is still there. */
export async function availableOf(
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Available>> {
  const entries = await Promise.all(
    names.map(async (name): Promise<[string, Available]> => {
      try {
        const reply = await send<{ readonly available: Available }>('/product', { query: { name }, signal });
        return [name, reply.body.available];
      } catch (error) {
        if (error instanceof ApiProblem) return [name, null];
        throw error;
      }
    }),
  );
  return new Map(entries);
}

/** A cart; undefined when there is no such user. */
export async function readCart(email: string, signal: AbortSignal): Promise<Reply<Cart | undefined>> {
  try {
    return await send<Cart>('/user', { query: { email }, signal });
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== 'USER_NOT_FOUND') throw error;
    return { status: 404, body: undefined, quorum: undefined, headers: new Headers() };
  }
}

export async function createUser(email: string): Promise<Reply<Cart>> {
  return post<Cart>('/createuser', { email });
}

export async function addToCart(email: string, product: string, quantity: number): Promise<Reply<Cart>> {
  return post<Cart>('/addtocart', { email, products: { [product]: quantity } });
}

async function removeFromCart(email: string, product: string): Promise<Reply<Cart>> {
  return post<Cart>('/removefromcart', { email, products: [product] });
}

/**
 * Changes how many of a product a cart holds, and touches no other line. More are added; for fewer the line is
 * removed and added anew, since replacing the cart would undo what somebody else puts into it meanwhile.
 */
export async function setQuantity(email: string, product: string, from: number, to: number): Promise<Reply<Cart>> {
  if (to > from) return addToCart(email, product, to - from);
  const removed = await removeFromCart(email, product);
  if (to === 0) return removed;
  try {
    return await addToCart(email, product, to);
  } catch (error) {
    throw new Error(`The line was removed, and ${to} ${product} could not be put back. ${describeError(error)}`, {
      cause: error,
    });
  }
}

export async function checkOut(email: string): Promise<Reply<Order>> {
  return post<Order>('/checkout', { email });
}

/** The latest orders, newest first. */
export async function readOrders(email: string, signal: AbortSignal): Promise<readonly Order[]> {
  return (await send<readonly Order[]>('/orders', { query: { email, limit: ORDERS_SHOWN }, signal })).body;
}

/** Cancelling twice changes nothing, so no key is needed. */
export async function cancelOrder(id: string): Promise<Order> {
  return (await send<Order>(`/orders/${encodeURIComponent(id)}`, { method: 'DELETE' })).body;
}
