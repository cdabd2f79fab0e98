/*
 * Where the built pages are, for whoever serves them. Everything else in this package runs in a browser.
 */

/** The folder of the built pages: `index.html` and `assets/`, whose names carry a hash of what is in them. */
export const consoleFolder: URL = new URL('../dist/web/', import.meta.url);
