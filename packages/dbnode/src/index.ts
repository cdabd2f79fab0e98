/*
 * What the other packages and the whole-system tests may use of a storage node.
 */
export { createNodeApp, type NodeAppOptions } from './app.ts';
export type { NodeApp } from './app-types.ts';
export type { Engine } from './engine.ts';
export { machineEnvironment } from './machine-environment.ts';
export { runNode, type NodeEnvironment, type RunningNode } from './run-node.ts';
export { parseSettings, SettingsError, type NodeSettings } from './settings.ts';
