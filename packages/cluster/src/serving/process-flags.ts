/*
 * Flags of Node.js for the processes of nodes and gateways; Dockerfile and docker-compose.yml have them too.
 */

/**
 * Nearly all that a request makes is garbage when it is answered. In a young generation of 16 MB, which is what Node.js
 * takes, part of it is copied several times before that; larger, fewer collections find less alive.
 */
export const GATEWAY_FLAGS: readonly string[] = ['--max-semi-space-size=64'];

/**
 * A node keeps what it makes, as records, or lets go of it within a commit: a larger young generation saves no copying,
 * and its memory leaves the processor's caches before it is used again.
 */
export const NODE_FLAGS: readonly string[] = ['--max-semi-space-size=16'];
