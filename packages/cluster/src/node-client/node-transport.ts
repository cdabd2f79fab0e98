/*
 * How a batch gets to a node and its answer back. The real ones speak in frames (frame-transport.ts) or HTTP
 * (http-transport.ts); a test or a simulation hands in its own.
 */
import type { Batch, BatchReply } from '../node-protocol.ts';

/** Where a node listens. */
export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

/** The address as the beginning of a URL. */
export function originOf({ host, port }: NodeAddress): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Carries batches. */
export interface NodeTransport {
  /**
   * Turns of the event loop that a batch is worth gathering for; 1 when absent. A process that is busy finds further requests
   * in each turn, and one that is not gets through its turns in microseconds.
   */
  readonly gatherTurns?: number;
  /**
   * Sends one batch and resolves to the node's answer to it.
   * @throws NodeCallError when there is no answer within the time, or it makes no sense.
   */
  send(address: NodeAddress, batch: Batch, timeoutMs: number): Promise<BatchReply>;
  /** Lets go of the connections to one node. */
  forget(address: NodeAddress): void;
  close(): Promise<void>;
}

/** Why a call to a node brought no result; stable codes. */
export type NodeCallErrorCode =
  /** No connection could be made: the node did not get the call. */
  | 'UNREACHABLE'
  /** The connection broke after the call was sent. */
  | 'CONNECTION_LOST'
  /** No answer within the time. */
  | 'TIMEOUT'
  /** Another node listens there, or the token is wrong: the call was turned away. */
  | 'TURNED_AWAY'
  /** The node knows a newer map than the one that the call was made under. */
  | 'STALE_EPOCH'
  /** The call was held up for longer than it was meant to be waited for: nothing was changed. */
  | 'TOO_LATE'
  /** Too many calls wait for this node already: it was not sent. */
  | 'OVERLOADED'
  /** The disk of the node takes no writes: nothing was changed. */
  | 'READ_ONLY'
  /** The node is starting or stopping: nothing was changed. */
  | 'NOT_READY'
  /** A draft of the key is open on the node: nothing was changed. */
  | 'DRAFTED'
  /** The node did not understand the call: nothing was changed. */
  | 'INVALID_OPERATION'
  /** The node failed while it worked on the call. */
  | 'INTERNAL';

const CERTAINLY_NOT_DONE: ReadonlySet<NodeCallErrorCode> = new Set([
  'UNREACHABLE',
  'TURNED_AWAY',
  'STALE_EPOCH',
  'TOO_LATE',
  'OVERLOADED',
  'READ_ONLY',
  'NOT_READY',
  'DRAFTED',
  'INVALID_OPERATION',
]);

/** A call to a node brought no result. */
export class NodeCallError extends Error {
  override readonly name = 'NodeCallError';
  readonly code: NodeCallErrorCode;

  constructor(code: NodeCallErrorCode, message: string) {
    super(message);
    this.code = code;
  }

  /** Whether the node may have done what it was asked all the same. */
  get maybeDone(): boolean {
    return !CERTAINLY_NOT_DONE.has(this.code);
  }
}
