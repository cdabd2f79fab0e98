/*
 * One process of a cluster after the other killed with -9 and started again, every few seconds, while something else
 * goes on: mostly nodes, now and then a gateway, which comes back on the same port. Never two at once.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { TestCluster } from '../support/cluster.ts';
import { pick } from '../support/seeded-random.ts';

const DOWN_MAX_MS = 1_500;
const BETWEEN_MAX_MS = 2_000;
/** Each so-many-th victim is a gateway. */
const GATEWAY_TURN = 3;

/** How many processes of a kind were killed. */
export interface Deaths {
  readonly nodes: number;
  readonly gateways: number;
}

/**
 * Kills processes while something goes on; afterwards all run again.
 * @param turn where to begin: with 2, the second victim is a gateway
 * @throws what the work throws, or what would not start again
 */
export async function whileProcessesDie<T>(
  cluster: TestCluster,
  random: () => number,
  turn: number,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly deaths: Deaths }> {
  const ending = new AbortController();
  const deaths = { nodes: 0, gateways: 0 };
  const killing = killInTurn();
  try {
    const result = await Promise.race([work(), killing.then(() => Promise.reject(new Error('the killing ended')))]);
    return { result, deaths };
  } finally {
    ending.abort();
    await killing;
  }

  async function killInTurn(): Promise<void> {
    const nodes = [...cluster.nodes.keys()];
    for (let victim = turn; !ending.signal.aborted; victim += 1) {
      if (victim % GATEWAY_TURN === 0) await killGateway();
      else await killNode(pick(random, nodes));
      await cluster.waitForUp(nodes);
      await someTime(random() * BETWEEN_MAX_MS);
    }
  }

  async function killNode(id: string): Promise<void> {
    await cluster.node(id).kill();
    deaths.nodes += 1;
    await someTime(random() * DOWN_MAX_MS);
    await cluster.startNode(id);
  }

  async function killGateway(): Promise<void> {
    const gateway = pick(random, cluster.gateways);
    await cluster.killGateway(gateway);
    deaths.gateways += 1;
    await someTime(random() * DOWN_MAX_MS);
    await cluster.startGateway({ PORT: new URL(gateway.url).port });
  }

  async function someTime(timeMs: number): Promise<void> {
    // It rejects when it is ended early, which is no failure.
    await delay(timeMs, undefined, { signal: ending.signal }).catch(() => undefined);
  }
}
