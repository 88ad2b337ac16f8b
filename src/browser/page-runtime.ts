/** @file What devices take from a page (DeviceRuntime in device/runtime.ts): engine, link and lowering have workers of their own. */
import { BUILD } from '../build.ts';
import type { Duty, FromThread } from '../device/messages.ts';
import type { PartyFiles } from '../device/mode.ts';
import type { NodeOptions, PartyNode } from '../device/production/node.ts';
import type { Production } from '../device/production/production-options.ts';
import type { RunningThread, ThreadEvents } from '../device/runtime.ts';
import { fail, TesseraError } from '../errors.ts';
import type { PortLike } from '../link/port.ts';
import type { WebSocketTransport } from '../link/websocket.ts';
import { startLowering } from './lowering-client.ts';
import { RemoteLink } from './remote.ts';
import { newWorker } from './workers.ts';

export { lowerProgram } from './lowering-client.ts';

export const portPair = (): readonly [PortLike, PortLike] => {
  const { port1, port2 } = new MessageChannel();
  return [port1 as unknown as PortLike, port2 as unknown as PortLike];
};

export const startThread = (
  duty: Duty,
  ports: ReadonlyMap<string, PortLike>,
  events: ThreadEvents,
): RunningThread => {
  startLowering();
  const worker = newWorker('party', `tessera ${duty.self}`);
  let gone: () => void = () => {};
  const exited = new Promise<void>((resolve) => {
    gone = resolve;
  });
  worker.onmessage = ({ data }: MessageEvent<FromThread | { kind: 'left' }>) => {
    if (data.kind !== 'left') events.message(data);
    else {
      gone();
      events.exit(0);
    }
  };
  worker.onerror = (event) => {
    event.preventDefault();
    events.error(new Error(event.message ?? 'the worker could not be loaded: is tessera-worker.js there?'));
  };
  worker.postMessage({ kind: 'thread', build: BUILD, duty, ports }, [
    ...ports.values(),
  ] as unknown as Transferable[]);
  return {
    exited,
    post: (message) => worker.postMessage(message),
    hold: () => {},
    terminate: async () => {
      worker.terminate();
      gone();
    },
  };
};

const cancelled = ({ self, signal }: Production): TesseraError | undefined =>
  signal?.aborted === true
    ? new TesseraError(
        'CLOSED',
        `${self} was stopped: its AbortSignal was set off`,
        { party: self },
        signal.reason,
      )
    : undefined;

/** Connects, in a worker. Rejects with one table of who is missing and why. */
export const openLinks = async (o: Production): Promise<WebSocketTransport> => {
  const before = cancelled(o);
  if (before) throw before;
  const link = new RemoteLink(o);
  startLowering();
  const cancel = (): void => void link.close();
  o.signal?.addEventListener('abort', cancel, { once: true });
  try {
    await link.ready(o.crossSilo.readyTimeoutMs);
  } catch (e) {
    await link.close();
    throw cancelled(o) ?? e;
  } finally {
    o.signal?.removeEventListener('abort', cancel);
  }
  return link;
};

/** The engine runs where the link is. */
export const startNode = (options: NodeOptions): PartyNode =>
  options.dedicated === undefined
    ? (options.transport as RemoteLink).node(options)
    : fail(
        'UNSUPPORTED',
        "an SPU with addresses of its own is not for a page: leave the nodes' addresses out",
      );

/** Word of the page's end: it is closed, reloaded, or left for another. */
export const onEnd = (listener: (why: string) => void): (() => void) => {
  const handle = (): void => listener('its page was closed or reloaded');
  addEventListener('pagehide', handle);
  return () => removeEventListener('pagehide', handle);
};

/** A page has no end of its own accord. */
export const onEmpty =
  (_end: () => Promise<void>): (() => void) =>
  () => {};

const noFiles = (): never =>
  fail(
    'UNSUPPORTED',
    'a browser party keeps no files: checkpoints and stored material are for Node and Deno',
  );

export const filesOf = (_o: Pick<Production, 'identity' | 'storageKey'>): PartyFiles => ({
  list: noFiles,
  write: noFiles,
  keep: noFiles,
  discard: noFiles,
  read: noFiles,
});
export const openStored = noFiles;
