/*
 * Flags of Node.js for the processes of nodes and gateways; the Dockerfile has them too.
 */

/**
 * Nearly all that a request makes is garbage when it is answered. In a young generation of 16 MB, which is what Node.js
 * takes, part of it is copied several times before that; larger, fewer collections find less alive.
 */
export const PROCESS_FLAGS: readonly string[] = ['--max-semi-space-size=64'];
