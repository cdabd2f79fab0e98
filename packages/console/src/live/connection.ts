/*
 * Whether the gateway answers, as everybody who asks it finds out.
 */
import { computed, signal } from '@preact/signals';

/** `unknown` until the first answer or the first silence. */
export type Connection = 'unknown' | 'live' | 'away';

const heard = signal<Connection>('unknown');

/** Whether the gateway answers. */
export const connection = computed<Connection>(() => heard.value);

/** It answered. */
export function noteAnswer(): void {
  heard.value = 'live';
}

/** It did not. */
export function noteSilence(): void {
  heard.value = 'away';
}
