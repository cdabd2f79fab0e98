/*
 * The books of a page, and what the reader can do with each.
 */
import type { VNode } from 'preact';
import { Button } from '../design/button.tsx';
import type { Tone } from '../design/notice.tsx';
import { Tag } from '../design/tag.tsx';
import { detailOf, itemState, type Item, type ItemState } from '../items/item.ts';
import { bookLine, titleOf } from './books.ts';
import type { Library } from './use-library.ts';

const TAGS: Readonly<Record<ItemState, { readonly tone: Tone; readonly text: string }>> = {
  free: { tone: 'good', text: 'available' },
  taken: { tone: 'plain', text: 'reserved' },
  yours: { tone: 'info', text: 'yours' },
  pending: { tone: 'warn', text: 'being decided' },
};

/** What the list works with. */
export interface BookListProps {
  readonly books: readonly Item[];
  readonly isCurrent: boolean;
  readonly email: string;
  readonly library: Library;
  /** Ids of the books that are ticked. */
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (book: Item, isChosen: boolean) => void;
  /** The reservation that is to become one of another book. */
  readonly change: string | undefined;
  /** Absent unless books can be removed. */
  readonly onRemove: ((book: Item) => void) | undefined;
}

/** The list. */
export function BookList(props: BookListProps): VNode {
  return (
    <ul role="list" class="books" aria-busy={!props.isCurrent}>
      {props.books.map((book) => (
        <Book key={book.id} book={book} {...props} />
      ))}
    </ul>
  );
}

function Book({ book, ...props }: BookListProps & { readonly book: Item }): VNode {
  const { email, chosen, onChoose, change, onRemove } = props;
  const state = itemState(book, email);
  const facts = ['genre', 'year', 'publisher'].map((name) => detailOf(book, name)).filter((fact) => fact !== '');
  return (
    <li class="book" data-book={book.id} data-state={state}>
      <input
        type="checkbox"
        aria-label={`Choose ${bookLine(book)}`}
        checked={chosen.has(book.id)}
        disabled={state !== 'free' || change !== undefined}
        onChange={(event) => onChoose(book, event.currentTarget.checked)}
      />
      <div class="what">
        <div class="title">{titleOf(book)}</div>
        <div>{detailOf(book, 'author')}</div>
        <div class="muted small">{facts.join(' · ')}</div>
      </div>
      <div class="state">
        <Tag tone={TAGS[state].tone}>{TAGS[state].text}</Tag>
      </div>
      <div class="deeds">
        <Deed book={book} state={state} {...props} />
        {onRemove && state === 'free' && (
          <Button size="small" look="quiet" label={`Remove ${bookLine(book)}`} onClick={() => onRemove(book)}>
            Remove
          </Button>
        )}
      </div>
    </li>
  );
}

interface DeedProps extends Pick<BookListProps, 'library' | 'change'> {
  readonly book: Item;
  readonly state: ItemState;
}

function Deed({ book, state, library, change }: DeedProps): VNode | null {
  const busy = library.isBusy(`reserve ${book.id}`);
  if (state === 'free' && change !== undefined) {
    const take = (): void => library.change(change, book);
    return (
      <Button size="small" look="primary" busy={busy} label={`Have ${bookLine(book)} instead`} onClick={take}>
        Have instead
      </Button>
    );
  }
  if (state === 'free') {
    const take = (): void => library.reserve([book], false);
    return (
      <Button size="small" busy={busy} label={`Reserve ${bookLine(book)}`} onClick={take}>
        Reserve
      </Button>
    );
  }
  const { holder } = book;
  if (state !== 'yours' || holder === null) return null;
  return (
    <Button
      size="small"
      look="quiet"
      busy={library.isBusy(`cancel ${holder.reservation}`)}
      label={`Cancel ${bookLine(book)}`}
      onClick={() => library.cancel(holder.reservation, titleOf(book))}
    >
      Cancel
    </Button>
  );
}
