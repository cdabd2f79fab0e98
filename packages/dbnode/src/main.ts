/*
 * The process of a storage node. What a process of this kind is, run-service.ts of the cluster package says.
 */
import { createNetworkSwitch, hasLauncher, runService } from '@trolley/cluster';
import { machineEnvironment } from './machine-environment.ts';
import { runNode } from './run-node.ts';
import { parseSettings } from './settings.ts';

await runService({
  network: hasLauncher(process.env) ? createNetworkSwitch() : undefined,
  service: 'dbnode',
  // A node logs little: each line as it comes.
  logBufferBytes: 1,
  stopTimeoutMs: 30_000,
  parseSettings,
  start: async (settings, logger) => runNode(settings, machineEnvironment(settings, logger)),
});
