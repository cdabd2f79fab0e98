/*
 * The storage engine for whoever runs one without a node around it: benchmarks.
 */
export type { Engine } from '../engine.ts';
export { nodeDisk } from './node-disk.ts';
export { openEngine } from './open-engine.ts';
