/*
 * A cluster that grows, shrinks, loses a node for good and gets it back, and is weighted anew, all under a steady
 * load whose acknowledged writes are recorded outside: nothing is lost, no read is older than what was acknowledged
 * before it, and what was deleted stays deleted.
 *
 * ROUNDS says how often, each with a cluster of its own (20 take about ten minutes); MEMBERSHIP_SEED repeats the draws.
 */
import { afterEach, expect, test } from 'vitest';
import { get, mustPost, post } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { followEvents } from '../support/event-stream.ts';
import { isObject, listOf, property } from '../support/json.ts';
import { freshSeed, numberSetting } from '../support/number-setting.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { waitUntil } from '../support/wait-until.ts';
import { replicasOf } from '../support/where.ts';
import { inTurn, SteadyLoad } from './steady-load.ts';

const ROUNDS = numberSetting('ROUNDS', 1);
const SEED = numberSetting('MEMBERSHIP_SEED', freshSeed());
const ROUND_TIMEOUT_MS = 180_000;
const PG_COUNT = 64;
const STEP_TIMEOUT_MS = 60_000;

let cluster: TestCluster | undefined;
let round: Round | undefined;

afterEach(async () => {
  round?.stopWatching();
  await cluster?.stop();
});

test.each(Array.from({ length: ROUNDS }, (_, index) => SEED + index))(
  'I1, I6, I9, I19: whatever nodes come, go, are drained and weighted, no acknowledged write is lost (MEMBERSHIP_SEED=%i)',
  async (seed) => {
    const random = seededRandom(seed);
    cluster = await startCluster({
      gateways: 2,
      gatewayEnvironment: { DOWN_OUT_AFTER: '2s', PG_COUNT: String(PG_COUNT) },
      nodeEnvironment: { PG_COUNT: String(PG_COUNT), SYNC_RECORDS_PER_SECOND: '500' },
    });
    round = new Round(cluster, random);
    await using events = await followEvents(cluster.url);
    await round.load.prepare();
    round.load.start();
    await round.rest();
    await round.grow(['node-4', 'node-5']);
    await round.drainOne();
    await round.loseOneForLong();
    await round.weighOne();
    await round.rest();
    await round.load.stop();
    round.stopWatching();

    await round.replicasAgree();
    await round.load.verify();
    report(round, seed);
    expect(round.load.violations).toEqual([]);
    expect(round.load.acknowledgements).toBeGreaterThan(500);
    // The load is spread over three replicas of which one is away at most: hardly anything has to be refused.
    expect(round.load.refusals.length).toBeLessThan(round.load.acknowledgements / 50);
    for (const type of ['node-in', 'node-out', 'drain-started', 'drained', 'move-started', 'move-ended']) {
      expect(
        events.some((event) => event.type === type),
        type,
      ).toBe(true);
    }
  },
  ROUND_TIMEOUT_MS,
);

/** One cluster under load, and what is done to it. */
class Round {
  readonly load: SteadyLoad;
  readonly #cluster: TestCluster;
  readonly #random: () => number;
  #isMoving = false;
  #watching = true;
  /** The nodes that are in. */
  #nodes = ['node-1', 'node-2', 'node-3'];

