/*
 * What the other packages may use: membership, calls to nodes, and the HTTP pieces that gateway and nodes share.
 */
export type { Clock, Random, Timer } from './environment.ts';
export type { Announcement, GatewayDetails, NodeDetails, Registered, Registry, RegistryView } from './registry.ts';
export {
  BATCH_PATH,
  batchSchema,
  STALE_EPOCH,
  TOO_LATE,
  type AdoptOutcome,
  type Batch,
  type BatchReply,
  type NodeErrorCode,
  type NodeOperation,
  type NodeResult,
  type WithdrawnDraft,
  type WithdrawOutcome,
} from './node-protocol.ts';
export {
  REPAIR_BATCH_MAX,
  STATUS_EVENTS_MAX,
  type FetchProgress,
  type GroupsComparison,
  type NodeEvent,
  type NodeIncident,
  type NodeStatus,
  type TombstoneDrops,
  type RepairOperation,
  type RepairResult,
  type RepairRun,
  type RepairStanding,
} from './repair-protocol.ts';
export { type AcceptResult, type PrepareResult } from './register-protocol.ts';
export { decodeBatch, encodeBatch } from './frames/batch-frames.ts';
export {
  BATCHES_IN_FLIGHT_MAX,
  BATCH_FRAME_BYTES_MAX,
  FrameError,
  FRAMES_PATH,
  FRAMES_PROTOCOL,
} from './frames/frame-protocol.ts';
export { numbered, numberOf } from './frames/frame-number.ts';
export { FrameSplitter } from './frames/frame-splitter.ts';
export { encodeReply, encodeTurnedAway } from './frames/reply-frames.ts';
export { TurnWriter, type CorkableSocket } from './frames/turn-writer.ts';
export { HttpTransport } from './node-client/http-transport.ts';
export { openNodeTransport } from './node-client/open-node-transport.ts';
export { NodeClient, type NodeScan } from './node-client/node-client.ts';
export type { NodeChange, NodeRead } from './node-client/node-results.ts';
export { NodeCallError, type NodeAddress, type NodeTransport } from './node-client/node-transport.ts';
export {
  controlledNodesSchema,
  NODE_COMMANDS,
  PROCESS_STATES,
  type ControlledNode,
  type NodeCommand,
  type ProcessState,
} from './launcher-protocol.ts';
export {
  latestStressRunSchema,
  STRESS_SAMPLES_MAX,
  STRESS_SIZE_MAX,
  STRESS_TESTS,
  STRESS_WORKERS_MAX,
  stressFindingsSchema,
  stressRunSchema,
  stressSampleSchema,
  stressSizeMax,
  stressWishSchema,
  type StressFindings,
  type StressRun,
  type StressTest,
  type StressWish,
} from './stress-protocol.ts';
export { handleErrors, UNEXPECTED, type UnexpectedErrorListener } from './http/handle-errors.ts';
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
  problemText,
  problemSchema,
  refusalProblem,
  type Problem,
  type ProblemDetails,
} from './http/problem.ts';
export { newRequestId, REQUEST_ID_HEADER, requestIds, sentRequestId } from './http/request-id.ts';
export { singleQuery, validate } from './http/validate.ts';
export { startEmbeddedRegistryServer } from './embedded/start-server.ts';
export { openRegistry } from './open-registry.ts';
export { RecentMap } from './recent-map.ts';
export { systemClock } from './system-clock.ts';
export { advertisedHost, type MachineAddresses } from './serving/advertised-host.ts';
export { createNetworkSwitch } from './serving/network-switch.ts';
export { childReportSchema, hasLauncher, type ChildOrder, type ChildReport } from './serving/parent-channel.ts';
export { listen, type HandleRequest, type Listener, type TakeOver } from './serving/listen.ts';
export { GATEWAY_FLAGS, NODE_FLAGS } from './serving/process-flags.ts';
export { PlainCounter, PlainHistogram } from './serving/plain-metrics.ts';
export { runService } from './serving/run-service.ts';
export {
  checkSettings,
  COMMON_SETTINGS,
  duration,
  httpUrl,
  secret,
  wholeNumber,
  type SettingsEnvironment,
} from './serving/settings.ts';
export { settledWithin } from './serving/settled-within.ts';
