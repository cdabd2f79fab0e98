/*
 * The theatre for a person at a terminal: a menu of what the subcommands do.
 */
import { messageOf } from '../failure.ts';
import type { Desk } from '../items/desk.ts';
import { askEmail, chooseReservation, chooseReservations } from '../items/questions.ts';
import { cancelAndTell, changeAndTell, findReservations, showReservations } from '../items/reservation-commands.ts';
import { reserveAndTell } from '../items/reserve-command.ts';
import { parseSeatId } from '../items/seat.ts';
import { runMenu } from '../menu.ts';
import type { Prompter } from '../prompter.ts';
import { findPlays, freeSeats, SEAT_KIND, type Play } from './plays.ts';
import { seatItems, showPlan, showPlays } from './theatre-actions.ts';

/** Takes turns with the person until they leave. */
export async function runTheatreMenu(desk: Desk, prompter: Prompter, givenEmail: string | undefined): Promise<void> {
  const email = givenEmail ?? (await askEmail(prompter));
  if (email === undefined) return;
  const menu = new TheatreMenu(desk, prompter, email);
  await runMenu(desk.context, prompter, 'The theatre', menu.entries());
}

class TheatreMenu {
  readonly #desk: Desk;
  readonly #prompter: Prompter;
  #email: string;

  constructor(desk: Desk, prompter: Prompter, email: string) {
    this.#desk = desk;
    this.#prompter = prompter;
    this.#email = email;
  }

  entries() {
    return [
      { label: 'What is on', run: () => showPlays(this.#desk) },
      { label: "See a room's plan", run: () => this.#plan(false) },
      { label: 'Whose is which seat?', run: () => this.#plan(true) },
      { label: 'Book seats', run: () => this.#book() },
      { label: 'My seats', run: () => showReservations(this.#desk, this.#mine()) },
      {
        label: 'Change a seat',
        hint: 'the new one is taken before the old one is given up',
        run: () => this.#change(),
      },
      { label: 'Cancel seats', run: () => this.#cancel() },
      { label: 'Be somebody else', hint: 'another e-mail address', run: () => this.#beSomebodyElse() },
    ];
  }

  #mine() {
    return { email: this.#email, kind: SEAT_KIND };
  }

  async #plan(who: boolean): Promise<void> {
    const slug = await this.#choosePlay();
    if (slug !== undefined) await showPlan(this.#desk, slug, { email: this.#email, who });
  }

  async #book(): Promise<void> {
    const slug = await this.#choosePlay();
    if (slug === undefined) return;
    const play = await showPlan(this.#desk, slug, { email: this.#email, who: false });
    const items = await this.#askSeats(play, 'Which seats?', 'C7 C8');
    if (items === undefined) return;
    const atomic = items.length > 1 ? await this.#prompter.confirm('All of them or none?') : false;
    if (atomic === undefined) return;
    await reserveAndTell(this.#desk, { email: this.#email, items, atomic });
    await showPlan(this.#desk, slug, { email: this.#email, who: false });
  }

  async #change(): Promise<void> {
    const known = await findReservations(this.#desk, this.#mine());
    const reservation = await chooseReservation(this.#prompter, 'Which seat?', known);
    const item = known.find((each) => each.reservation.id === reservation)?.item;
    const slug = item === undefined ? undefined : parseSeatId(item.id)?.play;
    if (reservation === undefined || slug === undefined) return;
    const play = await showPlan(this.#desk, slug, { email: this.#email, who: false });
    const [chosen] = (await this.#askSeats(play, 'Which seat instead?', 'C7')) ?? [];
    if (chosen !== undefined) await changeAndTell(this.#desk, reservation, { item: chosen });
  }

  async #cancel(): Promise<void> {
    const known = await findReservations(this.#desk, this.#mine());
    const chosen = await chooseReservations(this.#prompter, 'Which seats?', known);
    if (chosen !== undefined) await cancelAndTell(this.#desk, chosen);
  }

  async #beSomebodyElse(): Promise<void> {
    this.#email = (await askEmail(this.#prompter)) ?? this.#email;
  }

  async #choosePlay(): Promise<string | undefined> {
    const plays = await findPlays(this.#desk.client);
    const choices = plays.map((play) => ({
      value: play.slug,
      label: play.title,
      hint: `${play.room}, ${freeSeats(play)} of ${play.seats.length} free`,
    }));
    return this.#prompter.choose('Which play?', choices);
  }

  async #askSeats(play: Play, question: string, example: string): Promise<readonly string[] | undefined> {
    const typed = await this.#prompter.ask(question, { example, problemWith: (text) => seatsProblem(play, text) });
    return typed === undefined ? undefined : seatItems(play, wordsOf(typed));
  }
}

function seatsProblem(play: Play, text: string): string | undefined {
  if (wordsOf(text).length === 0) return 'Name a seat, such as C7.';
  try {
    seatItems(play, wordsOf(text));
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** Names with blanks or commas between. */
function wordsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}
