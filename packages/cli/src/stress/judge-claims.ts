/*
 * The verdict that every stress test shares: what clients were told, what the items say and what people's lists say
 * must be one story, in which no item ever had two holders. Pure; each violation is one sentence.
 */
import type { Evidence, ItemState } from './evidence.ts';
import { isUnknown, type Operation } from './history.ts';
import { holdsOf, type Hold } from './holds.ts';

export interface StressData {
  readonly history: readonly Operation[];
  readonly evidence: Evidence;
}

/** Everything in the data that must not be. */
export function judgeClaims(data: StressData): readonly string[] {
  const holds = holdsOf(data.history);
  return [
    ...unreadOrPending(data.evidence),
    ...disagreements(data.evidence),
    ...lostOrKept(holds, data.evidence),
    ...unexplained(holds, data),
    ...overlaps(holds),
    ...wrongLooks(holds, data.history),
    ...wronglyMissing(holds, data.history),
  ];
}

function unreadOrPending({ items, lists }: Evidence): readonly string[] {
  const ofItems = [...items].flatMap(([item, state]) => {
    if (state.kind === 'unread') return [`${item} could not be read`];
    if (state.kind === 'gone') return [`${item} is gone, though nobody deleted it`];
    return state.kind === 'held' && state.pending ? [`${item} was left in the middle of a request`] : [];
  });
  const unread = [...lists].filter(([, list]) => list === undefined);
  return [...ofItems, ...unread.map(([email]) => `the list of ${email} could not be read`)];
}

/** Items and lists that do not tell the same: an item in two lists disagrees with at least one. */
function disagreements({ items, lists }: Evidence): readonly string[] {
  const fromLists = [...lists].flatMap(([email, list = []]) =>
    list
      .filter(({ id, item }) => !isHeldBy(items.get(item), id, email))
      .map(({ id, item }) => `the list of ${email} has ${id}, but ${item} ${stateText(items.get(item))}`),
  );
  const fromItems = [...items].flatMap(([item, state]) => {
    if (state.kind !== 'held') return [];
    const { id, email } = state.holder;
    if (!lists.has(email)) return [`${item} is held by ${email}, who takes no part`];
    const list = lists.get(email);
    const count = list?.filter((listed) => listed.id === id).length ?? 1;
    return count === 1 ? [] : [`${item} is held by ${id}, which the list of ${email} has ${count} times`];
  });
  return [...fromLists, ...fromItems];
}

function isHeldBy(state: ItemState | undefined, id: string, email: string): boolean {
  return state?.kind === 'unread' || (state?.kind === 'held' && state.holder.id === id && state.holder.email === email);
}

function stateText(state: ItemState | undefined): string {
  if (state === undefined) return 'is no item of this test';
  return state.kind === 'held' ? `is held by ${state.holder.id} of ${state.holder.email}` : `is ${state.kind}`;
}

/** Reservations that a client was told of and that are not there, or that were given up and are. */
function lostOrKept(holds: ReadonlyMap<string, Hold>, { items }: Evidence): readonly string[] {
  return [...holds.values()].flatMap(({ id, item, emails, isOver }) => {
    const state = items.get(item);
    if (state?.kind === 'unread') return [];
    const holder = state?.kind === 'held' && state.holder.id === id ? state.holder : undefined;
    if (holder === undefined) {
      return isOver === 'no' ? [`${id} was promised and never given up, but ${item} ${stateText(state)}`] : [];
    }
    if (isOver === 'certainly') return [`${id} was given up and still holds ${item}`];
    return emails.has(holder.email) ? [] : [`${id} is ${holder.email}'s, but was to be ${[...emails].join(' or ')}'s`];
  });
}

/** Holders that no answer and no unanswered request accounts for. */
function unexplained(holds: ReadonlyMap<string, Hold>, { history, evidence }: StressData): readonly string[] {
  const possible = possibleMakers(history);
  return [...evidence.items].flatMap(([item, state]) => {
    if (state.kind !== 'held' || holds.has(state.holder.id)) return [];
    return possible.has(item) ? [] : [`${item} is held by ${state.holder.id}, which nobody can have been promised`];
  });
}

/** The items that requests with unknown outcomes may have reserved. */
function possibleMakers(history: readonly Operation[]): ReadonlySet<string> {
  return new Set(
    history.filter(isUnknown).flatMap((operation) => {
      if (operation.kind === 'reserve') return operation.uncertain;
      return operation.kind === 'change' && operation.item !== undefined ? [operation.item] : [];
    }),
  );
}

/** Two reservations that must have held one item at the same time. */
function overlaps(holds: ReadonlyMap<string, Hold>): readonly string[] {
  return [...holdsByItem(holds)].flatMap(([item, ofItem]) => {
    let longest: Hold | undefined;
    const found: string[] = [];
    for (const hold of ofItem) {
      if (longest !== undefined && hold.fromMs < longest.untilMs) {
        found.push(`${item} had two holders at once: ${longest.id} and ${hold.id}`);
      }
      if (longest === undefined || hold.untilMs > longest.untilMs) longest = hold;
    }
    return found;
  });
}

/** The certain times of each item's reservations, in the order in which they begin. */
function holdsByItem(holds: ReadonlyMap<string, Hold>): ReadonlyMap<string, readonly Hold[]> {
  const byItem = new Map<string, Hold[]>();
  for (const hold of holds.values()) {
    if (hold.fromMs >= hold.untilMs) continue;
    const ofItem = byItem.get(hold.item);
    if (ofItem === undefined) byItem.set(hold.item, [hold]);
    else ofItem.push(hold);
  }
  for (const ofItem of byItem.values()) ofItem.sort((one, other) => one.fromMs - other.fromMs);
  return byItem;
}

/** Looks that did not see who held the item all the while. */
function wrongLooks(holds: ReadonlyMap<string, Hold>, history: readonly Operation[]): readonly string[] {
  const byItem = holdsByItem(holds);
  return history.flatMap((operation) => {
    if (operation.kind !== 'look' || operation.outcome.kind !== 'seen') return [];
    const { item, startMs, endMs, outcome } = operation;
    const holder = holderThroughout(byItem.get(item) ?? [], startMs, endMs);
    if (holder === undefined || holder.id === outcome.reservation) return [];
    return [
      `${item} was shown ${outcome.reservation === null ? 'free' : `held by ${outcome.reservation}`} while ${holder.id} held it`,
    ];
  });
}

/** Searches from the last hold that began before the look; the holds do not overlap, or that is a violation itself. */
function holderThroughout(holds: readonly Hold[], startMs: number, endMs: number): Hold | undefined {
  let low = 0;
  let high = holds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((holds[middle]?.fromMs ?? Infinity) < startMs) low = middle + 1;
    else high = middle;
  }
  const candidate = holds[low - 1];
  return candidate !== undefined && candidate.untilMs > endMs ? candidate : undefined;
}

/** Reservations that a client was told are not there while nobody had asked for their end. */
function wronglyMissing(holds: ReadonlyMap<string, Hold>, history: readonly Operation[]): readonly string[] {
  return history.flatMap((operation) => {
    if (operation.kind !== 'cancel' && operation.kind !== 'change') return [];
    const outcome = operation.kind === 'cancel' ? operation.outcome : operation.outcome.kind;
    const hold = holds.get(operation.reservation);
    if (outcome !== 'missing' || hold === undefined || hold.untilMs < operation.endMs) return [];
    return [`${hold.id} was said not to be there, though nobody had given it up`];
  });
}
