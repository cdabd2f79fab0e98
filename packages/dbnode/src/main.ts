/*
 * The process of a storage node: settings from the environment, JSON logs on stdout, a graceful stop on SIGINT,
 * SIGTERM or the end of the process that started it. What can be expected to go wrong ends in one line on stderr.
 */
import { openProcessLog, systemClock, type ProcessLog } from '@trolley/cluster';
import { machineEnvironment } from './machine-environment.ts';
import { runNode, type RunningNode } from './run-node.ts';
import { parseSettings, type NodeSettings } from './settings.ts';

/** How long a stop may take before the process ends all the same. */
const STOP_TIMEOUT_MS = 30_000;
/** A node logs little: each line as it comes. */
const LOG_BUFFER_BYTES = 1;

// The timers of the clock keep no process alive, and neither does a registry that is away.
setInterval(() => undefined, 60_000);
await main();

async function main(): Promise<void> {
  let log: ProcessLog | undefined;
  try {
    const settings = parseSettings(process.env);
    log = openLog(settings);
    endOnUnexpected(log);
    const asked = stopRequest();
    const node = await runNode(settings, machineEnvironment(settings, log.logger));
    const ending = await Promise.race([asked, node.failed]);
    await end(node, ending, log);
  } catch (error) {
    log?.logger.fatal({ err: error }, 'the node could not start or stop');
    process.stderr.write(`trolley dbnode: ${lineFor(error)}\n`);
    await exit(1, log);
  }
}

function openLog({ logLevel }: NodeSettings): ProcessLog {
  return openProcessLog({
    service: 'dbnode',
    pid: process.pid,
    level: logLevel,
    bufferBytes: LOG_BUFFER_BYTES,
    clock: systemClock,
  });
}

async function end(node: RunningNode, ending: NodeJS.Signals | 'disconnect' | Error, log: ProcessLog): Promise<void> {
  if (ending instanceof Error) {
    process.stderr.write(`trolley dbnode: ${lineFor(ending)}\n`);
    await exit(1, log);
  }
  log.logger.info({ signal: ending }, 'asked to stop');
  setTimeout(() => {
    process.stderr.write(`trolley dbnode: not stopped within ${STOP_TIMEOUT_MS} ms, giving up\n`);
    process.exit(1);
  }, STOP_TIMEOUT_MS).unref();
  await node.stop();
  await exit(0, log);
}

/** Resolves with the first request to stop; a second one ends the process at once. */
async function stopRequest(): Promise<NodeJS.Signals | 'disconnect'> {
  return new Promise((resolve) => {
    let asked = false;
    const ask = (reason: NodeJS.Signals | 'disconnect'): void => {
      if (asked && reason !== 'disconnect') {
        process.exit(1);
      }
      asked = true;
      resolve(reason);
    };
    process.on('SIGINT', () => ask('SIGINT'));
    process.on('SIGTERM', () => ask('SIGTERM'));
    process.on('disconnect', () => ask('disconnect'));
    if (isParentGone()) {
      ask('disconnect');
    }
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

/** One line, without a stack where the error has a code: those can be expected. */
function lineFor(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return 'code' in error ? error.message : (error.stack ?? error.message);
}
