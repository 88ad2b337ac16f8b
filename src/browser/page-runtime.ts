/** @file What devices take from a page (DeviceRuntime in device/device-runtime.ts): engine, link and lowering have workers of their own. */
import { BUILD } from '../build.ts';
import type { Observation, RunningThread, ThreadEvents } from '../device/device-runtime.ts';
import type { Duty, FromThread } from '../device/messages.ts';
import type { PartyFiles } from '../device/mode.ts';
import { cancelled } from '../device/production/failure.ts';
import type { Production } from '../device/production/production-options.ts';
import type { NodeOptions, PartyNode } from '../device/production/spu-node.ts';
import { fail } from '../errors.ts';
import type { PortLike } from '../link/port.ts';
import type { WebSocketTransport } from '../link/websocket.ts';
import { newParty } from './lowering-client.ts';
import { RemoteLink } from './remote.ts';

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
  const worker = newParty(duty.self, duty.together);
  let gone: () => void = () => {};
  const exited = new Promise<void>((resolve) => {
    gone = resolve;
  });
  worker.onmessage = ({ data }: MessageEvent<FromThread | { kind: 'left' }>) => {
    if (data.kind !== 'left') events.message(data);
    else {
      worker.terminate();
      gone();
      events.exit(0);
    }
  };
  worker.onfailure = (why) => events.error(new Error(why));
  worker.post({ kind: 'thread', build: BUILD, duty, ports }, [
    ...ports.values(),
  ] as unknown as Transferable[]);
  return {
    exited,
    post: (message) => worker.post(message),
    hold: () => {},
    terminate: async () => {
      worker.terminate();
      gone();
    },
  };
};

/** Connects, in a worker. Rejects with one table of who is missing and why. */
export const openLinks = async (o: Production): Promise<WebSocketTransport> => {
  const before = cancelled(o);
  if (before) throw before;
  const link = new RemoteLink(o);
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

/** A page has no port. */
export const observed = async ({ metrics }: Production): Promise<Observation | undefined> =>
  metrics && fail('UNSUPPORTED', 'metrics are for Node and Deno: a page has no port; use session.stats()');

export const writeFile = async (_path: string, _bytes: Uint8Array, mode?: number): Promise<void> =>
  mode === undefined ? undefined : noFiles();

export const freePort = async (): Promise<number> =>
  fail('UNSUPPORTED', 'a page has no ports: unusedTcpPort is for Node and Deno');

export const readFile = async (): Promise<Uint8Array> => noFiles();

/** A page has no files: identities stand in its options. */
export const withIdentities = (o: Production): Production => o;

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
