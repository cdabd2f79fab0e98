/*
 * Single keys from a keyboard, without waiting for the end of a line. While somebody listens, Ctrl-C comes as a
 * key too, and not as a signal.
 */

/** The part of standard input that keys are read from. */
export interface KeyStream {
  readonly isTTY?: boolean | undefined;
  setRawMode?(raw: boolean): unknown;
  setEncoding(encoding: 'utf8'): unknown;
  resume(): unknown;
  pause(): unknown;
  on(event: 'data', listener: (keys: string) => void): unknown;
  off(event: 'data', listener: (keys: string) => void): unknown;
}

/** Listens to the keys of a stream; where that is no keyboard nothing is ever heard. */
export function onKeyOf(stream: KeyStream): (listener: (key: string) => void) => () => void {
  return (listener) => {
    if (stream.isTTY !== true) return () => undefined;
    stream.setEncoding('utf8');
    stream.setRawMode?.(true);
    stream.on('data', listener);
    stream.resume();
    return () => {
      stream.off('data', listener);
      stream.setRawMode?.(false);
      stream.pause();
    };
  };
}
