/*
 * What the theatre does: its plays, the plan of a room, and seats by the names that people call them.
 */
import { CommandFailure, EXIT_USAGE } from '../failure.ts';
import { show, type Desk } from '../items/desk.ts';
import { printable } from '../printable.ts';
import { drawTable } from '../table.ts';
import { findPlay, findPlays, playsTable, type Play } from './plays.ts';
import { drawPlan, seatsTable } from './room-plan.ts';
import { parseSeatLabel, seatLabel } from '../items/seat.ts';

/** Shows what is on. @throws CommandFailure */
export async function showPlays(desk: Desk): Promise<void> {
  const plays = await findPlays(desk.client);
  const document = plays.map(({ slug, title, room, seats }) => ({
    play: slug,
    title,
    room,
    seats: seats.length,
    free: seats.filter(({ item }) => item.holder === null).length,
  }));
  show(desk, playsTable(plays), document);
}

export interface PlanOptions {
  /** Whose seats are shown as "yours". */
  readonly email?: string | undefined;
  /** Whether to list whose each taken seat is. */
  readonly who: boolean;
}

/** Draws the plan of a play's room; in a pipe, a line for each seat. @throws CommandFailure */
export async function showPlan(desk: Desk, name: string, { email, who }: PlanOptions): Promise<Play> {
  const play = await findPlay(desk.client, name);
  const { terminal } = desk.context;
  if (desk.json || !terminal.interactive) {
    const seats = play.seats.map(({ place, item }) => ({ seat: seatLabel(place), ...item }));
    const { slug, title, room } = play;
    show(desk, seatsTable(play.seats, email), { play: slug, title, room, seats });
    return play;
  }
  for (const line of drawPlan(play, email, terminal.colours)) terminal.line(line);
  const taken = play.seats.filter(({ item }) => item.holder !== null);
  if (who && taken.length > 0) terminal.line(drawTable(seatsTable(taken, email), terminal.colours));
  return play;
}

/** The item ids of seats that are named as people do (`C7`) or by their ids. @throws CommandFailure at others */
export function seatItems(play: Play, names: readonly string[]): readonly string[] {
  const byLabel = new Map(play.seats.map(({ place, item }) => [seatLabel(place), item.id]));
  const ids = new Set(byLabel.values());
  return names.map((name) => {
    const place = parseSeatLabel(name);
    const id = place === undefined ? name.trim().toLowerCase() : byLabel.get(seatLabel(place));
    if (id !== undefined && ids.has(id)) return id;
    throw new CommandFailure(
      `${printable(play.title)} has no seat "${printable(name)}".`,
      'A seat is the letter of its row and its number, such as C7: rows A to L, seats 1 to 10.',
      EXIT_USAGE,
    );
  });
}
