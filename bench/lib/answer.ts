/** @file Processes from their start to the answer that they print: the millionaires' program. */

import { spawn } from 'node:child_process';
import type { Command } from './engine-processes.ts';

const ANSWER = /bob is richer/;

/** Milliseconds until a process has printed the answer; `ended` when it is gone. */
const answer = ({ name, file, args, cwd }: Command) => {
  const start = performance.now();
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(cwd !== undefined && { cwd }) });
  let said = '';
  let tell: (ms: number) => void = () => {};
  const answered = new Promise<number>((resolve) => {
    tell = resolve;
  });
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (text: Buffer) => {
      said += text.toString();
      if (ANSWER.test(said)) tell(performance.now() - start);
    });
  }
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0 && ANSWER.test(said)) resolve();
      else reject(new Error(`${name} ended with exit code ${code} and said "${said.trim()}"`));
    });
  });
  return { answered, ended };
};

/** Seconds until all of them have answered. */
export const together = async (programs: readonly Command[]): Promise<number> => {
  const running = programs.map(answer);
  const all = Promise.all(running.map((one) => one.answered));
  const ends = Promise.all(running.map((one) => one.ended));
  const ms = Math.max(...(await Promise.race([all, ends.then(() => all)])));
  await ends;
  return ms / 1000;
};
