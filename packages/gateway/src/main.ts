/*
 * The process of a gateway. What a process of this kind is, run-service.ts of the cluster package says.
 */
import { hostname, networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { openNodeTransport, openRegistry, runService, systemClock } from '@trolley/cluster';
import { consoleFolder } from '@trolley/console';
import type { Logger } from 'pino';
import { readConsoleFiles } from './console-files.ts';
import { runGateway, type RunningGateway } from './run-gateway.ts';
import { parseSettings, type GatewaySettings } from './settings.ts';

await runService({
  service: 'gateway',
  // At debug a line for each request: written one by one they would cost too much.
  logBufferBytes: 8_192,
  stopTimeoutMs: 20_000,
  parseSettings,
  start,
});

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
    transport: openNodeTransport({ clusterToken: settings.clusterToken }),
    openRegistry: () => openRegistry({ ...settings, clock, logger }),
    readConsole: async () => readConsoleFiles(settings.consoleDir ?? fileURLToPath(consoleFolder)),
  });
}
