/*
 * A line of a cart: how many, one more, one fewer, away with it.
 */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Button } from '../design/button.tsx';
import type { Shopper } from './use-cart.ts';

/** The most that a line can hold. */
const QUANTITY_MAX = 1_000_000;

interface CartLineProps {
  readonly product: string;
  readonly quantity: number;
  readonly shopper: Shopper;
}

/** A line. The figure is what the gateway says; one that is typed in counts when one leaves the field. */
export function CartLine({ product, quantity, shopper }: CartLineProps): VNode {
  const [typed, setTyped] = useState(String(quantity));
  useEffect(() => setTyped(String(quantity)), [quantity]);
  const busy = shopper.isBusy(`line ${product}`);
  const change = (to: number): void => shopper.change(product, quantity, to);
  const take = (): void => {
    const wanted = Number(typed);
    const isCount = /^\d{1,7}$/.test(typed) && wanted <= QUANTITY_MAX;
    if (isCount && wanted !== quantity) change(wanted);
    else setTyped(String(quantity));
  };
  return (
    <li class="cart-line">
      <span class="name">{product}</span>
      <span class="stepper" role="group" aria-label={`How many ${product}`}>
        <Button size="small" busy={busy} label={`One ${product} fewer`} onClick={() => change(quantity - 1)}>
          −
        </Button>
        <input
          class="input figures"
          inputMode="numeric"
          aria-label={`Quantity of ${product}`}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
          onBlur={take}
          onKeyDown={(event) => {
            if (event.key === 'Enter') take();
          }}
        />
        <Button size="small" busy={busy} label={`One ${product} more`} onClick={() => change(quantity + 1)}>
          +
        </Button>
      </span>
      <Button size="small" look="quiet" busy={busy} label={`Remove ${product}`} onClick={() => change(0)}>
        Remove
      </Button>
    </li>
  );
}
