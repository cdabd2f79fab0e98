/*
 * Many clients want one seat at the same moment, again and again: each time exactly one gets it.
 *
 * STRESS=full runs all 300 rounds.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { get, mustPost, post } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { isFullSize, SIZED_TIMEOUT_MS, tell } from '../support/full-size.ts';
import { listOf, property } from '../support/json.ts';

const CLIENTS = 200;
const ROUNDS = isFullSize ? 300 : 3;
const SEAT = 'seat.hamlet.r01.s01';

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster({
    registry: 'zookeeper',
    gateways: 3,
    gatewayEnvironment: { NODE_TIMEOUT_MS: '20000' },
  });
  await mustPost(cluster.url, '/items', { id: SEAT, kind: 'seat', play: 'Hamlet', row: 1, seat: 1 });
});

afterAll(async () => {
  await cluster?.stop();
});

test(
  `I30: of ${CLIENTS} clients that want one seat exactly one gets it, in each of ${ROUNDS} rounds`,
  async () => {
    const winners = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) winners.add(await playRound(round));
    tell(`One seat, ${CLIENTS} clients, ${ROUNDS} rounds: one winner in each, ${winners.size} different ones`);
    expect(winners.size).toBeGreaterThan(1);
  },
  SIZED_TIMEOUT_MS,
);

/** @returns the e-mail of the winner, who has given the seat up again. */
async function playRound(round: number): Promise<string> {
  const urls = cluster.gateways.map(({ url }) => url);
  const answers = await Promise.all(
    Array.from({ length: CLIENTS }, async (_, index) => {
      // Who asks first often wins: another one in each round.
      const client = (index + round) % CLIENTS;
      const url = urls[index % urls.length] ?? '';
      return post(url, '/reservations', { email: `client-${client}@example.com`, items: [SEAT] });
    }),
  );
  const codes = answers.map(({ status, body }) => (status === 201 ? 'reserved' : String(property(body, 'code'))));
  expect(codes.filter((code) => code !== 'reserved' && code !== 'NOTHING_RESERVED')).toEqual([]);
  expect(codes.filter((code) => code === 'reserved')).toHaveLength(1);

  const [won] = listOf(answers.find(({ status }) => status === 201)?.body, 'reserved');
  const shown = await Promise.all(urls.map(async (url) => (await get(url, `/items/${SEAT}`)).body));
  for (const item of shown) {
    expect(property(item, 'holder')).toMatchObject({ reservation: won?.['id'], email: won?.['email'] });
  }
  const path = `/reservations/${encodeURIComponent(String(won?.['id']))}`;
  const given = await fetch(`${urls[round % urls.length]}${path}`, { method: 'DELETE' });
  expect(given.status).toBe(204);
  return String(won?.['email']);
}
