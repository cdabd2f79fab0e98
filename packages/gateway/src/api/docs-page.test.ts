import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createTestApi } from '../testing/test-api.ts';

const operationSchema = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  parameters: z.array(z.looseObject({ name: z.string(), in: z.enum(['query', 'header', 'path']) })).optional(),
  requestBody: z.unknown().optional(),
  responses: z.record(
    z.string(),
    z.looseObject({ description: z.string().min(1), content: z.record(z.string(), z.unknown()).optional() }),
  ),
});

const documentSchema = z.looseObject({
  openapi: z.literal('3.1.0'),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
});

const CALLS = [
  'DELETE /items/{id}',
  'DELETE /orders/{id}',
  'DELETE /product',
  'DELETE /reservations/{id}',
  'DELETE /stress/{id}',
  'DELETE /user',
  'GET /cluster',
  'GET /cluster/events',
  'GET /cluster/repair',
  'GET /cluster/where',
  'GET /healthz',
  'GET /items',
  'GET /items/{id}',
  'GET /metrics',
  'GET /orders',
  'GET /orders/{id}',
  'GET /product',
  'GET /productslist',
  'GET /readyz',
  'GET /reservations',
  'GET /reservations/{id}',
  'GET /stress',
  'GET /stress/{id}',
  'GET /user',
  'GET /userslist',
  'PATCH /reservations/{id}',
  'POST /addtocart',
  'POST /checkout',
  'POST /cluster/nodes/{id}/cut-off',
  'POST /cluster/nodes/{id}/drain',
  'POST /cluster/nodes/{id}/forget',
  'POST /cluster/nodes/{id}/kill',
  'POST /cluster/nodes/{id}/pause',
  'POST /cluster/nodes/{id}/rejoin',
  'POST /cluster/nodes/{id}/repair',
  'POST /cluster/nodes/{id}/restart',
  'POST /cluster/nodes/{id}/resume',
  'POST /cluster/nodes/{id}/undrain',
  'POST /cluster/nodes/{id}/weight',
  'POST /cluster/repair',
  'POST /createuser',
  'POST /items',
  'POST /product',
  'POST /removefromcart',
  'POST /reservations',
  'POST /stress',
  'POST /user',
];

async function readDocument() {
  const { get } = createTestApi();
  return documentSchema.parse(await (await get('/openapi.json')).json());
}

async function operations() {
  const { paths } = await readDocument();
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ call: `${method.toUpperCase()} ${path}`, operation })),
  );
}

const all = await operations();

describe('the OpenAPI document', () => {
  it('has every call, each with an id of its own', () => {
    expect(all.map(({ call }) => call).toSorted()).toEqual(CALLS);
    expect(new Set(all.map(({ operation }) => operation.operationId)).size).toBe(CALLS.length);
  });

  it.each(all)('has one success and the problems of $call, as problem+json', ({ operation }) => {
    const replies = Object.entries(operation.responses);
    const statuses = replies.map(([status]) => status);
    expect(statuses.filter((status) => status.startsWith('2'))).toHaveLength(1);
    expect(statuses).toEqual(expect.arrayContaining(['400', '500']));
    const problems = replies.filter(([status]) => Number(status) >= 400);
    const types = problems.flatMap(([, { content }]) => Object.keys(content ?? {}));
    expect(new Set(types)).toEqual(new Set(['application/problem+json']));
    expect(types).toHaveLength(problems.length);
  });

  it.each(all)('tells of r, w, strict and Idempotency-Key for $call where they count', ({ call, operation }) => {
    const names = (operation.parameters ?? []).map(({ name }) => name);
    const isServiceCall = /cluster|stress|healthz|readyz|metrics/.test(call);
    // Claims are agreed on by majorities, whatever a request says.
    const isClaim = /items|reservations|checkout|orders/.test(call);
    const isPost = !isServiceCall && call.startsWith('POST');
    const hasBody = isPost || call.startsWith('PATCH') || call.endsWith('/weight') || call === 'POST /stress';
    const levels = ['r', 'w', 'strict'].filter((name) => names.includes(name));
    expect(levels).toHaveLength(isServiceCall || isClaim ? 0 : 3);
    expect(names.includes('Idempotency-Key')).toBe(isPost || call.startsWith('PATCH'));
    expect(operation.requestBody !== undefined).toBe(hasBody);
  });

  it('refers only to schemas that it has', async () => {
    const document = await readDocument();
    const references = JSON.stringify(document).match(/(?<="#\/components\/schemas\/)[^"]+/g) ?? [];
    expect(references.length).toBeGreaterThan(50);
    for (const name of references) expect(Object.keys(document.components.schemas)).toContain(name);
  });

  it('says what a body must have', async () => {
    const { components } = await readDocument();
    expect(components.schemas).toMatchObject({
      AddedLines: { required: ['email', 'products'], additionalProperties: false },
      CartReplacement: { required: ['email', 'cart'], properties: { cart: { type: 'object' } } },
      RemovedLines: { required: ['email', 'products'], properties: { products: { type: 'array' } } },
      ProductChange: { required: ['name', 'quantity'], properties: { quantity: { type: 'integer' } } },
    });
  });
});

describe('the pages', () => {
  it('of the docs come from here alone', async () => {
    const { get } = createTestApi();
    const page = await get('/docs');
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link);
    expect(links).toHaveLength(4);
    for (const link of links) {
      expect(link).toMatch(/^\/docs\//);
      expect((await get(link)).status).toBe(200);
    }
    expect(html).not.toMatch(/<script>|style=/);
  });

  it('at the front links to what is there, without scripts', async () => {
    const { get } = createTestApi();
    const page = await get('/');
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    const html = await page.text();
    expect(html).not.toContain('<script');
    const links = [...html.matchAll(/href="([^"]+)"/g)].map(([, link = '']) => link);
    expect(links).toEqual(['/docs', '/cluster', '/productslist']);
    for (const link of links) expect((await get(link)).status).toBe(200);
  });
});
