/*
 * Applies a client's change to a record, as the coordinating node does with its own copy: one fresh dot for all of
 * it, at most once for a request that says so. Pure: the clock is an argument. Every case is decided in
 * user-changes.ts, product-changes.ts or list-changes.ts.
 */
import { recall, rememberingUpdate } from './applied-requests.ts';
import type { ChangePlan } from './change-plan.ts';
import type { Change, ChangeAction, ChangeOutcome, Once } from './change.ts';
import { planListAdd, planListRemove } from './list-changes.ts';
import { planAddToProduct, planDeleteProduct } from './product-changes.ts';
import type { CausalRecord } from './record.ts';
import { update } from './update.ts';
import {
  planAddToCart,
  planCreateUser,
  planDeleteUser,
  planRemoveFromCart,
  planReplaceCart,
  planTakeFromCart,
} from './user-changes.ts';

const KEY_REUSED = 'the idempotency key was used for a different request';

/** Who applies a change, and when. */
export interface ChangeEnvironment {
  /** The incarnation of the node; the record must hold all that it wrote before to this key. */
  readonly actor: string;
  /** Wall-clock time, to tell which remembered requests have expired. */
  readonly nowMs: number;
  /** Where the actor's counters begin in a record that does not know it; 0 unless it has dropped records. */
  readonly startAbove?: number;
}

/**
 * Applies the change, or says why not; unless it was applied, the record is the one given. The key must be of the
 * kind that the change is for.
 *
 * A change with `once` is remembered also when it finds nothing to do, and is `applied` then: sent again after
 * somebody else added the line, it must not remove it. A refused one is not remembered, and judged anew.
 *
 * @throws RangeError for what the caller should not have let in: a cart line below 1, a quantity that is not whole
 */
export function applyChange(
  record: CausalRecord,
  change: Change,
  environment: ChangeEnvironment,
): ChangeOutcome<CausalRecord> {
  const { action, once } = change;
  const recollection = once ? recall(record, once, environment.nowMs) : 'unknown';
  switch (recollection) {
    case 'applied':
      return { type: 'already-applied', record };
    case 'reused':
      return { type: 'refused', code: 'IDEMPOTENCY_KEY_REUSED', detail: KEY_REUSED, record };
    case 'unknown':
      return carryOut(record, planFor(record, action), once, environment);
    default:
      return recollection satisfies never;
  }
}

function planFor(record: CausalRecord, action: ChangeAction): ChangePlan {
  switch (action.type) {
    case 'create-user':
      return planCreateUser(record);
    case 'delete-user':
      return planDeleteUser(record);
    case 'add-to-cart':
      return planAddToCart(record, action.lines);
    case 'remove-from-cart':
      return planRemoveFromCart(record, action.names);
    case 'replace-cart':
      return planReplaceCart(record, action.lines);
    case 'take-from-cart':
      return planTakeFromCart(record, action.lines);
    case 'add-to-product':
      return planAddToProduct(record, action.quantity);
    case 'delete-product':
      return planDeleteProduct(record);
    case 'list-add':
      return planListAdd(record, action.entries);
    case 'list-remove':
      return planListRemove(record, action.entries);
    default:
      return action satisfies never;
  }
}

function carryOut(
  record: CausalRecord,
  plan: ChangePlan,
  once: Once | undefined,
  { actor, nowMs, startAbove }: ChangeEnvironment,
): ChangeOutcome<CausalRecord> {
  if (plan.type === 'refuse') return { type: 'refused', code: plan.code, detail: plan.detail, record };
  if (plan.type === 'nothing' && !once) return { type: 'unchanged', record };
  const { set, remove } = plan.type === 'write' ? plan : { set: [], remove: [] };
  const remembering = rememberingUpdate(record, once, nowMs);
  const fields = { set: [...set, ...remembering.set], remove: [...remove, ...remembering.remove] };
  const changed = update(record, actor, fields, startAbove);
  return { type: 'applied', record: changed };
}
