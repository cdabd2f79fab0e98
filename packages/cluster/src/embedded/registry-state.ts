/*
 * The embedded registry as a value: leases, sequence numbers, the map. Each function takes a state and
 * the time, and returns the next state; the same object means that nothing was changed. Pure: the clock,
 * the disk and whoever waits for a change are the host's affair.
 */
import { isDeepStrictEqual } from 'node:util';
import { onePerId, type Participant } from '../registry-details.ts';
import type { GatewayDetails, NodeDetails, Registered, StoredMap } from '../registry.ts';
import type { MapWrite, ViewReply } from './protocol.ts';

/** Registrations at the same time; beyond that, new ones are refused. */
export const REGISTRATIONS_MAX = 10_000;

/** Sequences and revisions start at the time, in ms, times this: a restart never counts what was before again. */
const STEPS_PER_MS = 1000;

interface Registration {
  readonly participant: Participant;
  readonly sequence: number;
  /** In monotonic time. */
  readonly expiresAtMs: number;
}

/** All that the embedded registry knows. */
export interface RegistryState {
  /** Another one after each change that a client can see. */
  readonly revision: number;
  readonly nextSequence: number;
  readonly registrations: ReadonlyMap<string, Registration>;
  readonly stored: StoredMap | undefined;
}

/** The state at a start: nobody is registered, and the map is what was kept of it. Wall-clock time. */
export function startState(nowMs: number, stored: StoredMap | undefined): RegistryState {
  const first = Math.floor(nowMs) * STEPS_PER_MS;
  return { revision: first, nextSequence: first, registrations: new Map(), stored };
}

/** Registers under a lease, or renews it; whoever registers with other details counts as new. Undefined when full. */
export function register(
  state: RegistryState,
  lease: string,
  participant: Participant,
  expiresAtMs: number,
): RegistryState | undefined {
  const held = state.registrations.get(lease);
  if (held !== undefined && isDeepStrictEqual(held.participant, participant)) {
    const registrations = new Map(state.registrations).set(lease, { ...held, expiresAtMs });
    return { ...state, registrations };
  }
  if (held === undefined && state.registrations.size >= REGISTRATIONS_MAX) {
    return undefined;
  }
  const registration = { participant, sequence: state.nextSequence, expiresAtMs };
  const registrations = new Map(state.registrations).set(lease, registration);
  return { ...state, revision: state.revision + 1, nextSequence: state.nextSequence + 1, registrations };
}

/** Ends a registration, if it is there. */
export function withdraw(state: RegistryState, lease: string): RegistryState {
  return keepOnly(state, (_registration, held) => held !== lease);
}

/** Ends the registrations whose lease is over. */
export function expire(state: RegistryState, nowMs: number): RegistryState {
  return keepOnly(state, (registration) => registration.expiresAtMs > nowMs);
}

/** Makes every lease longer: the time in which the registry itself stood still counts against nobody. */
export function prolong(state: RegistryState, byMs: number): RegistryState {
  const registrations = new Map<string, Registration>();
  for (const [lease, registration] of state.registrations) {
    registrations.set(lease, { ...registration, expiresAtMs: registration.expiresAtMs + byMs });
  }
  return { ...state, registrations };
}

/** What a write of the map would store, or undefined when another write came first. */
export function nextStored(state: RegistryState, write: MapWrite): StoredMap | undefined {
  const revision = state.stored?.revision ?? null;
  return revision === write.expectedRevision ? { map: write.map, revision: (revision ?? 0) + 1 } : undefined;
}

/** Shows a map that has been stored. */
export function showStored(state: RegistryState, stored: StoredMap): RegistryState {
  return { ...state, revision: state.revision + 1, stored };
}

/** The state as clients see it. */
export function viewOf(state: RegistryState): ViewReply {
  const nodes: Registered<NodeDetails>[] = [];
  const gateways: Registered<GatewayDetails>[] = [];
  for (const { participant, sequence } of state.registrations.values()) {
    if (participant.kind === 'node') {
      nodes.push({ ...participant.details, sequence });
    } else {
      gateways.push({ ...participant.details, sequence });
    }
  }
  return {
    revision: state.revision,
    nodes: [...onePerId(nodes)],
    gateways: [...onePerId(gateways)],
    stored: state.stored ?? null,
  };
}

function keepOnly(state: RegistryState, keep: (registration: Registration, lease: string) => boolean): RegistryState {
  const kept = [...state.registrations].filter(([lease, registration]) => keep(registration, lease));
  if (kept.length === state.registrations.size) {
    return state;
  }
  return { ...state, revision: state.revision + 1, registrations: new Map(kept) };
}
