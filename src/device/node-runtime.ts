/** @file What devices take from Node and Deno (DeviceRuntime in device-runtime.ts). */
import { readFile as read, writeFile as write } from 'node:fs/promises';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { OpGraph } from '../ir/ops/program.ts';
import type { PortLike } from '../link/port.ts';
import type { Observation, RunningThread, ThreadEvents } from './device-runtime.ts';
import { type LoweredProgram, type LoweringOptions, lowerProgram as lowerHere } from './lower-program.ts';
import type { Duty, FromThread } from './messages.ts';
import type { PartyFiles } from './mode.ts';
import { Observed } from './production/observed.ts';
import { partyFiles } from './production/party-files.ts';
import { storageKey } from './production/party-keys.ts';
import type { Production } from './production/production-options.ts';
import { type NodeOptions, type PartyNode, SpuNode } from './production/spu-node.ts';

/** Health and figures, where the options ask for them. */
export const observed = (o: Production, role: 'party' | 'dealer'): Promise<Observation | undefined> =>
  Observed.open(o, role);

export { freePort } from '../link/free-port.ts';
export { withIdentities } from './production/identities.ts';
export { openLinks } from './production/open-links.ts';
export { onEmpty, onEnd } from './production/signals.ts';
export { openStored } from './production/stored/stored-source.ts';

/** Passes and lowering; what they throw, this rejects with. */
export const lowerProgram = async (graph: OpGraph, options: LoweringOptions): Promise<LoweredProgram> =>
  lowerHere(graph, options);

/** This party's engine of an SPU in production. */
export const startNode = (options: NodeOptions): PartyNode => new SpuNode(options);

/** Files that only this party can read. */
export const filesOf = (o: Pick<Production, 'identity' | 'storageKey'>): PartyFiles =>
  partyFiles(() => storageKey(o));

export const writeFile = (path: string, bytes: Uint8Array, mode?: number): Promise<void> =>
  write(path, bytes, mode === undefined ? {} : { mode });

export const readFile = async (path: string): Promise<Uint8Array> => new Uint8Array(await read(path));

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
