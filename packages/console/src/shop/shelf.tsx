/*
 * The shelf with its search and its pages.
 */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { showOnPage } from '../app/router.ts';
import type { Quorum } from '../api/quorum.ts';
import { Button } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { DegradedNotice, ErrorNotice } from '../design/notice.tsx';
import { Panel } from '../design/panel.tsx';
import { QuorumTag } from '../design/quorum-tag.tsx';
import { SearchField } from '../design/search-field.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { useKept } from '../live/use-kept.ts';
import { usePolled } from '../live/use-polled.ts';
import { worthTelling } from '../live/worth-telling.ts';
import { Pager } from '../paging/pager.tsx';
import { usePaged } from '../paging/use-paged.ts';
import { ProductList } from './product-list.tsx';
import { availableOf, listProducts } from './shop-api.ts';
import type { ShopState } from './shop-state.ts';
import { StockDialog } from './stock-dialog.tsx';
import type { Shopper } from './use-cart.ts';

const PAGE_SIZE = 15;
const LIST_MS = 10_000;
const STOCK_MS = 5_000;

interface ShelfProps {
  readonly state: ShopState;
  readonly shoppers: readonly Shopper[];
  /** Grows when an order has changed what is left. */
  readonly stockSeen: number;
  readonly onStock: () => void;
}

/** The shelf. */
export function Shelf({ state: { search, page }, shoppers, stockSeen, onStock }: ShelfProps): VNode {
  const [quorum, setQuorum] = useState<Quorum>();
  const [isStocking, setStocking] = useState(false);
  const listing = (signal: AbortSignal) => listProducts(search, signal, setQuorum);
  const products = usePaged({ listing, about: search, number: page, size: PAGE_SIZE, everyMs: LIST_MS });
  const names = products.value?.entries.map(({ name }) => name) ?? [];
  const stock = usePolled((signal) => availableOf(names, signal), STOCK_MS, names.join('\n'));
  const available = useKept(stock.value).value;
  const refresh = stock.refresh;
  useEffect(() => {
    if (stockSeen > 0) refresh();
  }, [stockSeen]);
  const stocked = (): void => {
    setStocking(false);
    products.refresh();
    onStock();
  };
  return (
    <Panel title="Shelf" aside={<QuorumTag quorum={quorum} />} class="shelf">
      <div class="shelf-tools">
        <SearchField
          label="Search the shelf"
          placeholder="juice"
          value={search}
          onSearch={(text) => showOnPage({ search: text, page: undefined }, 'replace')}
        />
        <Button onClick={() => setStocking(true)}>Stock the shelf</Button>
      </div>
      <ErrorNotice error={worthTelling(products.error, products.value)} title="The shelf could not be read" />
      {products.value === undefined ? (
        products.error === undefined && <Skeleton lines={PAGE_SIZE} label="Reading the shelf" />
      ) : products.value.entries.length > 0 ? (
        <ProductList
          products={products.value.entries}
          available={available}
          shoppers={shoppers}
          isCurrent={products.isCurrent}
        />
      ) : (
        <NothingThere search={search} page={page} />
      )}
      {products.value !== undefined && <Pager label="products" number={page} hasNext={products.value.hasNext} />}
      <DegradedNotice quorum={quorum} />
      {isStocking && <StockDialog onClose={stocked} />}
    </Panel>
  );
}

function NothingThere({ search, page }: { readonly search: string; readonly page: number }): VNode {
  if (page > 1) {
    return (
      <EmptyState title="There is no such page">
        <Button onClick={() => showOnPage({ page: undefined })}>To the first page</Button>
      </EmptyState>
    );
  }
  if (search !== '') {
    return (
      <EmptyState title={`No product has “${search}” in its name`}>
        <Button onClick={() => showOnPage({ search: undefined })}>Show the whole shelf</Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState title="The shelf is empty">
      <p>
        <code>npx trolley seed all</code> fills it with samples.
      </p>
    </EmptyState>
  );
}
