/*
 * Who somebody is in the pages: the e-mail address in the page's address, else the one that was last used here.
 */

const KEY = 'trolley.person';
/** In the sample data. */
const FIRST_PERSON = 'ann@example.com';
const LENGTH_MAX = 254;

/** The address in the spelling that gateways use; undefined for what is none. They may be stricter. */
export function parseEmail(text: string | undefined): string | undefined {
  const email = (text ?? '').trim().toLowerCase();
  return email.length <= LENGTH_MAX && /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/.test(email) ? email : undefined;
}

/** Who is meant. */
export function personIn(text: string | undefined): string {
  return parseEmail(text) ?? parseEmail(localStorage.getItem(KEY) ?? undefined) ?? FIRST_PERSON;
}

/** Keeps who was last chosen, for pages whose address does not say. */
export function rememberPerson(email: string): void {
  localStorage.setItem(KEY, email);
}

/** What stands before the at sign, for where there is little room. */
export function shortName(email: string): string {
  return email.split('@')[0] ?? email;
}
