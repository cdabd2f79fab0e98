/*
 * Reads the values of command line options; what is wrong with one is said in the words of the option.
 */
import { resolve } from 'node:path';
import { WEIGHT_MAX, WEIGHT_MIN } from '@trolley/crush';
import { InvalidArgumentError } from 'commander';

const PORT_MAX = 65_535;

/** A reader of whole numbers within bounds. @throws InvalidArgumentError */
export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
  };
}

/** A reader of one of some numbers. @throws InvalidArgumentError */
export function oneOf<T extends number>(choices: readonly T[]): (text: string) => T {
  return (text) => {
    const chosen = choices.find((choice) => String(choice) === text);
    if (chosen !== undefined) return chosen;
    throw new InvalidArgumentError(`It must be one of ${choices.join(', ')}.`);
  };
}

export const portNumber = wholeNumber(0, PORT_MAX);

/** Whether a gateway after the first would get a port beyond the last one there is. */
export function portsRunOut(firstPort: number, count: number): boolean {
  return firstPort !== 0 && firstPort + count - 1 > PORT_MAX;
}

/** The URL of a gateway; a bare `host:port` is taken for http. @throws InvalidArgumentError */
export function gatewayUrl(text: string): string {
  const candidate = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(candidate) ? new URL(candidate) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new InvalidArgumentError('It must be a URL such as http://127.0.0.1:5000.');
  }
  return url.href.replace(/\/+$/, '');
}

/** ZooKeeper servers, `HOST:PORT[,HOST:PORT]`. @throws InvalidArgumentError */
export function zookeeperServers(text: string): string {
  if (/^[^\s,:/]+:\d{1,5}(?:,[^\s,:/]+:\d{1,5})*$/.test(text)) return text;
  throw new InvalidArgumentError('It must be HOST:PORT, such as 127.0.0.1:2181, or several with commas between.');
}

/** A directory as an absolute path. @throws InvalidArgumentError */
export function directory(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must name a directory.');
  return resolve(text);
}

/** An address to listen on. @throws InvalidArgumentError */
export function listenHost(text: string): string {
  if (/^[\w.:-]+$/.test(text)) return text;
  throw new InvalidArgumentError('It must be an address of this machine, such as 127.0.0.1 or 0.0.0.0.');
}

/** The id of a node. @throws InvalidArgumentError */
export function nodeId(text: string): string {
  if (/^[\w.-]{1,100}$/.test(text)) return text;
  throw new InvalidArgumentError('A node has an id such as node-2; `trolley status` lists them.');
}

/** A node's weight. @throws InvalidArgumentError */
export function weight(text: string): number {
  const value = /^\d{1,5}(?:\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= WEIGHT_MIN && value <= WEIGHT_MAX) return value;
  throw new InvalidArgumentError(`It must be a number above 0, at most ${WEIGHT_MAX}; to empty a node, drain it.`);
}
