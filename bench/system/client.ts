/*
 * A few calls over HTTP for setting up and checking; never part of what is measured.
 */

/** The JSON at a URL. @throws when the answer is no success. */
export async function getJson(url: string): Promise<unknown> {
  return (await succeed(url)).json();
}

/** A page of a list, and the path of the next one if there is one. @throws when the answer is no success. */
export async function getPage(url: string): Promise<{ readonly items: unknown; readonly next: string | undefined }> {
  const response = await succeed(url);
  const [, next] = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '') ?? [];
  return { items: await response.json(), next };
}

/** The text at a URL. @throws when the answer is no success. */
export async function getText(url: string): Promise<string> {
  return (await succeed(url)).text();
}

/** Sends JSON to a URL. @throws when the answer is no success. */
export async function postJson(url: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  // Read to the end, so that the connection can be used again.
  await (await succeed(url, { method: 'POST', headers, body: JSON.stringify(body) })).text();
}

async function succeed(url: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, init);
  if (response.ok) return response;
  throw new Error(`${init.method ?? 'GET'} ${url} answered ${response.status}: ${await response.text()}`);
}
