/*
 * `trolley seed [WHAT]`: puts sample data in, or the products and users of a file, with progress on a screen.
 */
import type { CommandContext } from '../command-context.ts';
import type { GatewayClient } from '../gateway-client.ts';
import { ItemsClient } from '../items/items-client.ts';
import { counted } from '../printable.ts';
import { sampleBooks } from '../sample/sample-books.ts';
import { sampleSeats } from '../sample/sample-plays.ts';
import { seedItems, type ItemCounts } from '../seed-items.ts';
import { seedReportText, seedShop, type SeedReport } from '../seed-shop.ts';
import { readShopFile, SAMPLE_SHOP_FILE } from '../shop-file.ts';

/** What was seeded; what was not asked for is absent. */
type Report = Partial<SeedReport> & { readonly books?: ItemCounts; readonly seats?: ItemCounts };

/** Seeds `shop`, `library`, `theatre`, `all` of them, or the shop in a file. @throws CommandFailure */
export async function runSeed(
  context: CommandContext,
  gateway: GatewayClient,
  what: string | undefined,
  json: boolean,
): Promise<void> {
  await gateway.send({ method: 'GET', path: '/healthz' });
  let report: Report = {};
  for (const part of partsOf(what)) {
    const seeded = await seedPart(context, gateway, part);
    report = { ...report, ...seeded.report };
    if (!json) context.terminal.line(seeded.text);
  }
  if (json) context.terminal.line(JSON.stringify(report));
}

type Part = { readonly kind: 'library' | 'theatre' } | { readonly kind: 'shop'; readonly file: string };

const SHOP: Part = { kind: 'shop', file: SAMPLE_SHOP_FILE };

function partsOf(what: string | undefined): readonly Part[] {
  switch (what) {
    case undefined:
    case 'all':
      return [SHOP, { kind: 'library' }, { kind: 'theatre' }];
    case 'shop':
      return [SHOP];
    case 'library':
    case 'theatre':
      return [{ kind: what }];
    default:
      return [{ kind: 'shop', file: what }];
  }
}

async function seedPart(
  context: CommandContext,
  gateway: GatewayClient,
  part: Part,
): Promise<{ readonly report: Report; readonly text: string }> {
  switch (part.kind) {
    case 'shop': {
      const report = await seedShopWithProgress(context, gateway, part.file);
      return { report, text: seedReportText(report) };
    }
    case 'library': {
      const books = await seedBooks(context, gateway);
      return { report: { books }, text: countsText(books, 'book') };
    }
    case 'theatre': {
      const seats = await seedSeats(context, gateway);
      return { report: { seats }, text: countsText(seats, 'seat') };
    }
    default:
      return part satisfies never;
  }
}

function countsText({ created, kept }: ItemCounts, noun: string): string {
  const seeded = `Seeded ${counted(created, noun)}`;
  return kept === 0 ? `${seeded}.` : `${seeded}; ${kept === 1 ? '1 was' : `${kept} were`} there already.`;
}

/** Seeds the shop in a file and shows how far it is on one line. @throws CommandFailure */
export async function seedShopWithProgress(
  { terminal, clock, random }: CommandContext,
  gateway: GatewayClient,
  file: string,
): Promise<SeedReport> {
  const shop = await readShopFile(file);
  try {
    return await seedShop(gateway, shop, {
      clock,
      random,
      onProgress: (done, total) => terminal.progress(`Seeding ${done} of ${total} ...`),
    });
  } finally {
    terminal.progressDone();
  }
}

/** Seeds the books of the library. @throws CommandFailure */
function seedBooks(context: CommandContext, gateway: GatewayClient): Promise<ItemCounts> {
  return seedWithProgress(context, gateway, sampleBooks(), 'books');
}

/** Seeds the seats of the theatre. @throws CommandFailure */
function seedSeats(context: CommandContext, gateway: GatewayClient): Promise<ItemCounts> {
  return seedWithProgress(context, gateway, sampleSeats(), 'seats');
}

async function seedWithProgress(
  context: CommandContext,
  gateway: GatewayClient,
  items: Parameters<typeof seedItems>[1],
  nouns: string,
): Promise<ItemCounts> {
  const { terminal } = context;
  try {
    return await seedItems(new ItemsClient(gateway, context), items, (done, total) =>
      terminal.progress(`Seeding ${nouns}: ${done} of ${total} ...`),
    );
  } finally {
    terminal.progressDone();
  }
}
