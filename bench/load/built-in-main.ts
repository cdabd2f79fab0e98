/*
 * The load generator for machines without wrk, a process of its own: so many connections, each with one request at a
 * time. Costs several times what wrk costs, so where cores are few it measures itself as much as the server.
 *
 *   node built-in-main.js URL REQUESTS_FILE CONNECTIONS SECONDS
 */
import { readFile } from 'node:fs/promises';
import { createHistogram } from 'node:perf_hooks';
import { Pool } from 'undici';
import { parseRequests } from '../workload.ts';
import type { LoadReportLine } from './load-report.ts';

const REQUEST_TIMEOUT_MS = 10_000;

const [url = '', requestsFile = '', connections = '', seconds = ''] = process.argv.slice(2);
process.on('disconnect', () => process.exit(1));
const requests = parseRequests(await readFile(requestsFile, 'utf8'));
process.stdout.write(`${JSON.stringify(await load(Number(connections), Number(seconds) * 1_000))}\n`);
process.exit(0);

async function load(connectionCount: number, durationMs: number): Promise<LoadReportLine> {
  const pool = new Pool(url, { connections: connectionCount, headersTimeout: REQUEST_TIMEOUT_MS });
  const latenciesUs = createHistogram();
  const counts = { requests: 0, failedStatus: 0, failedConnection: 0 };
  const startMs = performance.now();
  let next = 0;
  const client = async (): Promise<void> => {
    while (performance.now() - startMs < durationMs) {
      const { method, path, body } = requests[next++ % requests.length] ?? {
        method: 'GET',
        path: '/',
        body: undefined,
      };
      const sentMs = performance.now();
      try {
        const answer = await pool.request({ method, path, ...(body === undefined ? {} : jsonBody(body)) });
        await answer.body.dump();
        counts.requests += 1;
        latenciesUs.record(Math.max(1, Math.round((performance.now() - sentMs) * 1_000)));
        if (answer.statusCode >= 400) counts.failedStatus += 1;
      } catch {
        counts.failedConnection += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: connectionCount }, client));
  const durationUs = Math.round((performance.now() - startMs) * 1_000);
  const [p50Us, p99Us] = [latenciesUs.percentile(50), latenciesUs.percentile(99)];
  return { ...counts, durationUs, p50Us, p99Us, timeouts: 0 };
}

function jsonBody(body: string) {
  return { body, headers: { 'content-type': 'application/json' } };
}
