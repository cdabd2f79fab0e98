/*
 * The process of a storage node: settings from the environment, JSON logs on stdout, a graceful stop on SIGINT,
 * SIGTERM or the end of the process that started it. What can be expected to go wrong ends in one line on stderr.
 */
import { pino, type Logger } from 'pino';
import { machineEnvironment } from './machine-environment.ts';
import { runNode, type RunningNode } from './run-node.ts';
import { parseSettings } from './settings.ts';

/** How long a stop may take before the process ends all the same. */
const STOP_TIMEOUT_MS = 30_000;

// The timers of the clock keep no process alive, and neither does a registry that is away.
setInterval(() => undefined, 60_000);
await main();

async function main(): Promise<void> {
  let logger: Logger | undefined;
  try {
    const settings = parseSettings(process.env);
    logger = pino({ level: settings.logLevel, base: { service: 'dbnode', pid: process.pid } });
    logUnexpected(logger);
    const asked = stopRequest();
    const node = await runNode(settings, machineEnvironment(settings, logger));
    const ending = await Promise.race([asked, node.failed]);
    await end(node, ending, logger);
  } catch (error) {
    logger?.fatal({ err: error }, 'the node could not start or stop');
    process.stderr.write(`trolley dbnode: ${lineFor(error)}\n`);
    process.exit(1);
  }
}

async function end(node: RunningNode, ending: NodeJS.Signals | 'disconnect' | Error, logger: Logger): Promise<void> {
  if (ending instanceof Error) {
    process.stderr.write(`trolley dbnode: ${lineFor(ending)}\n`);
    process.exit(1);
  }
  logger.info({ signal: ending }, 'asked to stop');
  setTimeout(() => {
    process.stderr.write(`trolley dbnode: not stopped within ${STOP_TIMEOUT_MS} ms, giving up\n`);
    process.exit(1);
  }, STOP_TIMEOUT_MS).unref();
  await node.stop();
  process.exit(0);
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

function logUnexpected(logger: Logger): void {
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'an error that nobody caught');
    process.exit(1);
  });
}

/** One line, without a stack where the error has a code: those can be expected. */
function lineFor(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return 'code' in error ? error.message : (error.stack ?? error.message);
}
