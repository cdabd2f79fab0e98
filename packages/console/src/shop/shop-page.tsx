/*
 * The page Shop: a shelf, and the carts of one person or of two side by side.
 */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { route, showOnPage } from '../app/router.ts';
import { Button } from '../design/button.tsx';
import { PageHeading } from '../design/page-heading.tsx';
import { CartPanel } from './cart-panel.tsx';
import './shop.css';
import { anybodyBut, shopState } from './shop-state.ts';
import { Shelf } from './shelf.tsx';
import { useCart } from './use-cart.ts';

/** The page. */
export function ShopPage(): VNode {
  const state = shopState(route.value.query);
  const [stockSeen, setStockSeen] = useState(0);
  const onStock = (): void => setStockSeen((count) => count + 1);
  const first = useCart(state.user, onStock);
  return (
    <>
      <PageHeading title="Shop">
        Fill a cart and check it out. Bring a second person in and let both want the last one at the same moment.
      </PageHeading>
      {state.also === undefined ? (
        <div class="shop">
          <Shelf state={state} shoppers={[first]} stockSeen={stockSeen} onStock={onStock} />
          <div class="carts">
            <CartPanel shopper={first} onPerson={(user) => showOnPage({ user })} />
            <Button onClick={() => showOnPage({ user: state.user, also: anybodyBut(state.user) })}>
              Bring in a second person
            </Button>
          </div>
        </div>
      ) : (
        <ShopOfTwo state={state} also={state.also} first={first} stockSeen={stockSeen} onStock={onStock} />
      )}
    </>
  );
}

interface ShopOfTwoProps {
  readonly state: ReturnType<typeof shopState>;
  readonly also: string;
  readonly first: ReturnType<typeof useCart>;
  readonly stockSeen: number;
  readonly onStock: () => void;
}

function ShopOfTwo({ state, also, first, stockSeen, onStock }: ShopOfTwoProps): VNode {
  const second = useCart(also, onStock);
  const bothCheckOut = (): void => {
    first.checkOut();
    second.checkOut();
  };
  return (
    <div class="shop of-two">
      <Shelf state={state} shoppers={[first, second]} stockSeen={stockSeen} onStock={onStock} />
      <div class="carts">
        <Button onClick={bothCheckOut}>Both check out at once</Button>
        <div class="cart-pair">
          <CartPanel
            shopper={first}
            onPerson={(user) => showOnPage({ user })}
            onLeave={() => showOnPage({ user: also, also: undefined })}
          />
          <CartPanel
            shopper={second}
            onPerson={(email) => showOnPage({ also: email })}
            onLeave={() => showOnPage({ also: undefined })}
          />
        </div>
      </div>
    </div>
  );
}
