/*
 * A load of a fixed rate, as a process of its own: requests start when they are due, whether or not earlier ones were
 * answered, and a latency is counted from when a request was due. So a server that stalls is charged for all that would
 * have been asked meanwhile (no coordinated omission).
 *
 *   node fixed-rate-main.js URL REQUESTS_FILE CONNECTIONS SECONDS REQUESTS_PER_SECOND
 */
import { readFile } from 'node:fs/promises';
import { createHistogram } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { parseRequests } from '../workload.ts';
import { HttpConnection, requestBytes } from './http-connection.ts';
import type { LoadReportLine } from './load-report.ts';
import { Pacer } from './pacer.ts';

const TICK_MS = 1;
/** How long the answers may take that are awaited at the end. */
const DRAIN_TIMEOUT_MS = 10_000;

const [url = '', requestsFile = '', connections = '', seconds = '', rate = ''] = process.argv.slice(2);
process.on('disconnect', () => process.exit(1));
const target = new URL(url);
const requests = parseRequests(await readFile(requestsFile, 'utf8')).map((each) => requestBytes(each, target.host));
process.stdout.write(`${JSON.stringify(await load(Number(connections), Number(seconds) * 1_000, Number(rate)))}\n`);
process.exit(0);

async function load(connectionCount: number, durationMs: number, perSecond: number): Promise<LoadReportLine> {
  const latenciesUs = createHistogram();
  const counts = { requests: 0, failedStatus: 0, failedConnection: 0 };
  const idle: HttpConnection[] = [];
  const pacer = new Pacer(perSecond, durationMs);
  const startMs = performance.now();
  const sendDue = () => {
    while (idle.length > 0) {
      const due = pacer.next(performance.now() - startMs);
      if (due === undefined) return;
      const connection = idle.pop();
      connection?.send(requests[due.index % requests.length] ?? Buffer.alloc(0), (status) => {
        latenciesUs.record(Math.max(1, Math.round((performance.now() - startMs - due.atMs) * 1_000)));
        counts.requests += 1;
        if (status >= 400) counts.failedStatus += 1;
        idle.push(connection);
        // What was due while every connection was busy goes out at once.
        sendDue();
      });
    }
  };
  const all = Array.from(
    { length: connectionCount },
    () => new HttpConnection(target, () => (counts.failedConnection += 1)),
  );
  await Promise.all(all.map((connection) => connection.opened));
  idle.push(...all);
  pacer.begin(performance.now() - startMs);
  while (!pacer.isOver && performance.now() - startMs < durationMs + DRAIN_TIMEOUT_MS) {
    sendDue();
    await pause(TICK_MS);
  }
  const drainStartMs = performance.now();
  while (idle.length < all.length && performance.now() - drainStartMs < DRAIN_TIMEOUT_MS) await pause(TICK_MS);
  const [p50Us, p99Us] = [latenciesUs.percentile(50), latenciesUs.percentile(99)];
  const durationUs = Math.round((performance.now() - startMs) * 1_000);
  return { ...counts, durationUs, p50Us, p99Us, timeouts: all.length - idle.length + pacer.left };
}
