import { describe, expect, it } from 'vitest';
import type { ConsoleFile } from '../console-files.ts';
import { createTestApi, problemIn } from '../testing/test-api.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const file = (contentType: string, text: string, packs = true): ConsoleFile => ({
  contentType,
  hash: `hash-of-${text}`,
  contents: bytes(text),
  compressed: packs ? { br: bytes(`br ${text}`), gzip: bytes(`gzip ${text}`) } : {},
});
const pages = {
  index: file('text/html; charset=utf-8', 'the page'),
  assets: new Map([
    ['main-1.js', file('text/javascript; charset=utf-8', 'script')],
    ['dot-2.png', file('image/png', 'dot', false)],
  ]),
};
const api = () => createTestApi({ pages });

describe('the web pages', () => {
  it('are served at the front, to be asked for again, under a policy that lets nothing in from elsewhere', async () => {
    const response = await api().get('/');
    expect([response.status, await response.text()]).toEqual([200, 'the page']);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
        "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    });
  });

  it('load files that never change under their names', async () => {
    const response = await api().get('/assets/main-1.js');
    expect([response.status, await response.text()]).toEqual([200, 'script']);
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it.each([
    ['gzip, deflate, br', 'br', 'br script'],
    ['gzip;q=1.0, br;q=0', 'gzip', 'gzip script'],
    ['GZIP', 'gzip', 'gzip script'],
    ['br ; q=0.000, gzip ; q=0', null, 'script'],
    ['identity', null, 'script'],
    ['brotli', null, 'script'],
    ['', null, 'script'],
  ])('travel in the smallest form that %j takes', async (accepted, encoding, body) => {
    const response = await api().get('/assets/main-1.js', { 'accept-encoding': accepted });
    expect([response.headers.get('content-encoding'), await response.text()]).toEqual([encoding, body]);
    expect(response.headers.get('vary')).toBe('accept-encoding');
    expect(response.headers.get('content-length')).toBe(String(body.length));
  });

  it('travel as they are where they are packed already', async () => {
    const response = await api().get('/assets/dot-2.png', { 'accept-encoding': 'br, gzip' });
    expect([response.headers.get('content-encoding'), await response.text()]).toEqual([null, 'dot']);
  });

  it('are not sent again to those who have them, in the same form', async () => {
    const { get } = api();
    const etags = await Promise.all(
      ['br', 'gzip', ''].map(async (accepted) => (await get('/', { 'accept-encoding': accepted })).headers.get('etag')),
    );
    expect(new Set(etags).size).toBe(3);
    const [etag] = etags;
    for (const known of [`${etag}`, `"x", W/${etag}`, '*']) {
      const response = await get('/', { 'accept-encoding': 'br', 'if-none-match': known });
      expect([response.status, await response.text()]).toEqual([304, '']);
      expect(response.headers.get('cache-control')).toBe('no-cache');
    }
    expect((await get('/', { 'if-none-match': `${etag}` })).status).toBe(200);
  });

  it('answer HEAD without a body', async () => {
    const response = await api().app.request('/assets/main-1.js', { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(response.headers.get('content-length')).toBe('6');
  });

  it.each([
    '/assets/main-2.js',
    '/assets/',
    '/assets/../index.html',
    '/assets/..%2findex.html',
    '/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/assets/..%5cindex.html',
    '/assets/main-1.js%00',
    '/assets/main-1.js/',
    '/assets/__proto__',
    '/index.html',
  ])('are no way to %s', async (path) => {
    const response = await api().get(path);
    expect([response.status, (await problemIn(response)).code]).toEqual([404, 'NOT_FOUND']);
    expect(response.headers.get('cache-control')).toBeNull();
  });

  it('take nothing', async () => {
    expect((await api().post('/', {})).status).toBe(405);
    expect((await api().post('/assets/main-1.js', {})).status).toBe(405);
  });

  it('leave the calls and their document where they are', async () => {
    const { get } = api();
    for (const path of ['/docs', '/openapi.json', '/cluster', '/productslist'])
      expect((await get(path)).status).toBe(200);
  });
});
