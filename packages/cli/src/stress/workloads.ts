/*
 * What the clients of each test do. They take one step after the other until the steps are used up or the test is
 * stopped, and judge nothing: what they were told is in the client's history.
 */
import type { Random } from '@trolley/cluster';
import type { Held } from './history.ts';
import type { StressClient } from './stress-client.ts';
import type { StressPlan } from './stress-plan.ts';

/** The most items in one request. */
const BATCH_MAX = 5;

export interface Stage {
  readonly plan: StressPlan;
  readonly client: StressClient;
  readonly random: Random;
  /** Counts a step; false when there are no more, or the test is stopped. */
  readonly step: () => boolean;
}

/** Runs the clients of a test until all are done. */
export async function runWorkload(stage: Stage): Promise<void> {
  switch (stage.plan.test) {
    case 1:
      return sameRequest(stage);
    case 2:
      return randomRequests(stage);
    case 3:
      return takeEverything(stage);
    case 4:
      return cancelAndReserve(stage);
    case 5:
      return changeConcurrently(stage);
    default:
      return stage.plan.test satisfies never;
  }
}

async function forWorkers(count: number, work: (worker: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, worker) => work(worker)));
}

/** Half of the requests carry no key, and each is a wish of its own; the other half is one wish, sent again and again. */
async function sameRequest({ plan, client, step }: Stage): Promise<void> {
  const [unkeyed = '', keyed = ''] = plan.items;
  const [email = ''] = plan.people;
  let requests = 0;
  await forWorkers(plan.workers, async () => {
    while (step()) {
      requests += 1;
      await (requests % 2 === 0
        ? client.reserve({ email, items: [unkeyed] })
        : client.reserve({ email, items: [keyed], key: `${keyed}-same` }));
    }
  });
}

async function randomRequests(stage: Stage): Promise<void> {
  await forWorkers(stage.plan.workers, async (worker) => {
    const shopper = new Shopper(stage, worker);
    while (stage.step()) await shopper.act();
  });
}

/** One client of test 2: reserves, gives up, exchanges and passes on what it was told that it has. */
class Shopper {
  readonly #stage: Stage;
  readonly #worker: number;
  readonly #held: Held[] = [];
  #requests = 0;

  constructor(stage: Stage, worker: number) {
    this.#stage = stage;
    this.#worker = worker;
  }

  async act(): Promise<void> {
    const { client, plan, random } = this.#stage;
    const chance = random();
    if (chance < 0.15) {
      await client.look(pick(plan.items, random));
      return;
    }
    const own = chance < 0.55 ? undefined : this.#takeOne();
    if (own === undefined) await this.#reserve();
    else if (chance < 0.75) await client.cancel(own.id);
    else if (chance < 0.9) await this.#exchange(own);
    else await this.#passOn(own);
  }

  async #reserve(): Promise<void> {
    const { client, plan, random } = this.#stage;
    this.#requests += 1;
    const { reserved } = await client.reserve({
      email: plan.people[this.#worker] ?? '',
      items: pickSome(plan.items, 1 + Math.floor(random() * BATCH_MAX), random),
      atomic: random() < 0.3,
      key: `${plan.items[0] ?? ''}-${this.#worker}-${this.#requests}`,
    });
    this.#held.push(...reserved);
  }

  async #exchange(own: Held): Promise<void> {
    const { client, plan, random } = this.#stage;
    const { outcome } = await client.changeItem(own.id, pick(plan.items, random));
    if (outcome.kind === 'changed') this.#held.push(outcome.now);
    if (outcome.kind === 'refused') this.#held.push(own);
  }

  async #passOn(own: Held): Promise<void> {
    const { client, plan, random } = this.#stage;
    const { outcome } = await client.changePerson(own.id, pick(plan.people, random));
    if (outcome.kind !== 'missing') this.#held.push(outcome.kind === 'changed' ? outcome.now : own);
  }

  #takeOne(): Held | undefined {
    const [taken] = this.#held.splice(Math.floor(this.#stage.random() * this.#held.length), 1);
    return taken;
  }
}

/** Each of the two clients asks for every item, in an order of its own, several requests at a time. */
async function takeEverything({ plan, client, random, step }: Stage): Promise<void> {
  const requestsAtOnce = Math.max(1, Math.floor(plan.workers / plan.people.length));
  await Promise.all(
    plan.people.map(async (email) => {
      const wanted = pickSome(plan.items, plan.items.length, random);
      await forWorkers(requestsAtOnce, async () => {
        for (let item = wanted.pop(); item !== undefined && step(); item = wanted.pop()) {
          await client.reserve({ email, items: [item], key: `${email}-${item}` });
        }
      });
    }),
  );
}

/** All clients want the one item; whoever has it looks whether it shows, and gives it up again. */
async function cancelAndReserve({ plan, client, random, step }: Stage): Promise<void> {
  const [item = ''] = plan.items;
  await forWorkers(plan.workers, async (worker) => {
    for (let round = 1; step(); round += 1) {
      const email = plan.people[worker] ?? '';
      const { reserved } = await client.reserve({ email, items: [item], key: `${item}-${worker}-${round}` });
      if (reserved.length > 0 && random() < 0.3) await client.look(item);
      for (const { id } of reserved) await client.cancel(id);
    }
  });
}

/** Makes the reservations, then has all clients change any of them at once, also two the same one. */
async function changeConcurrently({ plan, client, random, step }: Stage): Promise<void> {
  const reservations: Held[] = [];
  const wanted = plan.items.slice(0, plan.size);
  await forWorkers(plan.workers, async () => {
    for (let item = wanted.pop(); item !== undefined && step(); item = wanted.pop()) {
      const { reserved } = await client.reserve({ email: pick(plan.people, random), items: [item], key: item });
      reservations.push(...reserved);
    }
  });
  await forWorkers(plan.workers, async () => {
    while (reservations.length > 0 && step()) {
      const index = Math.floor(random() * reservations.length);
      const current = reservations[index]?.id ?? '';
      const { outcome } =
        random() < 0.75
          ? await client.changeItem(current, pick(plan.items, random))
          : await client.changePerson(current, pick(plan.people, random));
      // Another client may have exchanged it meanwhile.
      const isCurrent = reservations[index]?.id === current;
      if (outcome.kind === 'changed' && isCurrent) reservations[index] = outcome.now;
    }
  });
}

function pick(choices: readonly string[], random: Random): string {
  return choices[Math.floor(random() * choices.length)] ?? '';
}

/** So many different choices, in a random order (Fisher and Yates 1938). */
function pickSome(choices: readonly string[], count: number, random: Random): string[] {
  const shuffled = [...choices];
  const wanted = Math.min(count, shuffled.length);
  for (let index = 0; index < wanted; index += 1) {
    const other = index + Math.floor(random() * (shuffled.length - index));
    [shuffled[index], shuffled[other]] = [shuffled[other] ?? '', shuffled[index] ?? ''];
  }
  return shuffled.slice(0, wanted);
}
