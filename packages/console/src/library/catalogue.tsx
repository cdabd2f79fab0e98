/*
 * The catalogue with its search and its pages.
 */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { showOnPage } from '../app/router.ts';
import { Button } from '../design/button.tsx';
import { plural } from '../app/format.ts';
import { EmptyState } from '../design/empty-state.tsx';
import { Check, Select } from '../design/field.tsx';
import { ErrorNotice } from '../design/notice.tsx';
import { Panel } from '../design/panel.tsx';
import { SearchField } from '../design/search-field.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { itemState, type Item } from '../items/item.ts';
import { worthTelling } from '../live/worth-telling.ts';
import { Pager } from '../paging/pager.tsx';
import type { Paged } from '../paging/use-paged.ts';
import { AddBookDialog } from './add-book-dialog.tsx';
import { BookList } from './book-list.tsx';
import { SEARCH_FIELDS, type LibraryState } from './library-state.ts';
import { RemoveBookDialog } from './remove-book-dialog.tsx';
import type { Library } from './use-library.ts';

const FIELD_TEXT = { anywhere: 'anywhere', title: 'in the title', author: 'in the author' } as const;

interface CatalogueProps {
  readonly state: LibraryState;
  readonly books: Paged<Item>;
  readonly library: Library;
}

/** The catalogue. */
export function Catalogue({ state, books, library }: CatalogueProps): VNode {
  const [chosen, setChosen] = useState<readonly Item[]>([]);
  const [dialog, setDialog] = useState<Item | 'add'>();
  // What was reserved by then, by whomever, is not there to be reserved any more.
  const shown = new Map(books.value?.entries.map((book) => [book.id, book]));
  const isFree = ({ id }: Item): boolean => itemState(shown.get(id) ?? { holder: null }, state.user) === 'free';
  const free = chosen.filter(isFree);
  const choose = (book: Item, isChosen: boolean): void =>
    setChosen(isChosen ? [...free, book] : free.filter(({ id }) => id !== book.id));
  return (
    <Panel
      title="Catalogue"
      aside={
        <Button size="small" onClick={() => setDialog('add')}>
          Add a book
        </Button>
      }
    >
      <CatalogueTools state={state} />
      <ErrorNotice error={worthTelling(books.error, books.value)} title="The catalogue could not be read" />
      {books.value === undefined && books.error === undefined && <Skeleton lines={12} label="Reading the catalogue" />}
      {books.value?.entries.length === 0 && <NothingThere state={state} />}
      {books.value !== undefined && (
        <BookList
          books={books.value.entries}
          isCurrent={books.isCurrent}
          email={state.user}
          library={library}
          chosen={new Set(free.map(({ id }) => id))}
          onChoose={choose}
          change={state.change}
          onRemove={state.keeper ? setDialog : undefined}
        />
      )}
      {books.value !== undefined && <Pager label="books" number={state.page} hasNext={books.value.hasNext} />}
      <ChosenBar chosen={free} library={library} onClear={() => setChosen([])} />
      {dialog === 'add' && <AddBookDialog onClose={() => setDialog(undefined)} onAdded={books.refresh} />}
      {dialog !== undefined && dialog !== 'add' && (
        <RemoveBookDialog book={dialog} onClose={() => setDialog(undefined)} onRemoved={books.refresh} />
      )}
    </Panel>
  );
}

function CatalogueTools({ state }: { readonly state: LibraryState }): VNode {
  return (
    <div class="catalogue-tools">
      <SearchField
        label="Search the catalogue"
        placeholder="ledger"
        value={state.search}
        onSearch={(search) => showOnPage({ search, page: undefined }, 'replace')}
      />
      <Select
        label="Words stand"
        value={state.field}
        options={SEARCH_FIELDS.map((value) => ({ value, label: FIELD_TEXT[value] }))}
        onChange={(field) => showOnPage({ in: field === 'anywhere' ? undefined : field, page: undefined })}
      />
      <div class="row">
        <Check
          label="Available only"
          checked={state.availableOnly}
          onChange={(checked) => showOnPage({ available: checked ? 'yes' : undefined, page: undefined })}
        />
        <Check
          label="Remove books"
          checked={state.keeper}
          onChange={(checked) => showOnPage({ keeper: checked ? 'yes' : undefined })}
        />
      </div>
    </div>
  );
}

interface ChosenBarProps {
  readonly chosen: readonly Item[];
  readonly library: Library;
  readonly onClear: () => void;
}

function ChosenBar({ chosen, library, onClear }: ChosenBarProps): VNode | null {
  const [allOrNone, setAllOrNone] = useState(false);
  if (chosen.length === 0) return null;
  const take = (): void => {
    library.reserve(chosen, allOrNone);
    onClear();
  };
  return (
    <div class="chosen-bar" role="region" aria-label="Chosen books">
      <strong class="figures">{plural(chosen.length, 'book')} chosen</strong>
      <Check label="All or none" checked={allOrNone} onChange={setAllOrNone} />
      <span class="row">
        <Button look="quiet" onClick={onClear}>
          Clear
        </Button>
        <Button look="primary" busy={library.isBusy('reserve all')} onClick={take}>
          Reserve {chosen.length === 1 ? 'it' : 'them'}
        </Button>
      </span>
    </div>
  );
}

function NothingThere({ state }: { readonly state: LibraryState }): VNode {
  if (state.page > 1) {
    return (
      <EmptyState title="There is no such page">
        <Button onClick={() => showOnPage({ page: undefined })}>To the first page</Button>
      </EmptyState>
    );
  }
  if (state.search !== '' || state.availableOnly) {
    return (
      <EmptyState title="No book fits">
        <Button onClick={() => showOnPage({ search: undefined, in: undefined, available: undefined })}>
          Show the whole catalogue
        </Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState title="There are no books">
      <p>
        <code>npx trolley seed all</code> puts 1,200 in. Or add one yourself.
      </p>
    </EmptyState>
  );
}
