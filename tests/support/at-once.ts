/*
 * Has several pages ask for something at the very same moment: what each sends is held back until all have sent it, so
 * that none learns of another's success before it asks.
 */
import { EventEmitter, once } from 'node:events';
import type { Page } from 'playwright-core';

/** Holds what the pages post to this path back until each has posted once; later posts pass. */
export async function holdUntilAllPost(pages: readonly Page[], path: string): Promise<void> {
  let waiting = pages.length;
  const posts = new EventEmitter();
  const all = once(posts, 'all');
  await Promise.all(
    pages.map(async (page) =>
      page.route(`**${path}`, async (route) => {
        if (route.request().method() === 'POST') {
          waiting -= 1;
          if (waiting === 0) posts.emit('all');
          await all;
        }
        await route.continue();
      }),
    ),
  );
}