  constructor(running: TestCluster, random: () => number) {
    this.#cluster = running;
    this.#random = random;
    this.load = new SteadyLoad({
      urls: () => running.gateways.map(({ url }) => url),
      writers: 6,
      readers: 4,
      usersEach: 200,
      deletedUsers: 200,
      phase: () => (this.#isMoving ? 'while data moves' : 'at rest'),
      random,
    });
    void this.#watch();
  }

  stopWatching(): void {
    this.#watching = false;
  }

  /** Some load without anything else. */
  async rest(): Promise<void> {
    const goal = this.load.acknowledgements + 200;
    await waitUntil('some writes', () => this.load.acknowledgements >= goal);
  }

  async grow(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map(async (id) => this.#cluster.startNode(id)));
    this.#nodes.push(...ids);
    await this.#settled(this.#nodes);
  }

  /** Empties a node, stops it only when it says that it holds nothing any more, and has the map forget it. */
  async drainOne(): Promise<void> {
    const id = this.#takeNode();
    await mustPost(this.#cluster.url, `/cluster/nodes/${id}/drain`, {});
    await this.#settled(this.#nodes);
    await this.#nodeTo(id, 'be empty', (node) => node['state'] === 'drained' && node['records'] === 0);
    await this.#cluster.node(id).stop();
    await waitUntil(`${id} to be forgotten`, async () => {
      const { status } = await post(this.#cluster.url, `/cluster/nodes/${id}/forget`, {});
      return status === 200;
    });
  }

  /** Kills a node, waits until its data has been copied to others, and starts it again. */
  async loseOneForLong(): Promise<void> {
    const id = this.#takeNode();
    await this.#cluster.node(id).kill();
    await this.#settled(this.#nodes);
    await this.rest();
    await this.grow([id]);
  }

  /** Stops a node in order and starts it with twice the weight; then the operator gives it another. */
  async weighOne(): Promise<void> {
    const id = this.#takeNode();
    await this.#cluster.node(id).stop();
    await this.#cluster.startNode(id, { WEIGHT: '2' });
    this.#nodes.push(id);
    await this.#nodeTo(id, 'have its new weight', (node) => node['weight'] === 2);
    await this.#settled(this.#nodes);
    await mustPost(this.#cluster.url, `/cluster/nodes/${id}/weight`, { weight: 0.5 });
    await this.#nodeTo(id, 'have the weight that it was given', (node) => node['weight'] === 0.5);
    await this.#settled(this.#nodes);
  }

  /** Waits, without reading any key, until no replica is stale. */
  async replicasAgree(): Promise<void> {
    const { load } = this;
    await inTurn(load.emails, 16, async (email) =>
      waitUntil(`the replicas of ${email} to agree`, async () => {
        const replicas = await replicasOf(this.#cluster.url, `user:${email}`);
        return replicas.length === 3 && replicas.every(({ stale }) => stale === false);
      }),
    );
  }

  #takeNode(): string {
    const [id = ''] = this.#nodes.splice(Math.floor(this.#random() * this.#nodes.length), 1);
    return id;
  }

  /** Every gateway says that exactly these nodes are in, and that nothing moves. */
  async #settled(ids: readonly string[]): Promise<void> {
    const wanted = [...ids].toSorted().join(' ');
    await waitUntil(
      `${wanted} to be in, and all data in place`,
      async () => {
        const seen = await Promise.all(
          this.#cluster.gateways.map(async ({ url }) => {
            const { body } = await get(url, '/cluster');
            const nodesIn = listOf(body, 'nodes').filter(({ state }) => state === 'in');
            return property(body, 'moving') === false && nodesIn.map(({ id }) => id).join(' ') === wanted;
          }),
        );
        return seen.every(Boolean);
      },
      STEP_TIMEOUT_MS,
    );
  }

  async #nodeTo(id: string, what: string, isSo: (node: Readonly<Record<string, unknown>>) => boolean): Promise<void> {
    await waitUntil(
      `${id} to ${what}`,
      async () => {
        const nodes = listOf((await get(this.#cluster.url, '/cluster')).body, 'nodes');
        return nodes.some((node) => node['id'] === id && isSo(node));
      },
      STEP_TIMEOUT_MS,
    );
  }

  /** Keeps an eye on whether data moves, to label latencies. */
  async #watch(): Promise<void> {
    while (this.#watching) {
      const { body } = await get(this.#cluster.url, '/cluster').catch(() => ({ body: undefined }));
      this.#isMoving = isObject(body) && body['moving'] === true;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

function report({ load }: { readonly load: SteadyLoad }, seed: number): void {
  const lines = [
    `MEMBERSHIP_SEED=${seed}: ${load.acknowledgements} writes acknowledged, ${load.refusals.length} requests refused`,
    ...load.latencyReport(),
    ...load.refusals.slice(0, 3),
  ];
  process.stdout.write(`${lines.join('\n  ')}\n`);
}
