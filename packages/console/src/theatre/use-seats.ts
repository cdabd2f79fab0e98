/*
 * A room's seats, kept fresh, those that are chosen among them, and what can be done with these. Shows a seat as taken
 * only when the gateway says so.
 */
import { useEffect, useState } from 'preact/hooks';
import { useOutcome } from '../app/use-outcome.ts';
import { describeError } from '../api/problem.ts';
import { plural } from '../app/format.ts';
import type { Outcome } from '../design/outcome-line.tsx';
import { itemState } from '../items/item.ts';
import { cancelReservation, changeReservation } from '../items/items-api.ts';
import { changeFailure, reserveFailure, reserveOutcome } from '../items/reserve-outcome.ts';
import { reserve } from '../items/reserve.ts';
import { usePolled } from '../live/use-polled.ts';
import { useWork } from '../live/use-work.ts';
import { canChoose, type Play, type Seat } from './plays.ts';
import { parseSeatId, seatLabel } from './seat.ts';
import { readPlay } from './theatre-api.ts';

const EVERY_MS = 1_500;

/** A room and a visitor in it. */
export interface Seats {
  /** Undefined until it is known; null when there is no such play. */
  readonly play: Play | null | undefined;
  readonly error: unknown;
  readonly chosen: readonly Seat[];
  readonly outcome: Outcome | undefined;
  readonly busy: boolean;
  readonly toggle: (label: string) => void;
  readonly clear: () => void;
  readonly take: (seats: readonly Seat[], allOrNone: boolean) => void;
  readonly giveBack: (seats: readonly Seat[]) => void;
  readonly move: (from: Seat, to: Seat) => void;
}

/** The room of a play, for a visitor. */
export function useSeats(slug: string, user: string): Seats {
  const { value: play, error, refresh } = usePolled((signal) => readPlay(slug, signal), EVERY_MS, slug);
  const [labels, setLabels] = useState<readonly string[]>([]);
  const [outcome, tell] = useOutcome(`${slug} ${user}`);
  const { busy, run } = useWork();
  const seatsBy = play?.seats ?? new Map<string, Seat>();
  const chosen = labels.flatMap((label) => seatsBy.get(label) ?? []);

  useEffect(() => {
    // What is being reserved is no longer free before the answer is here.
    if (busy !== undefined) return;
    const lost = chosen.filter(({ item }) => !canChoose(itemState(item, user)));
    if (lost.length === 0) return;
    const names = lost.map(({ place }) => seatLabel(place));
    setLabels(labels.filter((label) => !names.includes(label)));
    const text = `Somebody else was faster: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} taken.`;
    tell({ tone: 'warn', text });
  }, [play, busy]);

  const begin = (name: string, work: () => Promise<Outcome>, failure: (problem: unknown) => Outcome): void =>
    run(name, async () => {
      tell(await work().catch(failure));
      setLabels([]);
      refresh();
    });
  return {
    play,
    error,
    chosen,
    outcome,
    busy: busy !== undefined,
    toggle: (label) =>
      setLabels(labels.includes(label) ? labels.filter((other) => other !== label) : [...labels, label]),
    clear: () => setLabels([]),
    take: (seats, atomic) =>
      begin(
        'take',
        async () => {
          const reserved = await reserve({ email: user, items: seats.map(({ item }) => item.id), atomic });
          return reserveOutcome(reserved, 'seat', nameOf);
        },
        reserveFailure,
      ),
    giveBack: (seats) => begin('give back', async () => giveBack(seats), failed),
    move: (from, to) =>
      begin(
        'move',
        async () => {
          await changeReservation(from.item.holder?.reservation ?? '', to.item.id);
          return { tone: 'good', text: `You have ${seatLabel(to.place)} instead of ${seatLabel(from.place)}.` };
        },
        (problem) => changeFailure(problem, seatLabel(to.place)),
      ),
  };
}

async function giveBack(seats: readonly Seat[]): Promise<Outcome> {
  await Promise.all(seats.map(async ({ item }) => cancelReservation(item.holder?.reservation ?? '')));
  const [only] = seats;
  const what =
    seats.length === 1 && only !== undefined ? `${seatLabel(only.place)} is` : `${plural(seats.length, 'seat')} are`;
  return { tone: 'good', text: `${what} free again.` };
}

function nameOf(id: string): string {
  const named = parseSeatId(id);
  return named === undefined ? id : seatLabel(named.place);
}

function failed(problem: unknown): Outcome {
  return { tone: 'bad', text: describeError(problem) };
}
