/** @file A thread of a simulated SPU: one party's engine, or the dealer's, with ports to the other threads. */
import { TesseraError } from '../errors.ts';
import type { LinkMeasure } from '../ir/compile/plan.ts';
import type { Graph } from '../ir/ops/graph.ts';
import { DealerEngine } from '../ir/run/dealer-engine.ts';
import { PartyEngine } from '../ir/run/engine.ts';
import type { JobProgress } from '../ir/run/progress.ts';
import type { AbortableTransport } from '../link/memory-link.ts';
import { type PortLike, portTransport } from '../link/port.ts';
import { shape } from '../link/shaper.ts';
import { tapped } from '../link/tap.ts';
import { FIELDS } from '../ring/field.ts';
import type { RingOptions } from '../ring/memory.ts';
import { Ring } from '../ring/ring.ts';
import { usualThreads } from '../ring/threads.ts';
import { type Duty, type FromThread, packError, type ToThread } from './messages.ts';

/** The thread's own side of its driver. */
export interface Driver {
  post(message: FromThread): void;
  listen(handle: (message: ToThread) => void): void;
  /** Ends the thread. */
  leave(): void;
}

interface Desk {
  readonly duty: Duty;
  readonly ring: Ring;
  readonly transport: AbortableTransport;
  post(message: FromThread): void;
  /** Tells everybody that this thread cannot go on. */
  failed(error: unknown, number?: number): void;
  close(): Promise<void>;
}

/** Ready for the driver: what handles its messages, and what was measured of the link. */
interface Served {
  readonly handle: (message: ToThread) => void;
  readonly link?: LinkMeasure | undefined;
}

/** One party: runs what the driver sends, in order. */
const serveParty = async ({ duty, ring, transport, post, failed, close }: Desk): Promise<Served> => {
  const { self, rank, parties, dealer, fraction } = duty;
  const peers = parties.filter((p) => p !== self);
  const engine = await PartyEngine.start({
    ring,
    field: FIELDS[duty.field],
    fraction,
    rank,
    parties,
    channel: () => transport.channel('spu', peers),
    faults: transport.channel('faults', peers),
    dealer:
      dealer === undefined
        ? duty.together
          ? { kind: 'none', channel: () => transport.channel('making', peers) }
          : { kind: 'first' }
        : {
            kind: 'third',
            channel: () => transport.channel('dealer', [dealer]),
            faults: transport.channel('dealer faults', [dealer]),
          },
    bandwidth: duty.bandwidth,
    measure: duty.measure,
  });
  const graphs = new Map<number, Graph>();
  const run = async ({
    number,
    job,
    privates,
    answers,
    tells,
  }: ToThread & { kind: 'job' }): Promise<void> => {
    const graph = graphs.get(job.graph);
    if (graph === undefined) throw new TesseraError('DIVERGED', `no graph ${job.graph} was sent`);
    const hear = tells ? (progress: JobProgress) => post({ kind: 'progress', number, progress }) : undefined;
    try {
      const { revealed, stats, left } = await engine.run({ ...job, graph }, privates, hear);
      post({
        kind: 'done',
        number,
        revealed: answers ? revealed : [],
        stats,
        ...(left && { left }),
        memory: engine.memory,
      });
    } catch (e) {
      if (engine.failure !== undefined) throw e;
      post({ kind: 'givenUp', number, error: packError(e), memory: engine.memory });
    }
  };
  const handlers: { readonly [K in ToThread['kind']]: (m: ToThread & { kind: K }) => void } = {
    graph: (m) => void graphs.set(m.id, m.graph),
    forget: (m) => void graphs.delete(m.id),
    job: (m) => void run(m).catch((e: unknown) => failed(e, m.number)),
    free: (m) => void engine.free(m.ids).catch(failed),
    export: ({ number, ids }) =>
      void engine.export(ids).then(
        (exported) => post({ kind: 'exported', number, exported }),
        (e: unknown) => post({ kind: 'unexported', number, error: packError(e) }),
      ),
    close: () => void engine.close().then(close).catch(failed),
  };
  return { handle: (message) => handlers[message.kind](message as never), link: engine.link };
};

/** The dealer hears of its work from the parties. */
const serveDealer = async ({ duty, ring, transport, failed, close }: Desk): Promise<Served> => {
  const engine = DealerEngine.start({
    ring,
    field: FIELDS[duty.field],
    parties: duty.parties,
    channel: () => transport.channel('dealer', duty.parties),
    faults: transport.channel('dealer faults', duty.parties),
  });
  let closing = false;
  engine.done.then(close, (e: unknown) => closing || failed(e));
  return {
    handle: (message) => {
      if (message.kind === 'close') closing = true;
    },
  };
};

const ROLES = { party: serveParty, dealer: serveDealer } as const;

/** The parties of a simulation share the cores of their machine: while one waits, another may use its core. */
const threadsOf = ({ threads }: Duty): RingOptions =>
  threads === undefined ? { threads: usualThreads(), crowded: true } : { threads };

/** Does a thread's duty, until the driver ends it. */
export const serve = async (
  duty: Duty,
  ports: ReadonlyMap<string, PortLike>,
  driver: Driver,
): Promise<void> => {
  const named: Record<string, PortLike> = Object.assign(
    Object.create(null) as object,
    Object.fromEntries(ports),
  );
  // Over a link of the given latency nothing is gained by shared memory.
  const plain = portTransport(duty.self, named, { shared: duty.link === undefined });
  await serveOver(duty, duty.link === undefined ? plain : shape(plain, duty.link), driver);
};

/** The same over any links to the other threads. */
export const serveOver = async (duty: Duty, transport: AbortableTransport, driver: Driver): Promise<void> => {
  const failed = (error: unknown, number?: number): void => {
    driver.post({ kind: 'failed', number, error: packError(error) });
    transport.abort(error).catch(() => {});
  };
  try {
    const ring = await Ring.create({
      ...threadsOf(duty),
      ...(duty.maxBytes !== undefined && { maxBytes: duty.maxBytes }),
    });
    const close = async (): Promise<void> => {
      await Promise.all([transport.close(), ring.close()]);
      driver.leave();
    };
    const post = (message: FromThread): void => driver.post(message);
    const received = (from: string, bytes: Uint8Array): void => post({ kind: 'received', from, bytes });
    const links = duty.watched ? tapped(transport, { received, sent: undefined }) : transport;
    const { handle, link } = await ROLES[duty.kind]({ duty, ring, transport: links, post, failed, close });
    driver.listen(handle);
    driver.post({ kind: 'ready', link });
  } catch (e) {
    failed(e);
  }
};
