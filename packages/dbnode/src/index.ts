/*
 * What the other packages and the whole-system tests may use of a storage node.
 */
export { machineEnvironment } from './machine-environment.ts';
export { runNode, type NodeEnvironment, type RunningNode } from './run-node.ts';
export { parseSettings, type NodeSettings } from './settings.ts';
