/** The bar of the demos and of commands: drawn on a terminal and nowhere else, for programs that take a while, and gone at their end. */
import { Writable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { progressBar } from '../../src/cli/bar.ts';
import type { Progress } from '../../src/device/progress.ts';

const test = suite('cli/bar');

/** What is written to a terminal, or to a file. */
const screen = (isTTY: boolean) => {
  let text = '';
  const out = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  const stream = Object.assign(out, { isTTY, columns: 120 }) as unknown as NodeJS.WriteStream;
  return { stream, written: () => text };
};

const at = (ms: number, more: Partial<Progress> = {}): Progress => ({
  what: 'function "train"',
  op: 3,
  at: 'matmul',
  ops: 40,
  opsInAll: 100,
  rounds: 24,
  roundsInAll: 60,
  bytes: 1_500_000,
  ms,
  remainingMs: ms,
  done: false,
  ...more,
});

test('a program that takes a while is told with its rounds, bytes and time; its line goes at the end', () => {
  const { stream, written } = screen(true);
  const hear = progressBar(stream);
  hear(at(100));
  assert.is(written(), '', 'what may be over at once is not drawn');
  hear(at(2000));
  assert.match(written(), /={12}-{12} function "train": 24 of 60 rounds, 1\.5 MB, matmul, 2 s left/);
  const drawn = written().length;
  hear(at(2100, { op: 4, rounds: 1 }));
  assert.is(written().length, drawn, 'another program that runs beside it draws nothing');
  hear(at(4000, { done: true }));
  assert.ok(written().endsWith('\u001b[2K'), 'the line is cleared');
});

test('where nobody looks there is none', () => {
  const { stream, written } = screen(false);
  const hear = progressBar(stream);
  hear(at(2000));
  hear(at(4000, { done: true }));
  assert.is(written(), '');
});

test.run();
