import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { handleErrors } from './handle-errors.ts';
import { readJsonBody } from './json-body.ts';
import { ProblemError, problemSchema } from './problem.ts';
import { requestIds } from './request-id.ts';
import { singleQuery, validate } from './validate.ts';

const BODY_BYTES_MAX = 1000;
const JSON_HEADERS = { 'content-type': 'application/json' };

function createApp() {
  const unexpected: Error[] = [];
  const app = new Hono();
  app.use(requestIds(() => 0.5));
  handleErrors(app, (error) => unexpected.push(error));
  app.get('/things', (context) => context.json(singleQuery(context.req)));
  app.post('/things', async (context) => {
    const body = await readJsonBody(context.req, { bytesMax: BODY_BYTES_MAX, depthMax: 4 });
    return context.json({ body, again: await context.req.json<unknown>() });
  });
  app.post('/checked', async (context) => {
    const schema = z.strictObject({ name: z.string(), inner: z.strictObject({ count: z.int() }) });
    return context.json(validate(schema, await readJsonBody(context.req, { bytesMax: BODY_BYTES_MAX })));
  });
  app.get('/full', () => {
    throw new ProblemError({
      status: 503,
      code: 'FULL',
      title: 'Full',
      detail: 'No room.',
      members: { room: [0, 1] },
      headers: { 'retry-after': '1' },
    });
  });
  app.get('/missing', (context) => context.json({}, 404));
  app.get('/bug', () => {
    throw new Error('secret');
  });
  app.get('/hono', () => {
    throw new HTTPException(400, { message: 'no' });
  });
  return { app, unexpected };
}

async function problemIn(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = problemSchema.parse(await response.json());
  expect(problem.status).toBe(response.status);
  expect(problem.type).toBe(`urn:trolley:problem:${problem.code}`);
  return problem;
}

function post(path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = JSON_HEADERS) {
  return createApp().app.request(path, { method: 'POST', body, headers });
}

describe('error replies', () => {
  it('tells a thrown problem with its headers and members', async () => {
    const response = await createApp().app.request('/full');
    expect(await response.clone().json()).toMatchObject({ room: [0, 1] });
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await problemIn(response)).toMatchObject({ status: 503, code: 'FULL', detail: 'No room.' });
  });

  it('answers an unknown path with 404, and leaves a 404 of a handler alone', async () => {
    const { app } = createApp();
    expect(await problemIn(await app.request('/nothing'))).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(await (await app.request('/missing')).json()).toEqual({});
  });

  it('answers another method with 405 and what is allowed', async () => {
    const response = await createApp().app.request('/things', { method: 'PATCH' });
    expect(response.headers.get('allow')).toBe('GET, HEAD, POST');
    expect(await problemIn(response)).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
  });

  it('hands what was not expected to the log, and tells nothing of it', async () => {
    const { app, unexpected } = createApp();
    const response = await app.request('/bug', { headers: { 'x-request-id': 'abc-1' } });
    expect(JSON.stringify(await problemIn(response))).not.toContain('secret');
    expect(response.headers.get('x-request-id')).toBe('abc-1');
    expect(unexpected.map(({ message }) => message)).toEqual(['secret']);
  });

  it('tells a client error of the framework as a problem', async () => {
    expect(await problemIn(await createApp().app.request('/hono'))).toMatchObject({ status: 400, detail: 'no' });
  });
});

describe('a JSON body', () => {
  it('is read, also when it comes without a length, and can be read again', async () => {
    const response = await post('/things', '{"a": 1}', { 'content-type': 'application/json; charset=UTF-8' });
    expect(await response.json()).toEqual({ body: { a: 1 }, again: { a: 1 } });
  });

  it.each([
    undefined,
    'text/plain',
    'application/json; charset=latin1',
    'application/jsonp',
    'application/x-www-form-urlencoded',
  ])('is refused with content type %j', async (contentType) => {
    const headers: Record<string, string> = contentType === undefined ? {} : { 'content-type': contentType };
    const response = await post('/things', new TextEncoder().encode('{}'), headers);
    expect(await problemIn(response)).toMatchObject({ status: 415 });
  });

  it('is refused when compressed', async () => {
    const response = await post('/things', '{}', { ...JSON_HEADERS, 'content-encoding': 'gzip' });
    expect(await problemIn(response)).toMatchObject({ status: 415 });
  });

  it.each([
    ['nothing', ''],
    ['half an object', '{"a": '],
    ['NaN', '{"a": NaN}'],
    ['two values', '{} {}'],
    ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
    ['five levels', '[[[[[1]]]]]'],
    ['a hundred levels', '['.repeat(100) + ']'.repeat(100)],
  ])('of %s is refused with 400', async (_, body) => {
    expect(await problemIn(await post('/things', body))).toMatchObject({ status: 400, code: 'MALFORMED_JSON' });
  });

  it('is refused when it is too large, by its length and by count', async () => {
    const body = JSON.stringify('x'.repeat(BODY_BYTES_MAX));
    const declared = { ...JSON_HEADERS, 'content-length': String(body.length) };
    expect(await problemIn(await post('/things', body, declared))).toMatchObject({ status: 413 });
    expect(await problemIn(await post('/things', body))).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
  });

  it('that breaks off is the client’s error', async () => {
    const { app, unexpected } = createApp();
    const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(new Error('reset')) });
    const request = new Request('http://node/things', { method: 'POST', headers: JSON_HEADERS, body, duplex: 'half' });
    expect(await problemIn(await app.request(request))).toMatchObject({
      status: 400,
      detail: 'The body broke off before its end.',
    });
    expect(unexpected).toEqual([]);
  });
});

describe('validation', () => {
  it('names each field that is wrong', async () => {
    const problem = await problemIn(await post('/checked', '{"inner": {"count": "1"}, "__proto__": 1, "extra": 1}'));
    expect(problem).toMatchObject({ status: 400, code: 'INVALID_INPUT' });
    expect(problem.errors?.map(({ field }) => field)).toEqual(['name', 'inner.count', '__proto__', 'extra']);
    expect(problem.errors?.[0]?.message).toBe('is required');
  });

  it('names the body when that itself is wrong', async () => {
    expect((await problemIn(await post('/checked', '[]'))).errors?.[0]?.field).toBe('body');
  });

  it('bounds what it repeats of the input', async () => {
    const body = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${index}${'x'.repeat(10)}`, 1]));
    const { errors } = await problemIn(await post('/checked', JSON.stringify(body)));
    expect(errors).toHaveLength(20);
    const long = await problemIn(await post('/checked', `{"${'é'.repeat(400)}": 1}`));
    expect(Math.max(...(long.errors ?? []).map(({ field }) => field.length))).toBeLessThan(110);
  });

  it('takes each query parameter once', async () => {
    const { app } = createApp();
    expect(await (await app.request('/things?a=1&b=%20')).json()).toEqual({ a: '1', b: ' ' });
    const problem = await problemIn(await app.request('/things?a=1&a=1'));
    expect(problem.errors).toEqual([{ field: 'a', message: 'may be given once only' }]);
  });
});

describe('request ids', () => {
  it.each(['a b', '<x>', 'é'.repeat(3), 'x'.repeat(129)])('replaces %j', async (sent) => {
    const response = await createApp().app.request('/things', { headers: { 'x-request-id': sent } });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-z]{16}$/);
  });
});
