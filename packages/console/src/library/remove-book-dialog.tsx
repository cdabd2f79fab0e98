/*
 * Asks before a book is removed.
 */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { tell } from '../app/toasts.tsx';
import { ApiProblem } from '../api/problem.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { ErrorNotice, Notice } from '../design/notice.tsx';
import type { Item } from '../items/item.ts';
import { removeItem } from '../items/items-api.ts';
import { useWork } from '../live/use-work.ts';
import { bookLine, titleOf } from './books.ts';

interface RemoveBookDialogProps {
  readonly book: Item;
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}

/** The dialog; it closes itself when the book is gone. */
export function RemoveBookDialog({ book, onClose, onRemoved }: RemoveBookDialogProps): VNode {
  const [error, setError] = useState<unknown>();
  const { busy, run } = useWork();
  const isHeld = error instanceof ApiProblem && error.code === 'ITEM_HELD';
  const removeIt = (): void =>
    run('remove', async () => {
      try {
        const result = await removeItem(book.id);
        tell('good', `“${titleOf(book)}” ${result === 'removed' ? 'is removed' : 'was removed before'}.`);
        onRemoved();
        onClose();
      } catch (problem) {
        setError(problem);
      }
    });
  return (
    <Dialog title="Remove this book?" onClose={onClose}>
      <p>{bookLine(book)}</p>
      {isHeld ? (
        <Notice tone="bad" title="It stays">
          Somebody has reserved it meanwhile. It can be removed when nobody has it.
        </Notice>
      ) : (
        <ErrorNotice error={error} title="The book was not removed" />
      )}
      <div class="actions">
        <Button onClick={onClose}>Keep it</Button>
        <Button look="danger" busy={busy !== undefined} disabled={isHeld} onClick={removeIt}>
          Remove the book
        </Button>
      </div>
    </Dialog>
  );
}
