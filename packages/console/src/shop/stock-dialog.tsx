/*
 * Puts more of a product on the shelf, or something new.
 */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { tell } from '../app/toasts.tsx';
import { post } from '../api/persist.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Field } from '../design/field.tsx';
import { ErrorNotice } from '../design/notice.tsx';
import { useWork } from '../live/use-work.ts';
import type { Product } from './shop-api.ts';

/** The dialog; it closes itself when the shelf was stocked. */
export function StockDialog({ onClose }: { readonly onClose: () => void }): VNode {
  const [name, setName] = useState('');
  const [quantity, setQuantity] = useState('1');
  const [error, setError] = useState<unknown>();
  const { busy, run } = useWork();
  const submit = (event: Event): void => {
    event.preventDefault();
    run('stock', async () => {
      try {
        const { body } = await post<Product>('/product', { name, quantity: Number(quantity) });
        tell('good', `There are ${body.quantity} ${body.name} in stock now.`);
        onClose();
      } catch (problem) {
        setError(problem);
      }
    });
  };
  return (
    <Dialog title="Stock the shelf" onClose={onClose}>
      <form class="stack" onSubmit={submit} noValidate>
        <Field label="Product" value={name} onInput={setName} required hint="One that is there, or a new one." />
        <Field
          label="How many to add"
          type="number"
          value={quantity}
          onInput={setQuantity}
          required
          hint="A negative number takes away."
        />
        <ErrorNotice error={error} title="The stock was not changed" />
        <div class="actions">
          <Button onClick={onClose}>Close</Button>
          <Button type="submit" look="primary" busy={busy !== undefined}>
            Add to the stock
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
