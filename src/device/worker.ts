/** @file Where a thread of Node or Deno begins. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { PortLike } from '../link/port.ts';
import type { Duty, ToThread } from './messages.ts';
import { serve } from './serve.ts';

const { duty, ports, driver } = workerData as {
  duty: Duty;
  ports: ReadonlyMap<string, PortLike>;
  driver: MessagePort;
};

await serve(duty, ports, {
  post: (message) => parentPort!.postMessage(message),
  listen: (handle) => void driver.on('message', (message: ToThread) => handle(message)),
  // A thread of Node ends when nothing is left to hear; one of Deno has to say so.
  leave: () => {
    driver.close();
    (globalThis as { close?: () => void }).close?.();
  },
});
