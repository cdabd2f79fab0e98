import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { TurnWriter } from './turn-writer.ts';

/** A socket that notes what each write to the system brought. */
function createSocket() {
  const writes: string[][] = [];
  const socket = new Writable({
    write(chunk: Buffer, _encoding, done) {
      writes.push([chunk.toString()]);
      done();
    },
    writev(chunks, done) {
      writes.push(chunks.map(({ chunk }) => String(chunk)));
      done();
    },
  });
  return { socket, writes };
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

it('writes what is ready in one turn at once, also what promises bring that are settled by then', async () => {
  const { socket, writes } = createSocket();
  const writer = new TurnWriter(socket);
  const taken: string[] = [];
  writer.write(Buffer.from('a'), () => taken.push('a'));
  await Promise.resolve();
  writer.write(Buffer.from('b'), () => taken.push('b'));
  expect(writes).toEqual([]);
  await nextTurn();
  expect(writes).toEqual([['a', 'b']]);
  expect(taken).toEqual(['a', 'b']);
  writer.write(Buffer.from('c'));
  await nextTurn();
  expect(writes).toEqual([['a', 'b'], ['c']]);
});

it('does nothing on a socket that is gone', async () => {
  const socket = new PassThrough();
  const writer = new TurnWriter(socket);
  writer.write(Buffer.from('a'));
  socket.destroy();
  await once(socket, 'close');
  await nextTurn();
  expect(socket.destroyed).toBe(true);
});
