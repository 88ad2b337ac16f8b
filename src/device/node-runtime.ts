/** @file What devices take from Node and Deno (DeviceRuntime in runtime.ts). */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { OpGraph } from '../ir/ops/program.ts';
import type { PortLike } from '../link/port.ts';
import { type LoweredProgram, type LoweringOptions, lowerProgram as lowerHere } from './lower-program.ts';
import type { Duty, FromThread } from './messages.ts';
import type { PartyFiles } from './mode.ts';
import { partyFiles } from './production/files.ts';
import { type NodeOptions, type PartyNode, SpuNode } from './production/node.ts';
import { storageKey } from './production/party-keys.ts';
import type { Production } from './production/production-options.ts';
import type { RunningThread, ThreadEvents } from './runtime.ts';

export { openLinks } from './production/links.ts';
export { onEmpty, onEnd } from './production/signals.ts';
export { openStored } from './production/stored/source.ts';

/** Passes and lowering; what they throw, this rejects with. */
export const lowerProgram = async (graph: OpGraph, options: LoweringOptions): Promise<LoweredProgram> =>
  lowerHere(graph, options);

/** This party's engine of an SPU in production. */
export const startNode = (options: NodeOptions): PartyNode => new SpuNode(options);

/** Files that only this party can read. */
export const filesOf = (o: Pick<Production, 'identity' | 'storageKey'>): PartyFiles =>
  partyFiles(() => storageKey(o));

export const portPair = (): readonly [PortLike, PortLike] => {
  const { port1, port2 } = new MessageChannel();
  return [port1 as unknown as PortLike, port2 as unknown as PortLike];
};

/**
 * Starts a thread that does its duty (serve.ts); the ports go over to it, and one to hear the driver by: what is said to
 * a thread of Deno before it listens is lost, while a port keeps it.
 */
export const startThread = (
  duty: Duty,
  ports: ReadonlyMap<string, PortLike>,
  events: ThreadEvents,
): RunningThread => {
  const { port1: orders, port2: driver } = new MessageChannel();
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: { duty, ports, driver },
    transferList: [driver, ...(ports.values() as unknown as Iterable<MessagePort>)],
    // The flags of the program (--input-type, --import, ...) are not meant for its threads.
    execArgv: [],
    name: `tessera ${duty.self}`,
  });
  worker.on('message', (message: FromThread) => events.message(message));
  worker.on('error', (e) => events.error(e));
  worker.on('exit', (code) => events.exit(code));
  return {
    exited: new Promise((resolve) => worker.once('exit', () => resolve())),
    post: (message) => orders.postMessage(message),
    hold: (on) => {
      if (on) worker.ref();
      else worker.unref();
    },
    terminate: () => worker.terminate(),
  };
};
