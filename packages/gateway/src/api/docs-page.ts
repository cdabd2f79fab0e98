/*
 * `/openapi.json`, and `/docs`, which shows it with Swagger UI. Everything comes from this gateway: the page
 * works without a network, and its policy allows no other source.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { GatewayRouter } from './operation.ts';

const DOCUMENT = {
  openapi: '3.1.0',
  info: {
    title: 'Trolley',
    version: '0.1.0',
    license: { name: 'MIT', identifier: 'MIT' },
    description:
      'Shopping carts on a leaderless, replicated store. Every error is `application/problem+json` (RFC 9457) with ' +
      'a stable `code`; `X-Request-Id` of the reply finds a request in the logs. A path that does not exist gets ' +
      '404, another method 405 with `Allow`. Query parameters that a call does not know are refused with 400.',
  },
};

/** The files of Swagger UI that the page uses, and their types. */
const FILES = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
]);

const START_SCRIPT = `window.addEventListener('load', () => {
  SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });
});
`;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trolley: the API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

/** Swagger UI sets styles from its script, and shows images that it carries inline. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const CACHED_FOR_AN_HOUR = { 'cache-control': 'public, max-age=3600', 'x-content-type-options': 'nosniff' };

/** Adds the document and the page. Call it after all operations are there: the document is made once. */
export function serveDocs(router: GatewayRouter): void {
  const document = router.getOpenAPI31Document(DOCUMENT);
  router.get('/openapi.json', (context) => {
    context.env.route = '/openapi.json';
    return context.json(document);
  });
  router.get('/docs', (context) => {
    context.env.route = '/docs';
    return context.html(PAGE, 200, { 'content-security-policy': POLICY });
  });
  router.get('/docs/start.js', (context) => {
    context.env.route = '/docs/start.js';
    return context.body(START_SCRIPT, 200, { ...CACHED_FOR_AN_HOUR, 'content-type': 'text/javascript; charset=utf-8' });
  });
  serveFiles(router);
}

function serveFiles(router: GatewayRouter): void {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('swagger-ui-dist/package.json'));
  for (const [name, contentType] of FILES) {
    let contents: Promise<Uint8Array<ArrayBuffer>> | undefined;
    router.get(`/docs/${name}`, async (context) => {
      context.env.route = `/docs/${name}`;
      contents ??= readFile(join(folder, name)).then((bytes) => new Uint8Array(bytes));
      return context.body(await contents, 200, { ...CACHED_FOR_AN_HOUR, 'content-type': contentType });
    });
  }
}
