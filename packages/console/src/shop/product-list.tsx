/*
 * The shelf: what there is, what is left of it, and putting it into carts.
 */
import type { VNode } from 'preact';
import { Button } from '../design/button.tsx';
import '../design/table.css';
import { shortName } from '../people/person.ts';
import type { Available, Product } from './shop-api.ts';
import type { Shopper } from './use-cart.ts';

interface ProductListProps {
  readonly products: readonly Product[];
  /** What is known of what is left. */
  readonly available: ReadonlyMap<string, Available> | undefined;
  readonly shoppers: readonly Shopper[];
  /** Whether it is what is asked for; another list is about to come otherwise. */
  readonly isCurrent: boolean;
}

/** The products of a page. */
export function ProductList({ products, available, shoppers, isCurrent }: ProductListProps): VNode {
  return (
    <table class="table products" aria-busy={!isCurrent}>
      <caption class="visually-hidden">Products</caption>
      <thead>
        <tr>
          <th scope="col">Product</th>
          <th scope="col" class="number stock">
            In stock
          </th>
          <th scope="col" class="number">
            Available
          </th>
          <th scope="col">
            <span class="visually-hidden">Add to a cart</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {products.map((product) => (
          <tr key={product.name}>
            <th scope="row">{product.name}</th>
            <td class="number stock">{product.quantity}</td>
            <td class="number">{availableText(available?.get(product.name))}</td>
            <td class="adders">
              <Adders product={product.name} shoppers={shoppers} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function availableText(available: Available | undefined): VNode {
  if (available === 0) return <span class="none-left">none left</span>;
  return <>{available === undefined ? '…' : (available ?? 'not known')}</>;
}

function Adders({ product, shoppers }: { readonly product: string; readonly shoppers: readonly Shopper[] }): VNode {
  const isPair = shoppers.length > 1;
  return (
    <div class="adder-row">
      {shoppers.map((shopper) => (
        <Button
          key={shopper.email}
          size="small"
          disabled={shopper.cart === 'missing'}
          label={`Add ${product} to the cart of ${shopper.email}`}
          onClick={() => shopper.add(product)}
        >
          {isPair ? `+ ${shortName(shopper.email)}` : 'Add'}
        </Button>
      ))}
      {isPair && (
        <Button
          size="small"
          disabled={shoppers.some(({ cart }) => cart === 'missing')}
          label={`Add ${product} to both carts at once`}
          onClick={() => {
            for (const shopper of shoppers) shopper.add(product);
          }}
        >
          + both
        </Button>
      )}
    </div>
  );
}
