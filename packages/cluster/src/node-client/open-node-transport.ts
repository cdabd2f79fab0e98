/*
 * The transport that gateways and nodes use: frames, and HTTP for nodes that speak none.
 */
import { systemClock } from '../system-clock.ts';
import { FrameTransport } from './frame-transport.ts';
import { HttpTransport, type HttpTransportOptions } from './http-transport.ts';
import type { NodeTransport } from './node-transport.ts';

/** A transport on this machine's clock and network. */
export function openNodeTransport({ clusterToken }: HttpTransportOptions): NodeTransport {
  return new FrameTransport({ clusterToken, clock: systemClock, fallback: new HttpTransport({ clusterToken }) });
}
