/*
 * Takes over connections that ask, with the token and in this version, to go on in frames.
 */
import { FRAMES_PATH, FRAMES_PROTOCOL, type TakeOver } from '@trolley/cluster';
import { tokenCheck } from './bearer-token.ts';
import { FrameSession, type FrameSessionOptions } from './frame-session.ts';

/** What taking over works with. */
export interface FramesOptions extends Omit<FrameSessionOptions, 'socket'> {
  readonly clusterToken: string | undefined;
}

/** After so long without traffic the system looks whether the other end is there. */
const KEEP_ALIVE_DELAY_MS = 60_000;

const WELCOME = `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${FRAMES_PROTOCOL}\r\n\r\n`;

/** What the listener hands connections to. */
export function takeOverFrames(options: FramesOptions): TakeOver {
  const holdsToken = tokenCheck(options.clusterToken);
  return ({ method, url, headers }, socket, head) => {
    if (method !== 'GET' || url !== FRAMES_PATH || headers.upgrade !== FRAMES_PROTOCOL) return false;
    if (!holdsToken(headers.authorization)) return false;
    const session = new FrameSession({ ...options, socket });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
    socket.write(WELCOME);
    socket.on('data', (piece: Buffer) => session.received(piece));
    // The listener leaves its half of a connection open when the caller ends his.
    socket.on('end', () => socket.destroy());
    socket.on('close', () => session.closed());
    if (head.length > 0) session.received(head);
    return true;
  };
}
