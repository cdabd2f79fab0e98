/*
 * The API on a fake store, with a clock that stands still, for tests.
 */
import { PROBLEM_CONTENT_TYPE, problemSchema, type Problem } from '@trolley/cluster';
import { createManualClock } from '@trolley/cluster/testing';
import { pino } from 'pino';
import { seededRandom } from '../../../../tests/support/seeded-random.ts';
import { createGatewayApi } from '../api/app.ts';
import { createClaims } from '../claims.ts';
import type { MapChangeOutcome } from '../cluster-control.ts';
import type { ClusterRepair } from '../cluster-repair.ts';
import type { ClusterOverview, GroupOverview } from '../cluster-overview.ts';
import type { ConsoleFiles } from '../console-files.ts';
import { createEventFeed } from '../events.ts';
import type { Launcher } from '../launcher-client.ts';
import { createGatewayMetrics } from '../metrics.ts';
import { FakeRegisters } from './fake-registers.ts';
import { FakeStore } from './fake-store.ts';

const OVERVIEW: ClusterOverview = {
  epoch: 3,
  pgCount: 256,
  replicas: 3,
  moving: false,
  registry: { connected: true },
  nodes: [
    {
      id: 'node-1',
      host: '127.0.0.1',
      port: 7001,
      url: 'http://127.0.0.1:7001',
      zone: 'a',
      weight: 1,
      state: 'in',
      up: true,
      keptIn: undefined,
      lastSeenMs: 5,
      hintsWaiting: 0,
      records: 12,
      bytes: 345,
      requestsPerSecond: 6.5,
      incompleteGroups: 0,
      fetching: undefined,
    },
  ],
  groupCounts: { active: 256, degraded: 0, moving: 0 },
  move: undefined,
  gateways: [{ id: 'gateway-1', host: '127.0.0.1', port: 5000, url: 'http://127.0.0.1:5000' }],
};

/** What a test wants of the API. */
export interface TestApiOptions {
  readonly overview?: ClusterOverview;
  readonly groups?: readonly GroupOverview[];
  readonly launcher?: Launcher;
  readonly pages?: ConsoleFiles;
  /** What becomes of a wish to change the map. */
  readonly changeMap?: (wish: string, nodeId: string) => Promise<MapChangeOutcome>;
  /** What the nodes answer when they are to compare with each other, or are asked how far they are. */
  readonly repair?: ClusterRepair;
  readonly operatorToken?: string;
  readonly productCacheTtlMs?: number;
}

/** A line of the log. */
interface LogLine {
  readonly level: number;
  readonly [field: string]: unknown;
}

/** The API and all that it works with. */
export function createTestApi(options: TestApiOptions = {}) {
  const { overview = OVERVIEW, groups = [], launcher, operatorToken, productCacheTtlMs = 10_000 } = options;
  const { changeMap = async () => ({ type: 'done', epoch: 4, changed: true }) } = options;
  const store = new FakeStore();
  const registers = new FakeRegisters();
  const clock = createManualClock();
  const events = createEventFeed({ clock });
  const metrics = createGatewayMetrics();
  const stop = new AbortController();
  const logLines: LogLine[] = [];
  const logger = pino({ level: 'debug' }, { write: (line) => void logLines.push(JSON.parse(line)) });
  const claims = createClaims({ store, registers, clock, random: seededRandom(1), logger, metrics });
  const { app, handle } = createGatewayApi({
    store,
    claims,
    status: { overview: () => overview, groups: () => groups },
    control: {
      drain: (id) => changeMap('drain', id),
      undrain: (id) => changeMap('undrain', id),
      weigh: (id, weight) => changeMap(`weight ${weight}`, id),
      forget: (id) => changeMap('forget', id),
    },
    repair: options.repair ?? { begin: async () => [], runs: async () => [] },
    events,
    metrics,
    launcher,
    pages: options.pages,
    clock,
    random: () => 0.5,
    logger,
    stopping: stop.signal,
    settings: { operatorToken, hostNames: ['shop.example'], productCacheTtlMs, idempotencyTtlMs: 86_400_000 },
  });

  const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers });
  const remove = (path: string) => app.request(path, { method: 'DELETE' });
  const send =
    (method: string) =>
    (path: string, body: unknown, headers: Record<string, string> = {}) =>
      app.request(path, {
        method,
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      });
  const post = send('POST');
  const patch = send('PATCH');

  /** Some products and users to work with. */
  async function seed(): Promise<void> {
    for (const [name, quantity] of Object.entries({ apple: 10, banana: 5, orange: 3 })) {
      await post('/product', { name, quantity });
    }
    for (const email of ['ann@example.com', 'bob@example.com']) await post('/createuser', { email });
    store.calls.length = 0;
  }

  return {
    app,
    handle,
    store,
    registers,
    claims,
    clock,
    events,
    metrics,
    stop,
    logLines,
    get,
    remove,
    post,
    patch,
    seed,
  };
}

/** The problem that a reply tells. */
export async function problemIn(response: Response): Promise<Problem> {
  const contentType = response.headers.get('content-type');
  if (contentType !== PROBLEM_CONTENT_TYPE) throw new Error(`the reply is of type ${contentType}`);
  return problemSchema.parse(await response.json());
}
