/*
 * Puts sample items into a running cluster. An item that is there already is left alone, with whoever holds it.
 */
import { CommandFailure, messageOf } from './failure.ts';
import type { ItemsClient } from './items/items-client.ts';
import { forEachParallel } from './parallel.ts';
import type { SampleItem } from './sample/sample-item.ts';

/** Enough to keep group commits full. */
const CONCURRENT_REQUESTS = 64;

/** How many were made, and how many were there. */
export interface ItemCounts {
  readonly created: number;
  readonly kept: number;
}

/** Seeds items. @throws CommandFailure at what cannot be written */
export async function seedItems(
  client: ItemsClient,
  items: readonly SampleItem[],
  onProgress: (done: number, total: number) => void,
): Promise<ItemCounts> {
  const counts = { created: 0, kept: 0 };
  await forEachParallel(items, CONCURRENT_REQUESTS, async (item) => {
    const added = await seedItem(client, item);
    counts[added ? 'created' : 'kept'] += 1;
    onProgress(counts.created + counts.kept, items.length);
  });
  return counts;
}

async function seedItem(client: ItemsClient, item: SampleItem): Promise<boolean> {
  try {
    return (await client.add(item)) !== undefined;
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    throw new CommandFailure(
      `Could not seed ${item.id}: ${messageOf(error)}`,
      'What was seeded before stays; running it again goes on from here.',
    );
  }
}
