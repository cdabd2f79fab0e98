/*
 * One person's side of the shop: the cart, checking it out, the orders.
 */
import type { VNode } from 'preact';
import { Button } from '../design/button.tsx';
import { plural } from '../app/format.ts';
import { EmptyState } from '../design/empty-state.tsx';
import { DegradedNotice, ErrorNotice } from '../design/notice.tsx';
import { OutcomeLine } from '../design/outcome-line.tsx';
import { Panel } from '../design/panel.tsx';
import { QuorumTag } from '../design/quorum-tag.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { worthTelling } from '../live/worth-telling.ts';
import { PersonForm } from '../people/person-form.tsx';
import { CartLine } from './cart-line.tsx';
import { Orders } from './orders.tsx';
import type { Cart } from './shop-api.ts';
import type { Shopper } from './use-cart.ts';

interface CartPanelProps {
  readonly shopper: Shopper;
  readonly onPerson: (email: string) => void;
  /** Absent for the only one. */
  readonly onLeave?: (() => void) | undefined;
}

/** A cart and its orders. */
export function CartPanel({ shopper, onPerson, onLeave }: CartPanelProps): VNode {
  const { email, cart, quorum, orders, error, outcome } = shopper;
  return (
    <Panel title={`Cart of ${email}`} aside={cart !== 'missing' && <QuorumTag quorum={quorum} />} class="cart">
      <PersonForm label="Shop as" email={email} onChange={onPerson} />
      <OutcomeLine outcome={outcome} hint="A checkout takes the stock of every line, or of none." />
      <ErrorNotice error={worthTelling(error, cart)} title="The cart could not be read" />
      {cart === undefined && error === undefined && <Skeleton lines={4} label="Reading the cart" />}
      {cart === 'missing' && (
        <EmptyState title={`There is no user ${email} yet`}>
          <Button look="primary" busy={shopper.isBusy('create')} onClick={shopper.create}>
            Create this user
          </Button>
        </EmptyState>
      )}
      {cart !== undefined && cart !== 'missing' && <CartLines cart={cart} shopper={shopper} />}
      <DegradedNotice quorum={quorum} />
      <Orders orders={orders} isBusy={shopper.isBusy} onCancel={shopper.cancel} />
      {onLeave && (
        <div>
          <Button size="small" onClick={onLeave} label={`Put this cart away, of ${email}`}>
            Put this cart away
          </Button>
        </div>
      )}
    </Panel>
  );
}

function CartLines({ cart, shopper }: { readonly cart: Cart; readonly shopper: Shopper }): VNode {
  const lines = Object.entries(cart.cart).toSorted(([a], [b]) => a.localeCompare(b));
  const total = lines.reduce((sum, [, quantity]) => sum + quantity, 0);
  if (lines.length === 0) {
    return <EmptyState title="The cart is empty">Add something from the shelf.</EmptyState>;
  }
  return (
    <>
      <ul role="list" class="cart-lines">
        {lines.map(([product, quantity]) => (
          <CartLine key={product} product={product} quantity={quantity} shopper={shopper} />
        ))}
      </ul>
      <div class="row spread">
        <strong class="figures">{plural(total, 'thing')}</strong>
        <Button look="primary" busy={shopper.isBusy('checkout')} onClick={shopper.checkOut}>
          Check out
        </Button>
      </div>
    </>
  );
}
