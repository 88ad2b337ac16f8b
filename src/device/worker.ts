/** @file A thread of a simulated SPU: one party's engine, or the dealer's, with ports to the other threads. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { TesseraError } from '../errors.ts';
import { DealerEngine } from '../ir/dealer-engine.ts';
import { PartyEngine } from '../ir/engine.ts';
import type { Graph } from '../ir/graph.ts';
import { type PortLike, portTransport } from '../link/port.ts';
import { shape } from '../link/shaper.ts';
import { FIELDS } from '../ring/field.ts';
import { Ring } from '../ring/ring.ts';
import { type Duty, type FromThread, packError, type ToThread } from './messages.ts';

const { duty, ports } = workerData as { duty: Duty; ports: ReadonlyMap<string, MessagePort> };
const driver = parentPort!;
const tell = (message: FromThread): void => driver.postMessage(message);

const named: Record<string, PortLike> = Object.assign(
  Object.create(null) as object,
  Object.fromEntries([...ports].map(([peer, port]) => [peer, port as unknown as PortLike])),
);
const plain = portTransport(duty.self, named);
const transport = duty.link === undefined ? plain : shape(plain, duty.link);

/** Tells everybody that this thread cannot go on. */
const failed = (error: unknown, number?: number): void => {
  tell({ kind: 'failed', number, error: packError(error) });
  transport.abort(error).catch(() => {});
};

const close = async (): Promise<void> => {
  await transport.close();
  driver.close();
};

/** One party: runs what the driver sends, in order. */
const serveParty = async (ring: Ring): Promise<(message: ToThread) => void> => {
  const { self, rank, parties, dealer, fraction } = duty;
  const channel = transport.channel(
    'spu',
    parties.filter((p) => p !== self),
  );
  const engine = await PartyEngine.start({
    ring,
    field: FIELDS[duty.field],
    fraction,
    rank,
    parties,
    channel,
    dealer:
      dealer === undefined
        ? { kind: 'first' }
        : { kind: 'third', channel: transport.channel('dealer', [dealer]) },
  });
  const graphs = new Map<number, Graph>();
  const run = async ({ number, job, privates, answers }: ToThread & { kind: 'job' }): Promise<void> => {
    const graph = graphs.get(job.graph);
    if (graph === undefined) throw new TesseraError('DIVERGED', `no graph ${job.graph} was sent`);
    const { revealed, stats } = await engine.run({ ...job, graph }, privates);
    tell({ kind: 'done', number, revealed: answers ? revealed : [], stats, memory: engine.memory });
  };
  const handlers: { readonly [K in ToThread['kind']]: (m: ToThread & { kind: K }) => void } = {
    graph: (m) => void graphs.set(m.id, m.graph),
    forget: (m) => void graphs.delete(m.id),
    job: (m) => void run(m).catch((e: unknown) => failed(e, m.number)),
    free: (m) => void engine.free(m.ids).catch(failed),
    close: () => void engine.close().then(close).catch(failed),
  };
  return (message) => handlers[message.kind](message as never);
};

/** The dealer hears of its work from the parties. */
const serveDealer = async (ring: Ring): Promise<(message: ToThread) => void> => {
  const engine = DealerEngine.start({
    ring,
    field: FIELDS[duty.field],
    parties: duty.parties,
    channel: transport.channel('dealer', duty.parties),
  });
  let closing = false;
  engine.done.then(close, (e: unknown) => closing || failed(e));
  return (message) => {
    if (message.kind === 'close') closing = true;
  };
};

const ROLES = { party: serveParty, dealer: serveDealer } as const;

try {
  const ring = await Ring.create();
  const handle = await ROLES[duty.kind](ring);
  driver.on('message', handle);
  tell({ kind: 'ready' });
} catch (e) {
  failed(e);
}
