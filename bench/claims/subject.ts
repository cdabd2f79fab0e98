/*
 * What is measured: servers that give an item to one holder, each with its way of being asked. The requests go out from
 * this process, each exactly once, and every answer is looked at.
 */
import { Pool } from 'undici';
import { z } from 'zod';
import { mapWithClients } from './clients.ts';

/** What a claim came to: granted, or taken by somebody else; anything else is wrong. */
type ClaimAnswer = 'granted' | 'taken' | 'wrong';

/** A way to claim items. */
export interface Subject {
  readonly name: string;
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
  /** Makes items that nobody holds. */
  free(items: readonly string[]): Promise<void>;
  /** Claims an item over a connection of this pool. */
  claim(pool: Pool, item: string, holder: string): Promise<ClaimAnswer>;
  /** Where claims go. */
  readonly url: string;
}

interface Parts {
  readonly name: string;
  readonly processes: Subject['processes'];
  readonly url: string;
  /** Where items are made: at another process, claims meet registers that theirs does not know yet. */
  readonly freeAt: string;
}

const FREE_AT_ONCE = 100;
const CLIENTS = 32;

const holderSchema = z.object({ item: z.string(), holder: z.string() });
const reservedSchema = z.object({ reserved: z.array(z.object({ item: z.string(), email: z.string() })) });

/** The handler of claim-app.ts. */
export function handlerSubject({ name, processes, url, freeAt }: Parts): Subject {
  return {
    name,
    processes,
    url,
    async free(items) {
      const pool = new Pool(freeAt, { connections: 1 });
      for (let from = 0; from < items.length; from += FREE_AT_ONCE) {
        const { status } = await post(pool, '/free', { items: items.slice(from, from + FREE_AT_ONCE) });
        if (status !== 200) throw new Error(`${name}: items could not be made: ${status}`);
      }
      await pool.close();
    },
    async claim(pool, item, holder) {
      const { status, body } = await post(pool, '/claim', { item, holder });
      const answer = holderSchema.safeParse(body);
      if (!answer.success || answer.data.item !== item) return 'wrong';
      if (status === 201) return answer.data.holder === holder ? 'granted' : 'wrong';
      return status === 409 && answer.data.holder !== holder ? 'taken' : 'wrong';
    },
  };
}

/** `POST /reservations` of one item at a gateway. */
export function reservationSubject({ name, processes, url, freeAt }: Parts): Subject {
  return {
    name,
    processes,
    url,
    async free(items) {
      const pool = new Pool(freeAt, { connections: CLIENTS });
      await mapWithClients(CLIENTS, items, async (id) => {
        const { status } = await post(pool, '/items', { id, kind: 'book' });
        if (status !== 201) throw new Error(`${name}: ${id} could not be made: ${status}`);
      });
      await pool.close();
    },
    async claim(pool, item, holder) {
      const { status, body } = await post(pool, '/reservations', { email: holder, items: [item] });
      if (status === 409) return 'taken';
      const [reserved] = status === 201 ? reservedSchema.parse(body).reserved : [];
      return reserved?.item === item && reserved.email === holder ? 'granted' : 'wrong';
    },
  };
}

async function post(pool: Pool, path: string, content: unknown): Promise<{ status: number; body: unknown }> {
  const { statusCode, body } = await pool.request({
    path,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(content),
  });
  return { status: statusCode, body: await body.json() };
}
