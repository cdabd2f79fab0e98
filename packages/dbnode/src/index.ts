/*
 * A storage node is a program, not a library: `main.ts` runs it. Others find it beside this file.
 */
export {};
