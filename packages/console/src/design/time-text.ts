/*
 * Times as people read them.
 */

const FORMAT = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** A time as gateways give it, in the time zone of the browser. */
export function timeText(iso: string): string {
  return FORMAT.format(new Date(iso));
}
