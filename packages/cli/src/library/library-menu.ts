/*
 * The library for a person at a terminal: a menu of what the subcommands do.
 */
import { checkedEmail, type Desk } from '../items/desk.ts';
import {
  cancelAndTell,
  changeAndTell,
  findReservations,
  showReservations,
  type KnownReservation,
} from '../items/reservation-commands.ts';
import { reserveAndTell } from '../items/reserve-command.ts';
import { askEmail, chooseReservation, chooseReservations } from '../items/questions.ts';
import { showWhose } from '../items/whose.ts';
import { runMenu } from '../menu.ts';
import type { Choice, Prompter } from '../prompter.ts';
import { BOOK_KIND, bookLine, findBooks } from './books.ts';
import { addBook, listBooks, removeBooks } from './library-actions.ts';

/** Books to choose from at once; who does not see theirs searches for more words. */
const CHOICES_MAX = 300;

/** Takes turns with the person until they leave. */
export async function runLibraryMenu(desk: Desk, prompter: Prompter, givenEmail: string | undefined): Promise<void> {
  const email = givenEmail ?? (await askEmail(prompter));
  if (email === undefined) return;
  const menu = new LibraryMenu(desk, prompter, email);
  await runMenu(desk.context, prompter, 'The library', menu.entries());
}

class LibraryMenu {
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
      { label: 'Find books', hint: 'by title, author, genre, publisher', run: () => this.#find(undefined) },
      { label: 'Find books that are available', run: () => this.#find(true) },
      { label: 'Reserve books', run: () => this.#reserve() },
      { label: 'My reservations', run: () => showReservations(this.#desk, this.#mine()) },
      { label: 'Change a reservation to another book', run: () => this.#changeBook() },
      { label: 'Give a reservation to somebody else', run: () => this.#changeReader() },
      { label: 'Cancel reservations', run: () => this.#cancel() },
      { label: 'Whose is a book?', run: () => this.#whose() },
      { label: 'Add a book', run: () => this.#add() },
      { label: 'Remove books', run: () => this.#remove() },
      { label: 'Be somebody else', hint: 'another e-mail address', run: () => this.#beSomebodyElse() },
    ];
  }

  #mine() {
    return { email: this.#email, kind: BOOK_KIND };
  }

  async #find(available: boolean | undefined): Promise<void> {
    const search = await this.#askSearch();
    if (search !== undefined) await listBooks(this.#desk, { search, available }, { email: this.#email });
  }

  async #reserve(): Promise<void> {
    const items = await this.#chooseBooks('Which books?', true);
    if (items !== undefined) await reserveAndTell(this.#desk, { email: this.#email, items });
  }

  async #changeBook(): Promise<void> {
    const reservation = await chooseReservation(this.#prompter, 'Which reservation?', await this.#myReservations());
    if (reservation === undefined) return;
    const item = await this.#chooseBook('Which book instead?', true);
    if (item !== undefined) await changeAndTell(this.#desk, reservation, { item });
  }

  async #changeReader(): Promise<void> {
    const reservation = await chooseReservation(this.#prompter, 'Which reservation?', await this.#myReservations());
    if (reservation === undefined) return;
    const email = await askEmail(this.#prompter, 'Who gets it?');
    if (email !== undefined) await changeAndTell(this.#desk, reservation, { email: checkedEmail(email) });
  }

  async #cancel(): Promise<void> {
    const chosen = await chooseReservations(this.#prompter, 'Which reservations?', await this.#myReservations());
    if (chosen !== undefined) await cancelAndTell(this.#desk, chosen);
  }

  async #whose(): Promise<void> {
    const items = await this.#chooseBooks('Which books?', undefined);
    if (items !== undefined) await showWhose(this.#desk, items);
  }

  async #add(): Promise<void> {
    const title = await this.#prompter.ask('Title?', { problemWith: (text) => (text.trim() ? undefined : 'Say it.') });
    if (title === undefined) return;
    const author = await this.#prompter.ask('Author?');
    const genre = author === undefined ? undefined : await this.#prompter.ask('Genre?');
    const year = genre === undefined ? undefined : await this.#prompter.ask('Year?', { problemWith: yearProblem });
    const publisher = year === undefined ? undefined : await this.#prompter.ask('Publisher?');
    if (year === undefined || publisher === undefined) return;
    await addBook(this.#desk, { title, author, genre, publisher, year: year === '' ? undefined : Number(year) });
  }

  async #remove(): Promise<void> {
    const items = await this.#chooseBooks('Which books?', true);
    if (items === undefined || (await this.#prompter.confirm(`Remove ${items.join(', ')}?`)) !== true) return;
    await removeBooks(this.#desk, items);
  }

  async #beSomebodyElse(): Promise<void> {
    this.#email = (await askEmail(this.#prompter)) ?? this.#email;
  }

  #askSearch(): Promise<string | undefined> {
    return this.#prompter.ask('Search for', { example: 'words of the title or the author; nothing for all' });
  }

  #myReservations(): Promise<readonly KnownReservation[]> {
    return findReservations(this.#desk, this.#mine());
  }

  async #chooseBooks(question: string, available: boolean | undefined): Promise<readonly string[] | undefined> {
    const choices = await this.#bookChoices(available);
    return choices === undefined ? undefined : this.#prompter.chooseSome(question, choices);
  }

  async #chooseBook(question: string, available: boolean | undefined): Promise<string | undefined> {
    const choices = await this.#bookChoices(available);
    return choices === undefined ? undefined : this.#prompter.choose(question, choices);
  }

  /** Undefined when the person went back, or there is nothing to choose from. */
  async #bookChoices(available: boolean | undefined): Promise<readonly Choice<string>[] | undefined> {
    const { terminal } = this.#desk.context;
    const search = await this.#askSearch();
    if (search === undefined) return undefined;
    const { books, more } = await findBooks(this.#desk.client, { search, available }, CHOICES_MAX);
    if (books.length === 0) {
      terminal.notice(available === true ? 'No such book is available.' : 'There is no such book.');
      return undefined;
    }
    if (more) terminal.notice(`These are the first ${CHOICES_MAX}; more words would narrow them down.`);
    return books.map((book) => ({ value: book.id, label: bookLine(book), hint: book.id }));
  }
}

function yearProblem(text: string): string | undefined {
  return /^\d{0,4}$/.test(text.trim()) ? undefined : 'A year such as 1987, or nothing.';
}
