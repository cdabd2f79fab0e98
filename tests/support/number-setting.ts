/*
 * Numbers that whoever runs a test may set, in environment variables.
 */

/** The number in a variable, else the fallback. @throws Error when the variable holds something else */
export function numberSetting(variable: string, fallback: number): number {
  const text = process.env[variable];
  if (text === undefined || text === '') return fallback;
  if (!/^\d{1,15}$/.test(text)) throw new Error(`${variable} must be a whole number, not ${text}`);
  return Number(text);
}

/** A seed for a run without one; a test that fails has to say which it was. */
export function freshSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}
