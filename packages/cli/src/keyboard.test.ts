import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { onKeyOf } from './keyboard.ts';

class Keyboard extends EventEmitter {
  readonly calls: string[] = [];
  readonly isTTY: boolean;
  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }
  setRawMode(raw: boolean): void {
    this.calls.push(`raw ${raw}`);
  }
  setEncoding(): void {}
  resume(): void {
    this.calls.push('resume');
  }
  pause(): void {
    this.calls.push('pause');
  }
}

test('keys are heard one by one while somebody listens, and the keyboard is as before then', () => {
  const keyboard = new Keyboard(true);
  const heard: string[] = [];
  const end = onKeyOf(keyboard)((key) => heard.push(key));
  keyboard.emit('data', 'q');
  end();
  keyboard.emit('data', 'x');
  expect(heard).toEqual(['q']);
  expect(keyboard.calls).toEqual(['raw true', 'resume', 'raw false', 'pause']);
});

test('a pipe is left alone', () => {
  const keyboard = new Keyboard(false);
  onKeyOf(keyboard)(() => undefined)();
  expect(keyboard.calls).toEqual([]);
});
