/*
 * The command line is a program, not a library: `main.ts` runs it, and no package imports it.
 */
export {};
