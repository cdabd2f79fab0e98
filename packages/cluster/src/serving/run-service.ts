/*
 * The process of a node or a gateway: settings from the environment, JSON logs on stdout, a graceful stop on SIGINT,
 * SIGTERM or the end of the process that started it. What can be expected to go wrong ends in one line on stderr.
 * The one file that listens to signals for them.
 */
import type { Logger } from 'pino';
import { systemClock } from '../system-clock.ts';
import type { NetworkSwitch } from './network-switch.ts';
import { answerParent, hasLauncher } from './parent-channel.ts';
import { openProcessLog, type ProcessLog } from './process-log.ts';
import type { SettingsEnvironment } from './settings.ts';

/** What runs until it is stopped. */
interface RunningService {
  /** Resolves if it fails for good; the process ends then. */
  readonly failed?: Promise<Error>;
  stop(): Promise<void>;
}

/** What the process is made of. */
export interface ServiceOptions<Settings extends { readonly logLevel: string }> {
  /** Names the kind of process in each log line, and after `trolley` on stderr. */
  readonly service: string;
  /** Bytes of log lines that are written together; 1 writes each line as it comes. */
  readonly logBufferBytes: number;
  /** How long a stop may take before the process ends all the same. */
  readonly stopTimeoutMs: number;
  /** @throws SettingsError */
  readonly parseSettings: (environment: SettingsEnvironment) => Settings;
  readonly start: (settings: Settings, logger: Logger) => Promise<RunningService>;
  /** What the launcher may switch off, when one started this process. */
  readonly network?: NetworkSwitch | undefined;
}

type StopReason = NodeJS.Signals | 'disconnect';

/** Runs the service until it is asked to stop or fails; then ends this process, with 0 or 1. Does not return. */
export async function runService<Settings extends { readonly logLevel: string }>(
  options: ServiceOptions<Settings>,
): Promise<never> {
  // The timers of the clock keep no process alive, and neither does a registry that is away.
  setInterval(() => undefined, 60_000);
  let log: ProcessLog | undefined;
  try {
    const settings = options.parseSettings(process.env);
    log = openLog(options, settings);
    endOnUnexpected(log);
    const asked = stopRequest();
    const running = await options.start(settings, log.logger);
    if (hasLauncher(process.env)) tellParent(options.network);
    const ending = await Promise.race([asked, ...(running.failed === undefined ? [] : [running.failed])]);
    // A service that has failed is not stopped: what it would do then may build on what is broken.
    if (ending instanceof Error) return await exitWith(ending, options.service, log);
    log.logger.info({ reason: ending }, 'asked to stop');
    endLater(options);
    await running.stop();
    return await exit(0, log);
  } catch (error) {
    log?.logger.fatal({ err: error }, `the ${options.service} could not start or stop`);
    return exitWith(error, options.service, log);
  }
}

function openLog(
  { service, logBufferBytes }: Pick<ServiceOptions<never>, 'service' | 'logBufferBytes'>,
  { logLevel }: { readonly logLevel: string },
): ProcessLog {
  return openProcessLog({
    service,
    pid: process.pid,
    level: logLevel,
    bufferBytes: logBufferBytes,
    clock: systemClock,
  });
}

/** Resolves with the first request to stop; a second signal ends the process at once. */
async function stopRequest(): Promise<StopReason> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(1);
      asked = true;
      resolve(signal);
    };
    const onDisconnect = (): void => {
      asked = true;
      resolve('disconnect');
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    process.on('disconnect', onDisconnect);
    if (isParentGone()) onDisconnect();
  });
}

/** The launcher may have been killed before anything here could listen for its end. */
function isParentGone(): boolean {
  return hasLauncher(process.env) && !process.connected;
}

/** The launcher may be gone by now; its end stops this process in another way. */
function tellParent(network: NetworkSwitch | undefined): void {
  if (!process.connected) return;
  answerParent(
    { on: (event, hear) => process.on(event, hear), send: (report) => process.send?.(report, ignore) },
    network,
  );
}

function ignore(): void {
  // Whether it arrived does not matter.
}

function endOnUnexpected(log: ProcessLog): void {
  process.on('uncaughtException', (error) => {
    log.logger.fatal({ err: error }, 'an error that nobody caught');
    void exit(1, log);
  });
}

function endLater({ service, stopTimeoutMs }: Pick<ServiceOptions<never>, 'service' | 'stopTimeoutMs'>): void {
  setTimeout(() => {
    process.stderr.write(`trolley ${service}: not stopped within ${stopTimeoutMs} ms, giving up\n`);
    process.exit(1);
  }, stopTimeoutMs).unref();
}

async function exitWith(error: unknown, service: string, log: ProcessLog | undefined): Promise<never> {
  process.stderr.write(`trolley ${service}: ${lineFor(error)}\n`);
  return exit(1, log);
}

async function exit(code: number, log: ProcessLog | undefined): Promise<never> {
  await log?.close();
  process.exit(code);
}

/** One line, without a stack where the error has a code: those can be expected. */
function lineFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? error.message : (error.stack ?? error.message);
}
