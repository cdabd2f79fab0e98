/*
 * `GET /frames`: where a connection asks to go on in frames. Whoever asks as the protocol says is taken over before the
 * app sees it; the app tells the others what is missing.
 */
import { FRAMES_PATH, FRAMES_PROTOCOL, ProblemError } from '@trolley/cluster';
import type { NodeApp } from './app-types.ts';
import { requireToken } from './bearer-token.ts';

/** Adds the route. */
export function addFramesRoute(app: NodeApp, clusterToken: string | undefined): void {
  app.get(FRAMES_PATH, requireToken(clusterToken), (context) => {
    const asked = context.req.header('upgrade');
    throw new ProblemError({
      status: 426,
      code: 'UPGRADE_REQUIRED',
      title: 'Frames are spoken here',
      detail:
        asked === undefined
          ? `Ask with the headers Connection: Upgrade and Upgrade: ${FRAMES_PROTOCOL}.`
          : `This node speaks ${FRAMES_PROTOCOL}, not ${asked.slice(0, 100)}. POST /batch takes the same operations.`,
      headers: { upgrade: FRAMES_PROTOCOL },
    });
  });
}
