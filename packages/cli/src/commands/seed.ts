/*
 * `trolley seed [FILE]`: puts products and users into the shop, with progress on a screen.
 */
import type { CommandContext } from '../command-context.ts';
import type { GatewayClient } from '../gateway-client.ts';
import { seedReportText, seedShop, type SeedReport } from '../seed-shop.ts';
import { readShopFile, SAMPLE_SHOP_FILE } from '../shop-file.ts';

/** Seeds a file, or the sample shop when none is named. @throws CommandFailure */
export async function runSeed(
  context: CommandContext,
  gateway: GatewayClient,
  file: string | undefined,
  json: boolean,
): Promise<void> {
  await gateway.send({ method: 'GET', path: '/healthz' });
  const report = await seedWithProgress(context, gateway, file ?? SAMPLE_SHOP_FILE);
  context.terminal.line(json ? JSON.stringify(report) : seedReportText(report));
}

/** Seeds a file and shows how far it is on one line. @throws CommandFailure */
export async function seedWithProgress(
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
