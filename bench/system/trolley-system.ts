/*
 * Trolley as one of the systems that are measured: what it acknowledged is what its gateway has counted.
 */
import { readCounters } from '../measure/counters.ts';
import { fillShop, unitsInCarts } from './shop.ts';
import type { System } from './system.ts';
import { startTrolley, type Shape } from './trolley.ts';

/** Starts it with its data under a folder. @throws when it does not come up */
export async function trolleySystem(folder: string, signal: AbortSignal, shape?: Shape): Promise<System> {
  const trolley = await startTrolley(folder, signal, shape);
  const { gateway, gateways, nodes } = trolley;
  const urls = gateways.map(({ url }) => url);
  const counters = () =>
    readCounters(
      urls,
      nodes.map(({ url }) => url),
    );
  return {
    name: 'trolley',
    version: undefined,
    urls,
    processes: [...gateways, ...nodes],
    fill: () => fillShop(gateway.url),
    async tally() {
      const { additions, additionsRefused } = await counters();
      return { acknowledged: additions, refused: additionsRefused, units: await unitsInCarts(gateway.url) };
    },
    counters,
    stop: () => trolley.stop(),
  };
}
