/*
 * Figures and times as people read them.
 */

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** 1234 as `1,234`. */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** Three digits that count: `0.35`, `12.4`, `1,230`. */
export function figure(value: number): string {
  return value >= 100 ? WHOLE.format(value) : SHORT.format(value);
}

/** Bytes in the unit that fits. */
export function byteSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${SHORT.format(value)} ${UNITS[unit]}`;
}

/** The time of day, in the browser's zone. */
export function timeOfDay(atMs: number): string {
  return TIME.format(atMs);
}

/** `1 key`, `2 keys`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** How long something lasted or lies back: `0.4 s`, `12 s`, `3 min`, `2 h`. */
export function duration(durationMs: number): string {
  const seconds = Math.max(0, durationMs) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = seconds / 60;
  return minutes < 90 ? `${Math.round(minutes)} min` : `${Math.round(minutes / 60)} h`;
}
