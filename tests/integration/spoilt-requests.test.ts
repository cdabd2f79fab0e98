/*
 * Valid requests spoilt at random, against a gateway process and a node process: never a 5xx, never a hang,
 * and a refusal changes nothing in the shop. A failure names its seed; FUZZ_SEED tries another.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mustPost } from '../support/client.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { spoiltRequest, validGatewayRequests, validRequests, type FuzzRequest } from '../support/mutate-request.ts';
import { shopContentsOfAll, waitUntilShopsAgree } from '../support/node-contents.ts';
import { numberSetting } from '../support/number-setting.ts';
import { sendRaw, type RawAnswer } from '../support/raw-request.ts';
import { seededRandom } from '../support/seeded-random.ts';

const SEED = numberSetting('FUZZ_SEED', 20_240_607);
const REQUESTS = numberSetting('FUZZ_REQUESTS', 400);
const ANSWER_TIMEOUT_MS = 10_000;
const REQUEST_SHOWN_MAX = 500;
const TEST_TIMEOUT_MS = 60_000 + REQUESTS * 100;

let cluster: TestCluster;

beforeAll(async () => {
  // What a node is asked by itself changes that node alone, until nodes compare what they hold; here they do not.
  cluster = await startCluster({ nodeEnvironment: { HINTS: 'off', ANTI_ENTROPY_INTERVAL_MS: '3600000' } });
  for (const name of ['apple', 'orange', 'spare']) await mustPost(cluster.url, '/product', { name, quantity: 10 });
  for (const email of ['ann@example.com', 'spare@example.com']) await mustPost(cluster.url, '/createuser', { email });
});

afterAll(async () => cluster?.stop());

test(
  'I15: a gateway survives requests spoilt at random, and its refusals change nothing',
  async () => {
    const look = async () => {
      await waitUntilShopsAgree(cluster);
      return shopContentsOfAll(cluster);
    };
    await expectSurvival(cluster.url, [...validRequests, ...validGatewayRequests], look);
  },
  TEST_TIMEOUT_MS,
);

test(
  'a node survives requests spoilt at random, and its refusals change nothing',
  async () => {
    // What it tells of its own: the others come to hold it as well, in their own time.
    const look = async () => (await shopContentsOfAll(cluster)).get('node-1');
    await expectSurvival(cluster.node('node-1').url, validRequests, look);
  },
  TEST_TIMEOUT_MS,
);

/** Sends spoilt requests, one after the other. `look` tells what is there, once all changes have reached it. */
async function expectSurvival(url: string, valid: readonly FuzzRequest[], look: () => Promise<unknown>): Promise<void> {
  const random = seededRandom(SEED);
  let before = await look();
  const statuses = new Set<number>();
  for (let index = 0; index < REQUESTS; index += 1) {
    const request = spoiltRequest(valid, random);
    const told = `seed ${SEED}, request ${index}: ${JSON.stringify(request).slice(0, REQUEST_SHOWN_MAX)}`;
    const answer = await sendRaw(url, request, ANSWER_TIMEOUT_MS).catch((error: unknown) => {
      throw new Error(told, { cause: error });
    });
    statuses.add(answer.status);
    expect(faultOf(request, answer), told).toBeUndefined();
    const mayHaveChanged = answer.status < 400 && !['GET', 'HEAD'].includes(request.method);
    const after = await look();
    expect(mayHaveChanged ? before : after, told).toEqual(before);
    before = after;
  }
  // Spoilt too little or too much, the test would see little.
  expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 404, 405, 415]));
}

/** What is wrong with an answer, whatever was asked. */
function faultOf({ path }: FuzzRequest, { status, contentType, body }: RawAnswer): string | undefined {
  if (status >= 500) return `${status} ${body}`;
  // A target that is no path is refused by the HTTP server itself, which tells no more than 400.
  const isProblem = contentType === 'application/problem+json' || !path.startsWith('/');
  return status >= 400 && !isProblem ? `${status} as ${contentType}` : undefined;
}
