/*
 * From what clients were told to how long each reservation must have lasted. Only what is certain counts: a
 * reservation lasts from the answer that made it known until the first request that could have ended it was sent.
 * Pure.
 */
import type { Change, Operation, Reserve } from './history.ts';

/** A reservation that some client was told of. */
export interface Hold {
  readonly id: string;
  readonly item: string;
  /** Whose it may be after all requests; one person, unless requests overlapped or their outcome is unknown. */
  readonly emails: ReadonlySet<string>;
  /** It was held from here ... */
  readonly fromMs: number;
  /** ... to here; infinity when nobody ever asked for its end. */
  readonly untilMs: number;
  /** Whether it is over: `possibly`, when nobody was told what became of the request for its end. */
  readonly isOver: 'no' | 'possibly' | 'certainly';
}

interface Owner {
  readonly email: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly isCertain: boolean;
}

interface Draft {
  readonly id: string;
  readonly item: string;
  fromMs: number;
  untilMs: number;
  isOver: Hold['isOver'];
  readonly owners: Owner[];
}

/** Every reservation that a client was told of, by id. */
export function holdsOf(history: readonly Operation[]): ReadonlyMap<string, Hold> {
  const drafts = new Map<string, Draft>();
  for (const operation of history) noteBeginnings(drafts, operation);
  for (const operation of history) noteEndings(drafts, operation);
  return new Map([...drafts].map(([id, draft]) => [id, finished(draft)]));
}

function noteBeginnings(drafts: Map<string, Draft>, operation: Operation): void {
  for (const { id, item, email } of madeBy(operation)) {
    const { endMs } = operation;
    const owner = { email, startMs: operation.startMs, endMs, isCertain: true };
    const known = drafts.get(id);
    if (known === undefined) {
      drafts.set(id, { id, item, fromMs: endMs, untilMs: Infinity, isOver: 'no', owners: [owner] });
    } else if (operation.kind === 'reserve') known.fromMs = Math.min(known.fromMs, endMs);
  }
}

/** The reservations that an operation made for certain. */
export function madeBy(operation: Operation): Reserve['reserved'] {
  if (operation.kind === 'reserve') return operation.reserved;
  return operation.kind === 'change' && operation.outcome.kind === 'changed' && isMove(operation)
    ? [operation.outcome.now]
    : [];
}

/** Whether a change may have put another reservation in place of the one; to its own item it does not. */
function isMove({ item, reservation, outcome }: Change): boolean {
  return item !== undefined && !(outcome.kind === 'changed' && outcome.now.id === reservation);
}

function noteEndings(drafts: Map<string, Draft>, operation: Operation): void {
  switch (operation.kind) {
    case 'cancel':
      if (operation.outcome === 'done') end(drafts, operation, 'certainly');
      if (operation.outcome === 'unknown') end(drafts, operation, 'possibly');
      return;
    case 'change':
      if (operation.outcome.kind !== 'changed' && operation.outcome.kind !== 'unknown') return;
      if (isMove(operation)) {
        end(drafts, operation, operation.outcome.kind === 'changed' ? 'certainly' : 'possibly');
      }
      if (operation.email !== undefined) drafts.get(operation.reservation)?.owners.push(newOwner(operation));
      return;
    case 'reserve':
    case 'look':
      return;
    default:
      operation satisfies never;
  }
}

function end(
  drafts: Map<string, Draft>,
  { reservation, startMs }: { readonly reservation: string; readonly startMs: number },
  isOver: Hold['isOver'],
): void {
  const draft = drafts.get(reservation);
  if (draft === undefined) return;
  draft.untilMs = Math.min(draft.untilMs, startMs);
  if (draft.isOver !== 'certainly') draft.isOver = isOver;
}

function newOwner({ email = '', outcome, startMs, endMs }: Change): Owner {
  const isCertain = outcome.kind === 'changed';
  // What nobody was told about may still come to pass after everything else.
  return { email, startMs, endMs: isCertain ? endMs : Infinity, isCertain };
}

/** An owner is out of the question when a change that is certain was asked for after they had become it. */
function finished({ owners, ...draft }: Draft): Hold {
  const lastStartMs = Math.max(...owners.filter(({ isCertain }) => isCertain).map(({ startMs }) => startMs));
  const possible = owners.filter(({ endMs }) => endMs >= lastStartMs);
  return { ...draft, emails: new Set(possible.map(({ email }) => email)) };
}
