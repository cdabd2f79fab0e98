/*
 * How long requests wait for nodes that did not answer last time, when nobody else is left to wait for.
 */

/** Long enough for a node that has just come back to answer; short enough that one that hangs holds up little. */
export const FAILING_PATIENCE_MS = 250;
