export * from './environment.ts';
export * from './registry.ts';
export * from './node-protocol.ts';
export {
  REPAIR_BATCH_MAX,
  STATUS_EVENTS_MAX,
  type FetchProgress,
  type GroupsComparison,
  type ListedEntries,
  type NodeEvent,
  type NodeIncident,
  type NodeStatus,
  type RepairOperation,
  type RepairResult,
} from './repair-protocol.ts';
export { HttpTransport } from './node-client/http-transport.ts';
export { NodeClient, type Lane, type NodeChange, type NodeRead, type NodeScan } from './node-client/node-client.ts';
export { NodeCallError, type NodeAddress, type NodeTransport } from './node-client/node-transport.ts';
export { handleErrors, type UnexpectedErrorListener } from './http/handle-errors.ts';
export {
  addedLinesSchema,
  cartSchema,
  emailSchema,
  PAGE_LIMIT_MAX,
  pageLimitSchema,
  productNameSchema,
  productNamesSchema,
  stockChangeSchema,
} from './http/input.ts';
export { readJsonBody } from './http/json-body.ts';
export {
  invalidInput,
  PROBLEM_CONTENT_TYPE,
  ProblemError,
  problemResponse,
  problemSchema,
  refusalProblem,
  type Problem,
  type ProblemDetails,
} from './http/problem.ts';
export { newRequestId, requestIds } from './http/request-id.ts';
export { singleQuery, validate } from './http/validate.ts';
export { startEmbeddedRegistryServer, type EmbeddedRegistryServer } from './embedded/start-server.ts';
export { openRegistry } from './open-registry.ts';
export { RegistrySettingsError } from './registry-settings-error.ts';
export { systemClock } from './system-clock.ts';
export { advertisedHost, type MachineAddresses } from './serving/advertised-host.ts';
export { listen, ListenError, type HandleRequest, type Listener } from './serving/listen.ts';
export { settledWithin } from './serving/settled-within.ts';
