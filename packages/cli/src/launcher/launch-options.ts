/*
 * What `trolley up` can be told, and the layout of its data directory.
 */
import { join } from 'node:path';

export interface LaunchOptions {
  /** Storage nodes to start: node-1 to node-N. */
  readonly nodes: number;
  readonly gateways: number;
  /** Port of the first gateway, the others take those after it; 0 takes any free ones. */
  readonly port: number;
  /** The data directory, absolute. */
  readonly dataDirectory: string;
  /** ZooKeeper servers to use instead of the embedded registry. */
  readonly zookeeper: string | undefined;
  /** Whether an empty shop gets the sample data on first start. */
  readonly seed: boolean;
  /** Address that the gateways listen on. */
  readonly host: string;
  readonly logLevel: string;
}

export const NODES_MAX = 64;
export const GATEWAYS_MAX = 16;

/** The files that the launcher itself keeps in the data directory. */
export interface DataLayout {
  readonly lockFile: string;
  readonly seededMarker: string;
  readonly mapFile: string;
  readonly logsDirectory: string;
  logFile(childName: string): string;
  nodeDirectory(nodeId: string): string;
}

/** Where things are in a data directory. */
export function dataLayout(dataDirectory: string): DataLayout {
  const logsDirectory = join(dataDirectory, 'logs');
  return {
    lockFile: join(dataDirectory, 'launcher.json'),
    seededMarker: join(dataDirectory, 'seeded'),
    mapFile: join(dataDirectory, 'registry', 'map.json'),
    logsDirectory,
    logFile: (childName) => join(logsDirectory, `${childName}.log`),
    nodeDirectory: (nodeId) => join(dataDirectory, nodeId),
  };
}

/** The ids of the nodes to start. */
export function nodeIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `node-${index + 1}`);
}
