/*
 * What has just become of something, for a few seconds at the edge of the window.
 */
import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { Notice, type Tone } from '../design/notice.tsx';
import '../design/toasts.css';
import { after } from '../live/time.ts';

interface Toast {
  readonly id: number;
  readonly tone: Tone;
  readonly text: string;
}

const SHOWN_MS = 6_000;
const SHOWN_MAX = 4;

const toasts = signal<readonly Toast[]>([]);
let made = 0;

/** Tells of something; screen readers say it too. */
export function tell(tone: Tone, text: string): void {
  made += 1;
  const toast = { id: made, tone, text };
  toasts.value = [...toasts.value, toast].slice(-SHOWN_MAX);
  after(SHOWN_MS, () => (toasts.value = toasts.value.filter((other) => other !== toast)));
}

/** Where they appear. */
export function Toasts(): VNode {
  return (
    <div class="toasts" aria-live="polite">
      {toasts.value.map(({ id, tone, text }) => (
        <Notice key={id} tone={tone}>
          {text}
        </Notice>
      ))}
    </div>
  );
}
