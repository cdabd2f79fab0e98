/*
 * What of a product can be ordered, for the calls about products: shown beside its quantity, and guarded when the
 * quantity is lowered.
 */
import type { Clock } from '@trolley/cluster';
import { applyChange, productKey, productOf, type Change } from '@trolley/records';
import type { Background } from '../background.ts';
import { StoreError, type Store, type StoreOptions } from '../store.ts';
import type { OrderCompletion } from './order-completion.ts';
import type { StockRegisters } from './stock-registers.ts';
import { availableOf, takenOf, type Stock } from './stock.ts';

/** What it works with. */
export interface AvailabilityDependencies {
  readonly store: Store;
  readonly stocks: StockRegisters;
  readonly completion: OrderCompletion;
  readonly background: Background;
  readonly clock: Clock;
}

/** About which deletion what was sold is forgotten. */
interface Forgetting {
  readonly requestId: string;
  /** Whether the deletion was made on fewer replicas than a majority. */
  readonly isDegraded: boolean;
}

/** How long a product is held back for its stock: it is shown without when the majority that knows is away. */
const STOCK_WAIT_MAX_MS = 1_000;

/** Looks at the stock of a deleted product in a row, each after somebody changed it. */
const LOOKS_MAX = 10;

/** Tells what can be ordered. */
export class Availability {
  readonly #dependencies: AvailabilityDependencies;

  constructor(dependencies: AvailabilityDependencies) {
    this.#dependencies = dependencies;
  }

  /** Begins to read the stock; the function that it returns tells how many of a quantity can be ordered, null when that is not known. */
  look(product: string, requestId: string): (quantity: number) => Promise<number | null> {
    const { clock } = this.#dependencies;
    const reading = this.#readStock(product, requestId);
    // Told to whoever asks for the result; when the product is not there, nobody does.
    reading.catch(() => {});
    return async (quantity) => {
      const read = await new Promise<Awaited<typeof reading>>((resolve, reject) => {
        const timer = clock.after(STOCK_WAIT_MAX_MS, () => resolve(null));
        reading.then(resolve, reject).finally(() => timer.cancel());
      });
      return read === null ? null : availableOf(quantity, read.stock);
    };
  }

  /**
   * How many are sold or held, when a change of the quantity would leave fewer than that; undefined when it may be made.
   * One that was made before, or is refused anyway, is not looked at. Nor is one while a majority is away, unless it is
   * strict: products are written then too, and no order is made that could miss what was taken.
   *
   * @throws StoreError
   */
  async takenBeyond(
    product: string,
    change: Change,
    { requestId, strict }: Pick<StoreOptions, 'requestId' | 'strict'>,
  ): Promise<number | undefined> {
    const { clock } = this.#dependencies;
    if (change.action.type !== 'add-to-product' || change.action.quantity >= 0) return undefined;
    const known = await this.#readBoth(product, requestId).catch((error: unknown) => {
      if (strict !== true && error instanceof StoreError && error.code === 'QUORUM_NOT_MET') return undefined;
      throw error;
    });
    if (known === undefined) return undefined;
    const { record, stock } = known;
    // What the change would come to; what it is applied to is for the nodes to say.
    const outcome = applyChange(record, change, { actor: 'gateway', nowMs: clock.nowMs() });
    if (outcome.type !== 'applied') return undefined;
    const taken = takenOf(stock);
    return (productOf(outcome.record)?.quantity ?? 0) < taken ? taken : undefined;
  }

  /**
   * Forgets what was sold of a product that was deleted, unless there is one of that name again: what is sold of that one
   * must not be forgotten, nor what others added while it was deleted be sold twice. Where the deletion itself is degraded, with a majority away, that
   * is left: then a product made anew may lack what was sold before, and never sells more than there is.
   *
   * @throws StoreError OUTCOME_UNKNOWN when a majority is away: the product is gone, and one made anew would lack what
   * was sold before
   */
  async forget(product: string, { requestId, isDegraded }: Forgetting): Promise<void> {
    try {
      await this.#forgetIfGone(product, requestId);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (isDegraded && error.code === 'QUORUM_NOT_MET') return;
      throw new StoreError('OUTCOME_UNKNOWN', `what was sold of ${product} could not be forgotten: ${error.message}`);
    }
  }

  /** The stock is read before the product: only what was taken before a time when the product was gone is forgotten. */
  async #forgetIfGone(product: string, requestId: string): Promise<void> {
    const { store, stocks } = this.#dependencies;
    for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
      const stock = await stocks.read(product, requestId);
      if (stock === undefined) return;
      const { record } = await store.read(productKey(product), { strict: true, requestId });
      if (productOf(record) !== undefined || (await stocks.clear(product, stock, requestId))) return;
    }
    throw new StoreError('QUORUM_NOT_MET', 'it keeps changing');
  }

  async #readBoth(product: string, requestId: string) {
    const { store, stocks } = this.#dependencies;
    const [{ record }, stock] = await Promise.all([
      store.read(productKey(product), { strict: true, requestId }),
      stocks.read(product, requestId),
    ]);
    return { record, stock };
  }

  async #readStock(product: string, requestId: string): Promise<{ readonly stock: Stock | undefined } | null> {
    const { stocks, completion, background } = this.#dependencies;
    try {
      const stock = await stocks.read(product, requestId);
      background.run(`holds ${product}`, () => completion.clearOldHolds(product, stock, requestId));
      return { stock };
    } catch (error) {
      if (error instanceof StoreError) return null;
      throw error;
    }
  }
}
