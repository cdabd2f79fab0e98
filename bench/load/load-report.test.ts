import { expect, test } from 'vitest';
import { parseLoadReport, togetherOf } from './load-report.ts';

const LINE =
  '{"requests":5000,"durationUs":2500000,"p50Us":1500,"p99Us":9000,"failedStatus":1,"failedConnection":2,"timeouts":4}';

test('the line is found among all that wrk prints', () => {
  const output = `Running 2s test @ http://127.0.0.1:5000\n  1 threads and 64 connections\nRequests/sec: 1\n${LINE}\n`;
  expect(parseLoadReport(output)).toEqual({
    requests: 5_000,
    requestsPerSecond: 2_000,
    p50Ms: 1.5,
    p99Ms: 9,
    failures: 7,
  });
});

test.each([
  ['', 'reported nothing'],
  ['Requests/sec: 2000', 'reported nothing'],
  ['{"requests":1}', 'durationUs'],
  [LINE.replace('2500000', '0'), 'durationUs'],
])('%j is no report', (output, why) => {
  expect(() => parseLoadReport(output)).toThrow(why);
});

test('loads that ran at the same time add up; the worst p99 stands for all', () => {
  const report = { requests: 100, requestsPerSecond: 50, p50Ms: 1, p99Ms: 4, failures: 0 };
  const slower = { requests: 300, requestsPerSecond: 150, p50Ms: 3, p99Ms: 9, failures: 2 };
  const together = { requests: 400, requestsPerSecond: 200, p50Ms: 2.5, p99Ms: 9, failures: 2 };
  expect(togetherOf([report, slower])).toEqual(together);
  expect(togetherOf([report])).toEqual(report);
});
