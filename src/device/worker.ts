/** @file Where a thread of Node or Deno begins. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { PortLike } from '../link/port.ts';
import type { Duty, ToThread } from './messages.ts';
import { serve } from './serve.ts';

const { duty, ports } = workerData as { duty: Duty; ports: ReadonlyMap<string, PortLike> };
const driver = parentPort as MessagePort & { close?: () => void };

await serve(duty, ports, {
  tell: (message) => driver.postMessage(message),
  listen: (handle) => void driver.on('message', (message: ToThread) => handle(message)),
  // Deno's port to the driver cannot be closed, but its threads can.
  leave: () => (driver.close ? driver.close() : (globalThis as unknown as { close(): void }).close()),
});
