/*
 * Adds a book to the catalogue.
 */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { tell } from '../app/toasts.tsx';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Field } from '../design/field.tsx';
import { ErrorNotice } from '../design/notice.tsx';
import { addItem } from '../items/items-api.ts';
import { useWork } from '../live/use-work.ts';
import { BOOK_KIND, titleOf } from './books.ts';

const FIELDS = [
  { name: 'title', label: 'Title', type: 'text' },
  { name: 'author', label: 'Author', type: 'text' },
  { name: 'genre', label: 'Genre', type: 'text' },
  { name: 'year', label: 'Year', type: 'number' },
  { name: 'publisher', label: 'Publisher', type: 'text' },
] as const;

interface AddBookDialogProps {
  readonly onClose: () => void;
  readonly onAdded: () => void;
}

/** The dialog; it closes itself when the book was added. */
export function AddBookDialog({ onClose, onAdded }: AddBookDialogProps): VNode {
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const [missing, setMissing] = useState<string>();
  const [error, setError] = useState<unknown>();
  const { busy, run } = useWork();
  const submit = (event: Event): void => {
    event.preventDefault();
    const details = detailsOf(texts);
    setMissing(details['title'] === undefined ? 'A book needs a title.' : undefined);
    if (details['title'] === undefined) return;
    run('add', async () => {
      try {
        const book = await addItem(BOOK_KIND, details);
        tell('good', `“${titleOf(book)}” is in the catalogue, as ${book.id}.`);
        onAdded();
        onClose();
      } catch (problem) {
        setError(problem);
      }
    });
  };
  return (
    <Dialog title="Add a book" onClose={onClose}>
      <form class="stack" onSubmit={submit} noValidate>
        {FIELDS.map(({ name, label, type }) => (
          <Field
            key={name}
            label={label}
            type={type}
            value={texts[name] ?? ''}
            onInput={(text) => setTexts({ ...texts, [name]: text })}
            required={name === 'title'}
            error={name === 'title' ? missing : undefined}
          />
        ))}
        <ErrorNotice error={error} title="The book was not added" />
        <div class="actions">
          <Button onClick={onClose}>Close</Button>
          <Button type="submit" look="primary" busy={busy !== undefined}>
            Add the book
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function detailsOf(texts: Readonly<Record<string, string>>): Record<string, string | number> {
  const filled = FIELDS.flatMap(({ name, type }): [string, string | number][] => {
    const text = (texts[name] ?? '').trim();
    return text === '' ? [] : [[name, type === 'number' ? Number(text) : text]];
  });
  return Object.fromEntries(filled);
}
