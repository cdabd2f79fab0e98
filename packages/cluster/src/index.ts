export * from './environment.ts';
export * from './registry.ts';
export * from './node-protocol.ts';
export { HttpTransport } from './node-client/http-transport.ts';
export { NodeClient, type Lane, type NodeChange, type NodeRead, type NodeScan } from './node-client/node-client.ts';
export { NodeCallError, type NodeAddress, type NodeTransport } from './node-client/node-transport.ts';
