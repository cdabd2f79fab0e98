/*
 * The page at `/` of a gateway whose web pages were not built: what this is and where to go on. Plain HTML, no scripts,
 * nothing from elsewhere.
 */
import { Hono } from 'hono';
import type { GatewayEnv } from './operation.ts';

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Trolley</title>
<style>
  body { font: 1.05rem/1.6 system-ui, sans-serif; max-width: 38rem; margin: 12vh auto; padding: 0 1.25rem; }
  h1 { font-size: 2rem; line-height: 1.2; }
  dt { font-weight: 600; margin-top: 1rem; }
  dd { margin: 0; opacity: 0.8; }
</style>
</head>
<body>
<main>
<h1>Trolley</h1>
<p>A leaderless, replicated store for shopping carts. This is one of its gateways: every one of them serves
every call, and the storage nodes behind them hold each record several times.</p>
<dl>
  <dt><a href="/docs">/docs</a></dt><dd>The API, to read and to try.</dd>
  <dt><a href="/cluster">/cluster</a></dt><dd>The cluster map, the storage nodes and the gateways.</dd>
  <dt><a href="/productslist">/productslist</a></dt><dd>What is on the shelf.</dd>
</dl>
</main>
</body>
</html>
`;

const HEADERS = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

/** Serves `/`. */
export function frontPage(): Hono<GatewayEnv> {
  const pages = new Hono<GatewayEnv>();
  pages.get('/', (context) => {
    context.env.route = '/';
    return context.html(PAGE, 200, HEADERS);
  });
  return pages;
}
