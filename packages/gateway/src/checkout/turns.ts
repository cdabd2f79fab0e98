/*
 * Whose turn it is to check a person's cart out: a register for each person names the attempt that is at it. An attempt
 * takes the turn before it looks at the cart for the last time, and only from one that can no longer be confirmed, or has
 * taken what it ordered out of the cart. So a cart is ordered once, by whatever keys and gateways it is checked out at the
 * same time. A turn locks nothing for long: what a dead gateway left is undone or finished by whoever comes next.
 */
import type { Clock } from '@trolley/cluster';
import { z } from 'zod';
import { OPEN_FOR_LONG_MS } from '../lists/sweeper.ts';
import type { Decision, Registers, RegisterValue } from '../registers.ts';
import type { OrderCompletion } from './order-completion.ts';
import { fateOf } from './order-decisions.ts';
import { turnKey } from './order-ids.ts';
import type { OrderRegisters } from './order-registers.ts';

/** An attempt that is at a person's cart. */
export type Turn = {
  readonly order: string;
  readonly attempt: string;
  /** When it began, by the clock of the gateway that began it. */
  readonly atMs: number;
};

const turnSchema: z.ZodType<Turn> = z.object({ order: z.string(), attempt: z.string(), atMs: z.number() });

/** What the registers of turns work with. */
interface TurnDependencies {
  readonly registers: Registers;
  readonly clock: Clock;
}

/** Takes turns and leaves them. All of it throws StoreError. */
export class Turns {
  readonly #registers: Registers;
  readonly #clock: Clock;

  constructor({ registers, clock }: TurnDependencies) {
    this.#registers = registers;
    this.#clock = clock;
  }

  /** Whose turn it is; undefined when nobody is at the cart. */
  async read(email: string, requestId: string): Promise<Turn | undefined> {
    return turnIn((await this.#registers.read(turnKey(email), { requestId })).value);
  }

  /** Takes the turn, from the attempt given if it is still there; whether that came about. */
  async take(email: string, turn: Turn, over: Turn | undefined, requestId: string): Promise<boolean> {
    const change = { id: `take:${turn.attempt}`, decide: taking(turn, over) };
    return this.#registers.change(turnKey(email), change, { requestId });
  }

  /** Leaves the turn, if it is this attempt's. */
  async leave(email: string, attempt: string, requestId: string): Promise<void> {
    await this.#registers.change(turnKey(email), { id: `leave:${attempt}`, decide: leaving(attempt) }, { requestId });
  }

  /** Whether the turn can be taken over, after what there was to do for the attempt was done. */
  async isOver(
    { order: id, attempt, atMs }: Turn,
    { orders, completion }: { readonly orders: OrderRegisters; readonly completion: OrderCompletion },
    requestId: string,
  ): Promise<boolean> {
    const isOld = this.#clock.nowMs() - atMs >= OPEN_FOR_LONG_MS;
    const order = await orders.read(id, requestId);
    const fate = fateOf(order, attempt);
    switch (fate) {
      case 'sold':
        if (order?.state === 'confirmed' && !order.settled) await completion.bringToEnd(id, requestId);
        return true;
      case 'aborted':
        await completion.bringToEnd(id, requestId);
        return true;
      case 'pending':
        return isOld && fateOf(await completion.bringToEnd(id, requestId), attempt) !== 'pending';
      case 'gone':
        // Over, or not begun yet: then it must not begin any more.
        if (isOld) await orders.bar(id, attempt, requestId);
        return isOld;
      default:
        return fate satisfies never;
    }
  }
}

/** The turn in a register; undefined when it is nobody's. @throws ZodError when it holds something else: a bug */
function turnIn(value: RegisterValue): Turn | undefined {
  return value === null ? undefined : turnSchema.parse(value);
}

function taking(turn: Turn, over: Turn | undefined) {
  return (value: RegisterValue): Decision<boolean> => {
    const current = turnIn(value);
    const isFree = current === undefined || current.attempt === over?.attempt;
    return isFree ? { type: 'write', value: turn, result: true } : { type: 'keep', result: false };
  };
}

function leaving(attempt: string) {
  return (value: RegisterValue): Decision<null> =>
    turnIn(value)?.attempt === attempt ? { type: 'write', value: null, result: null } : { type: 'keep', result: null };
}
