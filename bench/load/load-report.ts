/*
 * What a load generator has to say at its end: one line of JSON on its standard output, whatever else it prints.
 */
import { z } from 'zod';

const lineSchema = z.object({
  requests: z.int().min(0),
  durationUs: z.int().min(1),
  p50Us: z.number().min(0),
  p99Us: z.number().min(0),
  /** Answers with a status of 400 or above. */
  failedStatus: z.int().min(0),
  failedConnection: z.int().min(0),
  timeouts: z.int().min(0),
});

/** The line that a load generator writes. */
export type LoadReportLine = z.infer<typeof lineSchema>;

/** What came of the requests of one part. */
export interface LoadReport {
  /** Requests that were answered. */
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Requests with an error for an answer, or none. */
  readonly failures: number;
}

/**
 * The report in the output of a load generator.
 *
 * @throws when there is none.
 */
export function parseLoadReport(output: string): LoadReport {
  const line = output
    .split('\n')
    .findLast((text) => text.startsWith('{'))
    ?.trim();
  if (line === undefined) throw new Error(`the load generator reported nothing: ${output}`);
  const report = lineSchema.parse(JSON.parse(line));
  return {
    requests: report.requests,
    requestsPerSecond: report.requests / (report.durationUs / 1_000_000),
    p50Ms: report.p50Us / 1_000,
    p99Ms: report.p99Us / 1_000,
    failures: report.failedStatus + report.failedConnection + report.timeouts,
  };
}

/**
 * Reports of loads that ran at the same time, as one: half of the requests took less than about the mean of the medians;
 * the worst p99 stands for all.
 */
export function togetherOf(reports: readonly LoadReport[]): LoadReport {
  const sum = (figure: (report: LoadReport) => number) => reports.reduce((all, report) => all + figure(report), 0);
  const requests = sum((report) => report.requests);
  return {
    requests,
    requestsPerSecond: sum((report) => report.requestsPerSecond),
    p50Ms: requests === 0 ? 0 : sum((report) => report.p50Ms * report.requests) / requests,
    p99Ms: Math.max(0, ...reports.map((report) => report.p99Ms)),
    failures: sum((report) => report.failures),
  };
}
