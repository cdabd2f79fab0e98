/*
 * `trolley stress 1..5`: puts the cluster under load through its gateways, shows how far it is, and says from the data
 * whether claims were kept. Fails when they were not.
 */
import { setMaxListeners } from 'node:events';
import { stressSizeMax, type StressWish } from '@trolley/cluster';
import type { CommandContext } from '../command-context.ts';
import { CommandFailure, EXIT_USAGE } from '../failure.ts';
import { createGatewayClient, type GatewayClient } from '../gateway-client.ts';
import { counted } from '../printable.ts';
import { knownGateways, type GatewayChoice } from '../stress/choose-gateways.ts';
import { progressLine } from '../stress/progress-line.ts';
import { runStress, type RunResult } from '../stress/run-stress.ts';
import { reportLines, stressReport } from '../stress/stress-report.ts';
import { createStressTeller, type StressTeller } from '../stress/stress-lines.ts';
import { stressPlan, type StressPlan } from '../stress/stress-plan.ts';

export interface StressCommand extends StressWish {
  readonly gateways?: GatewayChoice | undefined;
  /** `json` is one document at the end, `lines` one for each step on the way. */
  readonly output: 'text' | 'json' | 'lines';
}

/** Runs one test. @throws CommandFailure when its verdict is not that all is well */
export async function stress(context: CommandContext, asked: GatewayClient, command: StressCommand): Promise<void> {
  const { terminal, random } = context;
  if ((command.size ?? 0) > stressSizeMax(command.test)) {
    const most = `The size of test ${command.test} is at most ${stressSizeMax(command.test)}`;
    throw new CommandFailure(`${most}: a person's list holds no more.`, undefined, EXIT_USAGE);
  }
  const urls = await chosenUrls(asked, command.gateways);
  const plan = stressPlan(
    command,
    Math.floor(random() * 36 ** 8)
      .toString(36)
      .padStart(8, '0'),
  );
  const teller =
    command.output === 'lines'
      ? createStressTeller((line) => terminal.line(JSON.stringify(line)), context.clock)
      : undefined;
  const result = await runUntilStopped(context, plan, urls, teller);
  terminal.progressDone();
  if (result.left.length > 0) {
    terminal.notice(
      `${counted(result.left.length, 'item')} could not be removed: ${result.left.slice(0, 5).join(', ')}`,
    );
  }
  if (result.verdict === undefined) throw new CommandFailure('Stopped before there was a verdict.');
  const report = stressReport(plan, urls, result);
  if (teller !== undefined) teller.found(report);
  else if (command.output === 'json') terminal.line(JSON.stringify(report));
  else for (const line of reportLines(report)) terminal.line(line);
  if (!report.passed) {
    throw new CommandFailure(`Test ${plan.test} failed: ${counted(report.violationCount, 'violation')}.`);
  }
}

async function chosenUrls(asked: GatewayClient, choice: GatewayChoice | undefined): Promise<readonly string[]> {
  if (choice !== undefined && 'urls' in choice) return choice.urls;
  return knownGateways(await asked.cluster(), choice?.count);
}

/** The first signal stops the test, and what it made is removed; the second one leaves that too. */
async function runUntilStopped(
  context: CommandContext,
  plan: StressPlan,
  urls: readonly string[],
  teller: StressTeller | undefined,
): Promise<RunResult> {
  const { terminal, clock, random, fetch } = context;
  const stopping = new AbortController();
  const leaving = new AbortController();
  // Each worker may wait for either.
  setMaxListeners(0, stopping.signal, leaving.signal);
  const unsubscribe = context.onStopSignal(() => {
    if (stopping.signal.aborted) leaving.abort();
    else terminal.notice('Stopping: the items of the test are removed. Once more, and they are left.');
    stopping.abort();
  });
  try {
    return await runStress(
      plan,
      urls.map((url) => createGatewayClient(url, fetch, undefined)),
      {
        clock,
        random,
        stopping: stopping.signal,
        leaving: leaving.signal,
        onProgress: (progress) => {
          if (teller === undefined) terminal.progress(progressLine(progress));
          else teller.progress(progress);
        },
      },
    );
  } finally {
    unsubscribe();
  }
}
