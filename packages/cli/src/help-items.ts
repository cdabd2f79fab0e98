/*
 * The texts of `--help` for the library, the theatre and reservations.
 */

export const LIBRARY_DESCRIPTION = 'Find and reserve books. Without a command, on a terminal, a menu.';

export const LIBRARY_EXAMPLES = `
A book is named by its id (book-0042), a reservation by its own id or by the book that it holds.
Who you are is --email, or TROLLEY_EMAIL. A book is reserved by one person at most, whatever fails meanwhile:
what is counted as reserved is. The exit code is 1 unless everything that was asked for was done.

Examples:
  trolley library
  trolley library list --available --search "short history"
  trolley library list --author adler --json
  trolley library reserve book-0042 book-0043 --email ann@example.com
  trolley library reservations --email ann@example.com
  trolley library change book-0042 --to-book book-0044
  trolley library change book-0044 --to-email ben@example.com
  trolley library cancel book-0043
  trolley library who book-0044
  trolley library add --title "Tides" --author "Ada Fallowmere" --year 1987
  trolley library remove book-0044`;

export const THEATRE_DESCRIPTION = 'See what is on and book seats. Without a command, on a terminal, a menu.';

export const THEATRE_EXAMPLES = `
A play is named as "plays" lists it, a seat by the letter of its row and its number: C7 is seat 7 in the third of
12 rows. Who you are is --email, or TROLLEY_EMAIL. A seat is sold once, whatever fails meanwhile. The exit code is 1
unless everything that was asked for was done.

Examples:
  trolley theatre
  trolley theatre plays
  trolley theatre plan understudy --email ann@example.com
  trolley theatre plan understudy --who
  trolley theatre book understudy C7 C8 --email ann@example.com
  trolley theatre book understudy C7 C8 --all-or-none
  trolley theatre book understudy C7 --hold 600; trolley theatre confirm understudy C7
  trolley theatre reservations --email ann@example.com
  trolley theatre change understudy C8 --to-seat D1
  trolley theatre cancel understudy C7 C8`;

export const RESERVATIONS_DESCRIPTION =
  'Show reservations of books, seats and whatever else: all, of a person, or of an item.';

export const RESERVATIONS_EXAMPLES = `
Examples:
  trolley reservations
  trolley reservations --email ann@example.com
  trolley reservations --item seat.understudy.r03.s07 --json`;

export const UNRESERVE_DESCRIPTION = 'Cancel all reservations, so that every book and seat is free again.';

export const UNRESERVE_EXAMPLES = `
Asks first on a terminal; elsewhere it wants --yes.

Examples:
  trolley unreserve --all
  trolley unreserve --all --kind seat --yes
  trolley unreserve --all --email ann@example.com --yes`;
