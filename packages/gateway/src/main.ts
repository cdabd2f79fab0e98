/*
 * The process of a gateway: settings from the environment, JSON logs on stdout, a graceful stop on SIGINT,
 * SIGTERM or the end of the process that started it. What can be expected to go wrong ends in one line on
 * stderr.
 */
import { hostname, networkInterfaces } from 'node:os';
import { HttpTransport, openProcessLog, openRegistry, systemClock, type ProcessLog } from '@trolley/cluster';
import type { Logger } from 'pino';
import { runGateway, type RunningGateway } from './run-gateway.ts';
import { parseSettings, type GatewaySettings } from './settings.ts';

/** How long a stop may take before the process ends all the same. */
const STOP_TIMEOUT_MS = 20_000;
/** A line for each request: written one by one they would cost too much. */
const LOG_BUFFER_BYTES = 8_192;

await main();

async function main(): Promise<void> {
  let log: ProcessLog | undefined;
  try {
    const settings = parseSettings(process.env);
    log = openLog(settings);
    endOnUnexpected(log);
    const asked = stopRequest();
    const gateway = await start(settings, log.logger);
    const reason = await asked;
    log.logger.info({ reason }, 'asked to stop');
    await end(gateway);
    await exit(0, log);
  } catch (error) {
    log?.logger.fatal({ err: error }, 'the gateway could not start or stop');
    process.stderr.write(`trolley gateway: ${lineFor(error)}\n`);
    await exit(1, log);
  }
}

async function start(settings: GatewaySettings, logger: Logger): Promise<RunningGateway> {
  const clock = systemClock;
  return runGateway(settings, {
    clock,
    random: Math.random,
    logger,
    machine: {
      addresses: Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []),
      hostname: hostname(),
    },
    transport: new HttpTransport({ clusterToken: settings.clusterToken }),
    openRegistry: () => openRegistry({ ...settings, clock, logger }),
  });
}

async function end(gateway: RunningGateway): Promise<void> {
  setTimeout(() => {
    process.stderr.write(`trolley gateway: not stopped within ${STOP_TIMEOUT_MS} ms, giving up\n`);
    process.exit(1);
  }, STOP_TIMEOUT_MS).unref();
  await gateway.stop();
}

function openLog({ logLevel }: GatewaySettings): ProcessLog {
  return openProcessLog({
    service: 'gateway',
    pid: process.pid,
    level: logLevel,
    bufferBytes: LOG_BUFFER_BYTES,
    clock: systemClock,
  });
}

/** Resolves with the first request to stop; a second one ends the process at once. */
async function stopRequest(): Promise<NodeJS.Signals | 'disconnect'> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(1);
      asked = true;
      resolve(signal);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    process.on('disconnect', () => resolve('disconnect'));
    if (isParentGone()) resolve('disconnect');
  });
}

/** The launcher may have been killed before anything here could listen for its end. */
function isParentGone(): boolean {
  return process.env['TROLLEY_PARENT'] === '1' && !process.connected;
}

function endOnUnexpected(log: ProcessLog): void {
  process.on('uncaughtException', (error) => {
    log.logger.fatal({ err: error }, 'an error that nobody caught');
    void exit(1, log);
  });
}

async function exit(code: number, log: ProcessLog | undefined): Promise<never> {
  await log?.close();
  process.exit(code);
}

/** One line, without a stack where the error is of a kind that can be expected. */
function lineFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isExpected = 'code' in error || error.name.endsWith('SettingsError');
  return isExpected ? error.message : (error.stack ?? error.message);
}
