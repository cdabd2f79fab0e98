/*
 * A person's latest orders.
 */
import type { VNode } from 'preact';
import { Button } from '../design/button.tsx';
import { plural } from '../app/format.ts';
import type { Tone } from '../design/notice.tsx';
import { Tag } from '../design/tag.tsx';
import { timeText } from '../design/time-text.ts';
import type { Order } from './shop-api.ts';

const TONES: Readonly<Record<Order['state'], Tone>> = {
  pending: 'warn',
  confirmed: 'good',
  cancelling: 'warn',
  cancelled: 'plain',
};
const MEANINGS: Readonly<Record<Order['state'], string>> = {
  pending: 'being made',
  confirmed: 'confirmed',
  cancelling: 'being cancelled',
  cancelled: 'cancelled',
};

interface OrdersProps {
  readonly orders: readonly Order[] | undefined;
  readonly isBusy: (name: string) => boolean;
  readonly onCancel: (id: string) => void;
}

/** The orders, newest first. */
export function Orders({ orders, isBusy, onCancel }: OrdersProps): VNode {
  return (
    <div class="stack tight">
      <h3>Orders</h3>
      {(orders === undefined || orders.length === 0) && (
        <p class="muted">
          {orders === undefined ? 'Reading the orders …' : 'None yet. What you check out stands here.'}
        </p>
      )}
      {orders !== undefined && orders.length > 0 && (
        <ul role="list" class="orders">
          {orders.map((order) => (
            <li key={order.id}>
              <span class="row spread">
                <span class="figures">{timeText(order.createdAt)}</span>
                <Tag tone={TONES[order.state]}>{MEANINGS[order.state]}</Tag>
              </span>
              <span class="row spread">
                <span class="muted small">{linesText(order)}</span>
                {order.state === 'confirmed' && (
                  <Button
                    size="small"
                    look="quiet"
                    busy={isBusy(`cancel ${order.id}`)}
                    label={`Cancel the order of ${timeText(order.createdAt)}, ${plural(order.quantityTotal, 'thing')}`}
                    onClick={() => onCancel(order.id)}
                  >
                    Cancel
                  </Button>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function linesText({ lines }: Order): string {
  return Object.entries(lines)
    .map(([product, quantity]) => `${quantity} ${product}`)
    .join(', ');
}
