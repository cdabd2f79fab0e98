/*
 * Which gateways a stress test goes through: those named, or so many of those that the cluster knows.
 */
import { InvalidArgumentError } from 'commander';
import { CommandFailure, EXIT_USAGE } from '../failure.ts';
import type { ClusterAnswer } from '../gateway-answers.ts';
import { counted } from '../printable.ts';
import { gatewayUrl, wholeNumber } from '../options.ts';

const STRESSED_GATEWAYS_MAX = 16;

/** A number of gateways, or their URLs. */
export type GatewayChoice = { readonly count: number } | { readonly urls: readonly string[] };

/** Reads a number, or URLs with commas between. @throws InvalidArgumentError */
export function gatewayChoice(text: string): GatewayChoice {
  if (/^\d+$/.test(text)) return { count: wholeNumber(1, STRESSED_GATEWAYS_MAX)(text) };
  const urls = [...new Set(text.split(',').map((part) => gatewayUrl(part.trim())))];
  if (urls.length <= STRESSED_GATEWAYS_MAX) return { urls };
  throw new InvalidArgumentError(`It must be at most ${STRESSED_GATEWAYS_MAX} URLs.`);
}

/** The URLs of the first gateways that a cluster knows, all of them when no count is given. @throws CommandFailure */
export function knownGateways({ gateways = [] }: ClusterAnswer, count: number | undefined): readonly string[] {
  const urls = gateways.flatMap(({ url, host, port }) => {
    if (url !== undefined) return [url];
    return host === undefined || port === undefined ? [] : [`http://${host}:${port}`];
  });
  if (urls.length === 0)
    throw new CommandFailure('The cluster knows of no gateway.', 'Name them with --gateways URL,URL.');
  if (count !== undefined && urls.length < count) {
    throw new CommandFailure(
      `The cluster knows of ${counted(urls.length, 'gateway')}, not ${count}.`,
      'Start more with `trolley up --gateways COUNT`, or name them with --gateways URL,URL.',
      EXIT_USAGE,
    );
  }
  return urls.slice(0, count ?? STRESSED_GATEWAYS_MAX);
}
