/*
 * A person's cart and orders, kept fresh, and what can be done with them. Shows the newest that is known: what a change
 * answered, or what was read since. Never shows what is not done yet.
 */
import { useRef, useState } from 'preact/hooks';
import { useOutcome } from '../app/use-outcome.ts';
import { describeError } from '../api/problem.ts';
import type { Quorum } from '../api/quorum.ts';
import type { Reply } from '../api/send.ts';
import { plural } from '../app/format.ts';
import type { Outcome } from '../design/outcome-line.tsx';
import { usePolled } from '../live/use-polled.ts';
import { useQueue } from '../live/use-queue.ts';
import { changeOutcome, checkoutFailure, orderOutcome } from './cart-outcome.ts';
import {
  addToCart,
  cancelOrder,
  checkOut,
  createUser,
  readCart,
  readOrders,
  setQuantity,
  type Cart,
  type Order,
} from './shop-api.ts';

const CART_MS = 2_000;
const ORDERS_MS = 5_000;

/** A person who shops. */
export interface Shopper {
  readonly email: string;
  /** Undefined until it is known; `missing` when there is no such user. */
  readonly cart: Cart | 'missing' | undefined;
  /** Who stands behind the last answer. */
  readonly quorum: Quorum | undefined;
  readonly orders: readonly Order[] | undefined;
  /** Why the cart could not be read. */
  readonly error: unknown;
  readonly outcome: Outcome | undefined;
  /** Whether something of this name is under way. */
  readonly isBusy: (name: string) => boolean;
  readonly create: () => void;
  readonly add: (product: string) => void;
  readonly change: (product: string, from: number, to: number) => void;
  readonly checkOut: () => void;
  readonly cancel: (order: string) => void;
}

/** @param onStock called when an order has changed what is left */
export function useCart(email: string, onStock: () => void): Shopper {
  const changes = useRef(0);
  const polled = usePolled(
    async (signal) => ({ after: changes.current, reply: await readCart(email, signal) }),
    CART_MS,
    email,
  );
  const orders = usePolled((signal) => readOrders(email, signal), ORDERS_MS, email);
  const [own, setOwn] = useState<Known<Cart> & { readonly email: string }>();
  const [outcome, tell] = useOutcome(email);
  const queue = useQueue();

  const begin = (name: string, work: () => Promise<Outcome>, failure: (error: unknown) => Outcome): void =>
    queue.add(name, async () => {
      try {
        tell(await work());
      } catch (error) {
        tell(failure(error));
      }
      polled.refresh();
      orders.refresh();
    });
  const changeCart = (name: string, done: (cart: Cart) => string, work: () => Promise<Reply<Cart>>): void =>
    begin(
      name,
      async () => {
        const reply = await work();
        changes.current += 1;
        setOwn({ email, after: changes.current, reply });
        return changeOutcome(done(reply.body), reply.quorum);
      },
      failed,
    );

  const newest = newestOf(own?.email === email ? own : undefined, polled.value);
  return {
    email,
    cart: newest === undefined ? undefined : (newest.body ?? 'missing'),
    quorum: newest?.quorum,
    orders: orders.value,
    error: polled.error,
    outcome,
    isBusy: queue.isBusy,
    create: () =>
      changeCart(
        'create',
        () => `There is a user ${email} now.`,
        async () => createUser(email),
      ),
    add: (product) =>
      changeCart(
        `add ${product}`,
        () => `Added ${product}.`,
        async () => addToCart(email, product, 1),
      ),
    change: (product, from, to) =>
      changeCart(
        `line ${product}`,
        (cart) => lineText(product, cart),
        async () => setQuantity(email, product, from, to),
      ),
    checkOut: () =>
      begin(
        'checkout',
        async () => {
          const { body } = await checkOut(email);
          onStock();
          return orderOutcome(body);
        },
        checkoutFailure,
      ),
    cancel: (order) =>
      begin(
        `cancel ${order}`,
        async () => {
          const { quantityTotal, state } = await cancelOrder(order);
          onStock();
          const back = `${plural(quantityTotal, 'thing')} ${quantityTotal === 1 ? 'goes' : 'go'} back to the shelf.`;
          return { tone: 'good', text: `${state === 'cancelled' ? 'Cancelled' : 'Being cancelled'}: ${back}` };
        },
        failed,
      ),
  };
}

/** As the answer has it: somebody else may have put more in meanwhile. */
function lineText(product: string, { cart }: Cart): string {
  const quantity = cart[product];
  return quantity === undefined ? `Removed ${product}.` : `The cart has ${quantity} ${product} now.`;
}

function failed(error: unknown): Outcome {
  return { tone: 'bad', text: describeError(error) };
}

/** An answer, and after how many changes of ours it was asked for. */
interface Known<T> {
  readonly after: number;
  readonly reply: Reply<T>;
}

/** Versions only grow, so the larger one is the newer. A user that is gone has none. */
function newestOf(
  own: Known<Cart> | undefined,
  read: Known<Cart | undefined> | undefined,
): Reply<Cart | undefined> | undefined {
  if (own === undefined || read === undefined) return (read ?? own)?.reply;
  const isNewer =
    read.reply.body === undefined ? read.after >= own.after : read.reply.body.version >= own.reply.body.version;
  return isNewer ? read.reply : own.reply;
}
