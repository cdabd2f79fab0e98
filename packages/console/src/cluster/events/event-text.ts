/*
 * What happened, in a sentence. Pure.
 */
import type { Tone } from '../../design/notice.tsx';
import { plural } from '../../app/format.ts';
import type { ClusterEvent } from '../../live/events.ts';

/** Kinds of events, as one filters by them. */
export const EVENT_KINDS = ['nodes', 'map', 'moves', 'repairs', 'degraded', 'registry'] as const;

/** A kind of event. */
export type EventKind = (typeof EVENT_KINDS)[number];

const KIND_OF: Readonly<Record<string, EventKind>> = {
  'node-up': 'nodes',
  'node-down': 'nodes',
  'node-in': 'map',
  'node-out': 'map',
  'drain-started': 'map',
  drained: 'map',
  'map-changed': 'map',
  'map-put-back': 'map',
  'move-started': 'moves',
  'move-progress': 'moves',
  'move-ended': 'moves',
  repaired: 'repairs',
  degraded: 'degraded',
  'registry-lost': 'registry',
  'registry-back': 'registry',
};

const TONE_OF: Readonly<Record<string, Tone>> = {
  'node-up': 'good',
  'node-down': 'bad',
  'node-in': 'good',
  'node-out': 'warn',
  'map-put-back': 'warn',
  'move-ended': 'good',
  drained: 'good',
  repaired: 'good',
  degraded: 'warn',
  'registry-lost': 'bad',
  'registry-back': 'good',
};

const WHY_TEXT = {
  read: 'a read found it',
  hint: 'a hint brought it',
  'anti-entropy': 'a comparison of digests found it',
} as const;

/** The kind of an event; undefined for one that this page does not know. */
export function kindOf({ type }: ClusterEvent): EventKind | undefined {
  return KIND_OF[type];
}

/** The colour of an event. */
export function toneOf({ type }: ClusterEvent): Tone {
  return TONE_OF[type] ?? 'info';
}

/** What happened, in a sentence without its time. */
export function eventText(event: ClusterEvent): string {
  const { node = '', key = '', epoch } = event;
  switch (event.type) {
    case 'node-up':
      return `${node} is up`;
    case 'node-down':
      return `${node} is down`;
    case 'node-in':
      return `${node} is in the map again: data is placed on it`;
    case 'node-out':
      return `${node} is out of the map: its data is placed on others`;
    case 'drain-started':
      return `${node} is being drained`;
    case 'drained':
      return `${node} is drained and holds nothing any more`;
    case 'map-changed':
      return `The map has epoch ${epoch}${event.reason === undefined ? '' : `: ${event.reason}`}`;
    case 'map-put-back':
      return `The map is put back under epoch ${epoch}: ${event.reason}`;
    case 'move-started':
      return `${node} fetches ${plural(event.groups ?? 0, 'group')}`;
    case 'move-progress':
      return `${node} has ${event.groupsDone} of ${plural(event.groups ?? 0, 'group')}`;
    case 'move-ended':
      return `${node} has all of ${plural(event.groups ?? 0, 'group')}`;
    case 'repaired':
      return `${key} on ${node}: version ${event.fromVersion} → ${event.toVersion}, ${WHY_TEXT[event.why ?? 'read']}`;
    case 'degraded':
      return degradedText(event);
    case 'registry-lost':
      return 'The registry is away; everybody goes on with the last map';
    case 'registry-back':
      return 'The registry is back';
    default:
      return [event.type, node, key].filter(Boolean).join(' ');
  }
}

function degradedText({ key, operation = 'read', answered, replicas }: ClusterEvent): string {
  const verb = { read: 'Read', write: 'Wrote', list: 'Listed' }[operation];
  return `${verb} ${key} with ${answered} of ${replicas} replicas`;
}
