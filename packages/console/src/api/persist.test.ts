import { afterEach, describe, expect, test, vi } from 'vitest';
import { afterAllPauses, fakeGateway, type FakeAnswer } from '../testing/fake-gateway.ts';

const BUSY: FakeAnswer = { status: 503, body: { code: 'OVERLOADED' } };

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a change', () => {
  test('is sent again under the same key until there is an answer', async () => {
    const seen = fakeGateway(['cut', BUSY, { status: 200, body: { done: true } }]);
    const { post } = await import('./persist.ts');
    const outcome = await afterAllPauses(post('/addtocart', { email: 'ann@example.com' }));
    expect(outcome).toMatchObject({ status: 'fulfilled', value: { body: { done: true } } });
    expect(seen).toHaveLength(3);
    expect(new Set(seen.map(({ key }) => key)).size).toBe(1);
    expect(seen[0]?.key).toMatch(/^[0-9a-f]{32}$/);
  });

  test('is given up after four attempts, with what was said last', async () => {
    const seen = fakeGateway([BUSY, BUSY, BUSY, BUSY]);
    const { post } = await import('./persist.ts');
    const outcome = await afterAllPauses(post('/checkout', {}));
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'OVERLOADED' } });
    expect(seen).toHaveLength(4);
  });

  test('that is refused is not sent again', async () => {
    const seen = fakeGateway([{ status: 409, body: { code: 'SHORT_STOCK' } }]);
    const { post } = await import('./persist.ts');
    const outcome = await afterAllPauses(post('/checkout', {}));
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'SHORT_STOCK' } });
    expect(seen).toHaveLength(1);
  });

  test('has a key of its own', async () => {
    const seen = fakeGateway([{ status: 200 }, { status: 200 }]);
    const { post } = await import('./persist.ts');
    await afterAllPauses(Promise.all([post('/checkout', {}), post('/checkout', {})]));
    expect(new Set(seen.map(({ key }) => key)).size).toBe(2);
  });
});

describe('what is deleted', () => {
  test.each<[string, readonly FakeAnswer[], string]>([
    ['is removed', [{ status: 204 }], 'removed'],
    ['was missing', [{ status: 404 }], 'missing'],
    ['was removed by the attempt whose answer was lost', ['cut', { status: 404 }], 'removed'],
  ])('%s', async (_, answers, result) => {
    fakeGateway(answers);
    const { remove } = await import('./persist.ts');
    expect(await afterAllPauses(remove('/items/book-1'))).toMatchObject({ value: result });
  });
});
