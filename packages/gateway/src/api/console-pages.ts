/*
 * The web pages at `/`: one document, and what it loads from `/assets`. Everything comes from this gateway, and the
 * policy lets the pages load nothing from elsewhere, run nothing inline and be framed by nobody.
 */
import { Hono, type Context } from 'hono';
import type { ConsoleFile, ConsoleFiles, ContentEncoding } from '../console-files.ts';
import type { GatewayEnv } from './operation.ts';

const SAFETY = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
/** Asked for each time, so that a new version is seen at once; unchanged, it is answered without a body. */
const ASKED_FOR_AGAIN = 'no-cache';
/** The name changes with the contents. */
const NEVER_CHANGES = 'public, max-age=31536000, immutable';

/** Serves the pages. */
export function consolePages({ index, assets }: ConsoleFiles): Hono<GatewayEnv> {
  const pages = new Hono<GatewayEnv>();
  pages.get('/', (context) => {
    context.env.route = '/';
    return send(context, index, ASKED_FOR_AGAIN);
  });
  pages.get('/assets/:name', (context) => {
    context.env.route = '/assets/{name}';
    const asset = assets.get(context.req.param('name'));
    return asset === undefined ? context.notFound() : send(context, asset, NEVER_CHANGES);
  });
  return pages;
}

function send(context: Context<GatewayEnv>, file: ConsoleFile, cacheControl: string): Response {
  const encoding = encodingFor(file, context.req.header('accept-encoding'));
  const etag = `"${file.hash}${encoding === undefined ? '' : `-${encoding}`}"`;
  const headers: Record<string, string> = { ...SAFETY, etag, vary: 'accept-encoding', 'cache-control': cacheControl };
  if (isKnown(etag, context.req.header('if-none-match'))) return context.body(null, 304, headers);
  const body = (encoding === undefined ? undefined : file.compressed[encoding]) ?? file.contents;
  headers['content-type'] = file.contentType;
  headers['content-length'] = String(body.length);
  if (encoding !== undefined) headers['content-encoding'] = encoding;
  return context.body(body, 200, headers);
}

/** The smallest form that the client takes; undefined for the file as it is. */
function encodingFor(file: ConsoleFile, accepted = ''): ContentEncoding | undefined {
  const taken = new Set(
    accepted
      .toLowerCase()
      .split(',')
      .filter((part) => !/;\s*q=0(?:\.0*)?\s*$/.test(part))
      .map((part) => part.split(';')[0]?.trim()),
  );
  return (['br', 'gzip'] as const).find((encoding) => taken.has(encoding) && file.compressed[encoding] !== undefined);
}

function isKnown(etag: string, known = ''): boolean {
  return known.split(',').some((each) => ['*', etag].includes(each.trim().replace(/^W\//, '')));
}
