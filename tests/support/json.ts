/*
 * What JSON turned out to be, for tests that read answers of the system.
 */

/** Whether a value is an object with properties to look at. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A property that must be there. @throws Error when the value is no object or has no such property */
export function property(value: unknown, name: string): unknown {
  if (!isObject(value) || value[name] === undefined) throw new Error(`no ${name} in ${JSON.stringify(value)}`);
  return value[name];
}

/** A property that must be a list of objects. @throws Error when it is something else */
export function listOf(value: unknown, name: string): readonly Record<string, unknown>[] {
  const list = property(value, name);
  if (!Array.isArray(list) || !list.every(isObject)) throw new Error(`${name} is no list of objects`);
  return list;
}
