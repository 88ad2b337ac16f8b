/** @file A browser party's worker: its link to the others and its engines, at the service of the page. */
import { checkBuild } from '../build.ts';
import { packError, unpackError } from '../device/messages.ts';
import { connectParty } from '../device/production/open-links.ts';
import { SpuNode } from '../device/production/spu-node.ts';
import type { JobProgress } from '../ir/run/progress.ts';
import type { Channel } from '../link/link.ts';
import type { WebSocketTransport } from '../link/websocket.ts';
import type { CallName, Calls, FromHost, Request, Start, Watched } from './worker-messages.ts';

/** The scope of a dedicated worker, as far as it is used here. */
export interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown, transfer?: Transferable[]): void;
  close(): void;
}

type Handlers = { readonly [N in CallName]: (...args: Parameters<Calls[N]>) => unknown };

/** Bytes of one frame that the page is shown, at most. */
const SHOWN = 4096;

/** The scope's own memory may go over to the page; a view of something larger is copied. */
const movable = (bytes: Uint8Array): Transferable[] =>
  bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength ? [bytes.buffer] : [];

const handlersOf = (
  transport: WebSocketTransport,
  post: (message: FromHost) => void,
  leave: () => void,
): Handlers => {
  const channels = new Map<number, Channel>();
  const nodes = new Map<number, SpuNode>();
  return {
    ready: async (timeoutMs) => {
      await transport.ready(timeoutMs);
      return transport.identities;
    },
    channel: (id, name, peers) => void channels.set(id, transport.channel(name, peers)),
    send: (id, to, tag, bytes) => channels.get(id)!.send(to, tag, bytes),
    recv: (id, from, tag) => channels.get(id)!.recv(from, tag),
    closeChannel: (id) => channels.get(id)?.close(),
    abort: (error) => transport.abort(unpackError(error)),
    close: async (patienceMs) => {
      await transport.close(patienceMs);
      setTimeout(leave);
    },
    node: (id, { config, op, dealer }) => {
      const node = new SpuNode({
        transport,
        dedicated: undefined,
        config,
        op,
        dealer,
        stored: undefined,
        order: (order) => post({ kind: 'order', node: id, order }),
        failed: (error) => post({ kind: 'failed', node: id, error: packError(error) }),
      });
      nodes.set(id, node);
    },
    nodeReady: (id) => nodes.get(id)!.ready,
    run: async (id, work, tells) => {
      const node = nodes.get(id)!;
      const progress = tells
        ? (progress: JobProgress) => post({ kind: 'progress', node: id, op: work.op.number, progress })
        : undefined;
      const outcome = await node.run({ ...work, progress });
      return { outcome, memory: node.memory };
    },
    free: (id, ids) => nodes.get(id)!.free(ids),
    export: (id, ids) => nodes.get(id)!.export(ids),
    failNode: (id, error) => nodes.get(id)!.fail(unpackError(error)),
    closeNode: (id, reason) => nodes.get(id)!.close(unpackError(reason)),
  };
};

/** A worker's file that a cache has kept from before is none of the page's. */
export const checkWorker = (build: unknown): void =>
  checkBuild(build, 'tessera-worker.js is of', 'the page has');

/** Opens the link and serves the page from then on. */
export const hostParty = async (
  scope: WorkerScope,
  { build, options, watched }: Start & { readonly kind: 'party' },
): Promise<void> => {
  const post = (message: FromHost, transfer: Transferable[] = []): void =>
    scope.postMessage(message, transfer);
  const show = (kind: keyof Watched) =>
    watched[kind]
      ? (party: string, bytes: Uint8Array) => post({ kind, party, bytes: bytes.slice(0, SHOWN) })
      : undefined;
  let handlers: Handlers | undefined;
  const early: Request[] = [];
  const answer = async ({ number, call, args }: Request): Promise<void> => {
    try {
      const value = await (handlers![call] as (...args: unknown[]) => unknown)(...args);
      post({ kind: 'answer', number, value }, value instanceof Uint8Array ? movable(value) : []);
    } catch (e) {
      post({ kind: 'refusal', number, error: packError(e) });
    }
  };
  scope.onmessage = ({ data }: MessageEvent<Request>) => {
    if (handlers === undefined) early.push(data);
    else void answer(data);
  };
  try {
    checkWorker(build);
    const transport = await connectParty({
      ...options,
      signal: undefined,
      // What may be wrong in a program is found where it is lowered, and told by the page.
      emit: () => {},
      onPeer: ({ error, ...event }) =>
        post({ kind: 'peer', event: { ...event, ...(error && { error: packError(error) }) } }),
      onReceived: show('received'),
      onSent: show('sent'),
    });
    transport.on('abort', (error) => post({ kind: 'abort', error: packError(error) }));
    handlers = handlersOf(transport, post, () => scope.close());
    for (const request of early.splice(0)) void answer(request);
  } catch (e) {
    post({ kind: 'broken', error: packError(e) });
  }
};
