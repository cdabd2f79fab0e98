/*
 * What each test promises beyond what all of them do, judged on the data. Pure; each violation is one sentence.
 */
import { judgeClaims, type StressData } from './judge-claims.ts';
import { isUnknown, type Operation } from './history.ts';
import { madeBy } from './holds.ts';
import type { ReplyCounts } from './replies.ts';
import type { StressPlan } from './stress-plan.ts';

/** Of all requests; where more remained unknown, what is known shows too little. */
const UNKNOWN_SHARE_MAX = 0.5;

/** What became of trying each item once more at the very end, when nobody held it. */
export type Probe = 'reserved' | 'failed' | 'not-made';

export interface JudgedData extends StressData {
  readonly probe: Probe;
  /** Answers that no gateway gives that is well, and how often they came. */
  readonly unexpected: ReplyCounts;
}

export interface Verdict {
  readonly passed: boolean;
  readonly violations: readonly string[];
}

/** The verdict of a test. */
export function judge(plan: StressPlan, data: JudgedData): Verdict {
  const violations = [
    ...judgeClaims(data),
    ...judgeReplies(data),
    ...judgeProbe(data),
    ...judgePromise(plan, data),
    ...judgeSense(plan, data),
  ];
  return { passed: violations.length === 0, violations };
}

function judgeReplies({ unexpected }: JudgedData): readonly string[] {
  return [...unexpected].map(([answer, count]) => `an answer that must not be, ${count} times: ${answer}`);
}

/** A run in which nothing happened, or nobody knows what, shows nothing. */
function judgeSense({ test }: StressPlan, { history }: StressData): readonly string[] {
  const unknown = history.filter(isUnknown).length;
  return [
    ...(history.some((operation) => madeBy(operation).length > 0) ? [] : ['no client was ever given a reservation']),
    ...(test !== 4 || history.some(isCancelled) ? [] : ['no client ever gave a reservation up']),
    ...(test !== 5 || history.some(isChanged) ? [] : ['no client ever changed a reservation']),
    ...(unknown <= history.length * UNKNOWN_SHARE_MAX
      ? []
      : [`what became of ${unknown} of ${history.length} requests is not known: too many to tell anything`]),
  ];
}

function isCancelled(operation: Operation): boolean {
  return operation.kind === 'cancel' && operation.outcome === 'done';
}

function isChanged(operation: Operation): boolean {
  return operation.kind === 'change' && operation.outcome.kind === 'changed';
}

function judgeProbe({ probe }: JudgedData): readonly string[] {
  return probe === 'failed' ? ['an item that everybody had given up could not be reserved'] : [];
}

function judgePromise(plan: StressPlan, data: JudgedData): readonly string[] {
  switch (plan.test) {
    case 1:
      return judgeOneReservation(plan, data);
    case 3:
      return judgeShares(plan, data);
    case 5:
      return judgeCount(plan, data);
    case 2:
    case 4:
      return [];
    default:
      return plan.test satisfies never;
  }
}

/** Without a key each success would be a reservation of its own; with one all successes tell of the same. */
function judgeOneReservation({ items }: StressPlan, { history, evidence }: StressData): readonly string[] {
  return items.flatMap((item) => {
    const requests = history
      .filter((operation) => operation.kind === 'reserve')
      .filter((each) => each.items.includes(item));
    const made = requests.flatMap(({ reserved, keyed }) => reserved.map(({ id }) => ({ id, keyed })));
    const isAnswered = requests.some(({ uncertain }) => uncertain.length === 0);
    const ids = new Set(made.map(({ id }) => id));
    const unkeyed = made.filter(({ keyed }) => !keyed).length;
    return [
      ...(ids.size > 1 ? [`${ids.size} reservations of ${item} were promised`] : []),
      ...(unkeyed > 1 ? [`${unkeyed} requests were each told that they reserved ${item}`] : []),
      ...(!isAnswered || evidence.items.get(item)?.kind === 'held' ? [] : [`nobody holds ${item} at the end`]),
    ];
  });
}

function judgeShares({ items, people }: StressPlan, { evidence }: StressData): readonly string[] {
  const holders = items
    .map((item) => evidence.items.get(item))
    .map((state) => (state?.kind === 'held' ? state.holder.email : undefined));
  const free = holders.filter((email) => email === undefined).length;
  const shares = people.map((email) => ({ email, count: holders.filter((holder) => holder === email).length }));
  return [
    ...(free === 0 ? [] : [`${free} of ${items.length} items were left`]),
    ...shares
      .filter(({ count }) => count < Math.floor(items.length / 3))
      .map(({ email, count }) => `${email} got only ${count} of ${items.length} items`),
  ];
}

/** A change moves a reservation, whether its outcome is known or not: their number stays as it was made. */
function judgeCount({ items }: StressPlan, { history, evidence }: StressData): readonly string[] {
  const requests = history.filter((operation) => operation.kind === 'reserve');
  const made = requests.reduce((sum, { reserved }) => sum + reserved.length, 0);
  const possible = requests.reduce((sum, { uncertain }) => sum + uncertain.length, made);
  const held = items.filter((item) => evidence.items.get(item)?.kind === 'held').length;
  return held >= made && held <= possible
    ? []
    : [`${made} reservations were made, and after the changes there are ${held}`];
}
