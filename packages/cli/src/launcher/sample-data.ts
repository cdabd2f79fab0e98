/*
 * The sample data of a first start: an empty shop gets it once. A marker in the data directory keeps a
 * shop that somebody emptied from being filled again.
 */
import { access, writeFile } from 'node:fs/promises';
import type { CommandContext } from '../command-context.ts';
import { seedShopWithProgress } from '../commands/seed.ts';
import { CommandFailure } from '../failure.ts';
import type { GatewayClient } from '../gateway-client.ts';
import { counted } from '../printable.ts';
import { SAMPLE_SHOP_FILE } from '../shop-file.ts';

/** Seeds the sample shop if this is the first start. Tells what it did; undefined when there was nothing to do. */
export async function seedFirstStart(
  context: CommandContext,
  gateway: GatewayClient,
  markerFile: string,
): Promise<string | undefined> {
  if ((await exists(markerFile)) || !(await isEmpty(gateway))) return undefined;
  try {
    const { products, users } = await seedShopWithProgress(context, gateway, SAMPLE_SHOP_FILE);
    await writeFile(markerFile, 'The sample data was written once. Without this file an empty shop gets it again.\n');
    return `${counted(products.created, 'product')} and ${counted(users.created, 'user')}`;
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    context.terminal.notice(`The sample data could not be written: ${error.message} \`trolley seed\` tries again.`);
    return undefined;
  }
}

async function isEmpty(gateway: GatewayClient): Promise<boolean> {
  const { status, body } = await gateway.send({ method: 'GET', path: '/productslist?limit=1' });
  return status === 200 && Array.isArray(body) && body.length === 0;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
