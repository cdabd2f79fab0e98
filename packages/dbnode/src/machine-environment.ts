/*
 * The world around a node as it really is: this machine's clock, chance, network, disk, and the registry that
 * the settings name.
 */
import { hostname, networkInterfaces } from 'node:os';
import type { Logger } from 'pino';
import { openNodeTransport, openRegistry, systemClock } from '@trolley/cluster';
import type { NodeEnvironment } from './run-node.ts';
import type { NodeSettings } from './settings.ts';
import { nodeDisk } from './storage/node-disk.ts';
import { openEngine } from './storage/open-engine.ts';

/** The environment of a node that runs on this machine. */
export function machineEnvironment(settings: NodeSettings, logger: Logger): NodeEnvironment {
  const clock = systemClock;
  const random = Math.random;
  return {
    clock,
    random,
    logger,
    machine: {
      addresses: Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []),
      hostname: hostname(),
    },
    transport: openNodeTransport(settings),
    openRegistry: () => openRegistry({ ...settings, clock, logger }),
    openEngine: async (cluster, onFatal) =>
      openEngine({
        dataDir: settings.dataDir,
        nodeId: settings.nodeId,
        checkpointJournalBytes: settings.checkpointJournalBytes,
        hintsMax: settings.hintsMax,
        disk: nodeDisk,
        ...cluster,
        clock,
        random,
        logger,
        onFatal,
      }),
  };
}
