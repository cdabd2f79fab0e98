/*
 * Making, finding and removing items.
 */
import type { Clock, Random } from '@trolley/cluster';
import type { Background } from '../background.ts';
import type { Registers } from '../registers.ts';
import { StoreError } from '../store.ts';
import { creation, deletion } from './item-decisions.ts';
import { ITEM_PREFIX, newToken, tokenOf } from './item-ids.ts';
import type { ItemRegisters, VersionedItem } from './item-registers.ts';
import { asListed, isSought, type ItemFilter } from './item-search.ts';
import { hasLapsed, itemIn, type Holder, type ItemDetails } from './item.ts';

/** An item that is wanted. */
export interface NewItem {
  /** Made up when it is absent. */
  readonly id: string | undefined;
  readonly kind: string;
  readonly details: ItemDetails;
}

/** An item with its id. */
export interface NamedItem extends VersionedItem {
  readonly id: string;
}

/** What came of making an item. */
export type CreateOutcome =
  | { readonly type: 'created'; readonly item: NamedItem }
  | { readonly type: 'exists'; readonly id: string }
  /** It was made before by the same request, and removed since. */
  | { readonly type: 'removed'; readonly id: string }
  /** The Idempotency-Key was used for another item. */
  | { readonly type: 'key-reused' };

/** Part of a listing. */
export interface ItemPage {
  readonly items: readonly NamedItem[];
  /** The id to continue after; undefined when nothing follows. The next page may turn out to be empty. */
  readonly next: string | undefined;
}

/** What making and finding items works with. */
export interface ItemServiceDependencies {
  readonly registers: Registers;
  readonly items: ItemRegisters;
  readonly background: Background;
  readonly clock: Clock;
  readonly random: Random;
}

/** Calls of the registers for one page, however few of the items are sought; a shorter page with a cursor follows. */
const LIST_CALLS_MAX = 10;
/** Items read at once when only some of them may be sought. */
const LISTED_AT_ONCE = 1_000;

/** Makes, finds and removes items. */
export class ItemService {
  readonly #dependencies: ItemServiceDependencies;

  constructor(dependencies: ItemServiceDependencies) {
    this.#dependencies = dependencies;
  }

  /** Makes an item; sent again with the same key it is found to be made. @throws StoreError */
  async create(
    { id, kind, details }: NewItem,
    idempotencyKey: string | undefined,
    requestId: string,
  ): Promise<CreateOutcome> {
    const { items, random } = this.#dependencies;
    const fingerprint = tokenOf(id ?? '', kind, JSON.stringify(Object.entries(details).toSorted(byName)));
    const changeId = idempotencyKey === undefined ? newToken(random) : tokenOf('create', idempotencyKey);
    const name = id ?? (idempotencyKey === undefined ? newToken(random) : tokenOf('item', idempotencyKey).slice(0, 16));
    const result = await items.change(name, creation(kind, details, fingerprint), requestId, changeId);
    if (result.type === 'exists') return { type: 'exists', id: name };
    if (result.fingerprint !== fingerprint) return { type: 'key-reused' };
    const item = await this.#lookAtNew(name, requestId);
    return item === undefined ? { type: 'removed', id: name } : { type: 'created', item: { id: name, ...item } };
  }

  /** The item; undefined when there is none. @throws StoreError */
  async find(id: string, requestId: string): Promise<NamedItem | undefined> {
    const found = await this.#dependencies.items.look(id, requestId);
    return found && { id, ...found };
  }

  /** Removes an item that nobody holds. A bundle that is being made counts as a hold. @throws StoreError */
  async remove(id: string, requestId: string): Promise<'removed' | 'missing' | { readonly heldBy: Holder }> {
    const { items, clock } = this.#dependencies;
    // What can be settled is first, and what is not there must not cost a write.
    if ((await items.look(id, requestId)) === undefined) return 'missing';
    const result = await items.change(id, deletion(clock.nowMs()), requestId);
    switch (result.type) {
      case 'deleted':
        return 'removed';
      case 'missing':
        return 'missing';
      case 'held':
        return { heldBy: result.holder };
      default:
        return result satisfies never;
    }
  }

  /** Items by id. Who holds them may be a little out of date. @throws StoreError */
  async list(
    filter: ItemFilter,
    { after, limit }: { readonly after: string | undefined; readonly limit: number },
    requestId: string,
  ): Promise<ItemPage> {
    const isFiltered = filter.kind !== undefined || filter.words.length > 0 || filter.available !== undefined;
    const found: NamedItem[] = [];
    let last = after;
    for (let calls = 1; ; calls += 1) {
      const page = {
        after: last === undefined ? undefined : ITEM_PREFIX + last,
        limit: isFiltered ? LISTED_AT_ONCE : limit - found.length,
      };
      const { entries, next } = await this.#dependencies.registers.list(ITEM_PREFIX, page, { requestId });
      for (const { key, value, version } of entries) {
        const stored = itemIn(value);
        const id = key.slice(ITEM_PREFIX.length);
        // Also of what is not sought: that it is held may be what is to be settled.
        this.#settleLater(id, stored?.holder ?? null, requestId);
        const item = stored && asListed(stored, this.#dependencies.clock.nowMs());
        if (item !== undefined && isSought(id, item, filter)) {
          if (found.length === limit) return { items: found, next: last };
          found.push({ id, item, version });
        }
        last = id;
      }
      last = next?.slice(ITEM_PREFIX.length);
      if (last === undefined || found.length === limit || calls === LIST_CALLS_MAX) return { items: found, next: last };
    }
  }

  async #lookAtNew(id: string, requestId: string): Promise<VersionedItem | undefined> {
    try {
      return await this.#dependencies.items.look(id, requestId);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      throw new StoreError('OUTCOME_UNKNOWN', `the item was made, and could not be read: ${error.message}`);
    }
  }

  /** Whoever lists an item whose hold can be settled has it settled, but does not wait. */
  #settleLater(id: string, holder: Holder | null, requestId: string): void {
    const { background, items, clock } = this.#dependencies;
    if (holder === null || (holder.mark === null && !hasLapsed(holder, clock.nowMs()))) return;
    background.run(`settle ${id}`, () => items.settle(id, holder, requestId));
  }
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
