/*
 * The process of a gateway: settings from the environment, JSON logs on stdout, a graceful stop on SIGINT,
 * SIGTERM or the end of the process that started it. What can be expected to go wrong ends in one line on
 * stderr.
 */
import { hostname, networkInterfaces } from 'node:os';
import { HttpTransport, openRegistry, systemClock } from '@trolley/cluster';
import { pino, type DestinationStream, type Logger } from 'pino';
import { runGateway, type RunningGateway } from './run-gateway.ts';
import { parseSettings, type GatewaySettings } from './settings.ts';

/** How long a stop may take before the process ends all the same. */
const STOP_TIMEOUT_MS = 20_000;
/** Log lines are written together, at the latest after this long: a write for each request would cost too much. */
const LOG_FLUSH_MS = 250;
const LOG_BUFFER_BYTES = 8_192;
/** Log lines that a stuck reader of stdout may hold back; more are dropped. */
const LOG_WAITING_BYTES_MAX = 8_388_608;

/** The log, and a way to write out what is buffered. */
interface Log {
  readonly logger: Logger;
  flush(): void;
}

await main();

async function main(): Promise<void> {
  let log: Log | undefined;
  try {
    const settings = parseSettings(process.env);
    log = openLog(settings);
    endOnUnexpected(log);
    const asked = stopRequest(log);
    const gateway = await start(settings, log.logger);
    const reason = await asked;
    log.logger.info({ reason }, 'asked to stop');
    await end(gateway);
    exit(0, log);
  } catch (error) {
    log?.logger.fatal({ err: error }, 'the gateway could not start or stop');
    process.stderr.write(`trolley gateway: ${lineFor(error)}\n`);
    exit(1, log);
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

function openLog({ logLevel }: GatewaySettings): Log {
  const destination: DestinationStream & { flushSync(): void } = pino.destination({
    dest: 1,
    sync: false,
    minLength: LOG_BUFFER_BYTES,
    maxLength: LOG_WAITING_BYTES_MAX,
    periodicFlush: LOG_FLUSH_MS,
  });
  const logger = pino({ level: logLevel, base: { service: 'gateway', pid: process.pid } }, destination);
  return { logger, flush: () => destination.flushSync() };
}

/** Resolves with the first request to stop; a second one ends the process at once. */
async function stopRequest(log: Log): Promise<NodeJS.Signals | 'disconnect'> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked) exit(1, log);
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

function endOnUnexpected(log: Log): void {
  process.on('uncaughtException', (error) => {
    log.logger.fatal({ err: error }, 'an error that nobody caught');
    exit(1, log);
  });
}

function exit(code: number, log: Log | undefined): never {
  try {
    log?.flush();
  } catch {
    // Nothing is listening to the log any more, or it was not open yet.
  }
  process.exit(code);
}

/** One line, without a stack where the error is of a kind that can be expected. */
function lineFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isExpected = 'code' in error || error.name.endsWith('SettingsError');
  return isExpected ? error.message : (error.stack ?? error.message);
}
