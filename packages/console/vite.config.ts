/*
 * How the pages are built, and served while one works on them: `npm run dev -w @trolley/console` shows the
 * sources and passes every call on to a gateway, the one at TROLLEY_URL or on port 5000.
 */
import { defineConfig } from 'vite';

const GATEWAY = process.env['TROLLEY_URL'] ?? 'http://127.0.0.1:5000';
/** What the development server answers by itself. */
const NOT_THE_GATEWAYS = String.raw`$|\?|@|src/|node_modules/|index\.html`;

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: {
    host: '127.0.0.1',
    proxy: { [`^/(?!${NOT_THE_GATEWAYS})`]: { target: GATEWAY } },
  },
  build: {
    outDir: 'dist/web',
    // Browsers of the last two years: they know light-dark() and nesting.
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    // Data URLs are not among what the gateway's policy lets a page load.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
