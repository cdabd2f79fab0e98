export * from './environment.ts';
export * from './registry.ts';
export * from './node-protocol.ts';
