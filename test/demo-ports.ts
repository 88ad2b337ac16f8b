/**
 * The production demo has fixed ports, and makes its certificates in one folder: files of tests that run it take turns. What is
 * held is a port beside the demo's own, until the process of the tests ends.
 */
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const BESIDE = 19470;
const LOOK_MS = 200;

const listen = (): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(BESIDE, '127.0.0.1', () => {
      server.unref();
      resolve(true);
    });
  });

/** Resolves when no other process runs the demo, nor will before this one ends. */
export const onlyDemo = async (): Promise<void> => {
  while (!(await listen())) await sleep(LOOK_MS);
};
