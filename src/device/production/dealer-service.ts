/** @file The dealer as a service: serves the SPUs of one job from a machine of its own, and sees no data. */
import { observed, onEnd, withIdentities } from '#device-runtime';
import { spellingOf } from '../../config/schema.ts';
import { TesseraError } from '../../errors.ts';
import { DealerEngine, type DealerStats } from '../../ir/run/dealer-engine.ts';
import { figure } from '../../link/metrics.ts';
import { FIELDS } from '../../ring/field.ts';
import { Ring } from '../../ring/ring.ts';
import { usualThreads } from '../../ring/threads.ts';
import { fromAbort, shown } from './failure.ts';
import { openLinks } from './open-links.ts';
import { type Order, type SetsOrder, unpackOrder } from './orders.ts';
import { readProduction } from './production-options.ts';
import type { DealerOrder } from './spu-node.ts';

/** How long the word of a failed party may take, after another has left because of it. */
const CAUSE_MS = 300;

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/**
 * A party said goodbye in the middle of a job. Where all end the session so, a call that nobody waited for is given up; one that
 * ends alone says why, or is seen to be gone.
 */
const hasLeft = (e: unknown): boolean => e instanceof TesseraError && e.info.left === true;

export interface DealerService {
  /** Ends when all parties have ended the job; rejects when one is lost or they disagree. */
  readonly done: Promise<DealerStats>;
  close(): Promise<void>;
}

/**
 * Starts the dealer of a job. `options`: what the parties give `sf.init`, with the dealer as `selfParty`.
 * @example
 * await sf.startDealer({ clusterConfig: { parties: { alice: {}, bob: {} }, selfParty: 'alice' } }) // throws CONFIG
 */
export const startDealer = async (options: unknown): Promise<DealerService> => {
  const o = withIdentities(readProduction(options));
  if (o.dealer === undefined || o.self !== o.dealer) {
    const [cluster, own] = ['clusterConfig', 'selfParty'].map(spellingOf(options as object));
    throw new TesseraError(
      'CONFIG',
      `${cluster}.${own} must be the name of ${cluster}.dealer to run the dealer`,
      { path: `${cluster}.${own}` },
    );
  }
  const seen = await observed(o, 'dealer');
  const transport = await openLinks(seen?.options ?? o).catch(async (e: unknown) => {
    await seen?.close();
    throw e;
  });
  const orders = transport.channel('orders', o.parties);
  const known = new Map<string, Order>();
  const engines: Promise<DealerEngine>[] = [];
  const running: DealerEngine[] = [];
  const sets: Promise<number>[] = [];
  const rings: Ring[] = [];
  let failure: (e: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    failure = reject;
  });
  failed.catch(() => {});

  const start = async (order: DealerOrder & { field: keyof typeof FIELDS }): Promise<DealerEngine> => {
    const ring = await Ring.create({ threads: usualThreads() });
    rings.push(ring);
    const engine = DealerEngine.start({
      ring,
      field: FIELDS[order.field],
      parties: order.parties,
      channel: () => transport.channel(`dealer of ${order.id}`, order.parties),
      faults: transport.channel(`faults of dealer of ${order.id}`, order.parties),
    });
    running.push(engine);
    engine.done.catch((e) => {
      if (!hasLeft(e)) failure(e);
    });
    return engine;
  };
  /** Two sets meet. A party that gives up has closed its channel, and says why itself. Resolves to bytes. */
  const meet = async ({ id, parties: [sender, receiver], count }: SetsOrder): Promise<number> => {
    const channel = transport.channel(`dealer of ${id}`, [sender, receiver]);
    try {
      const { deal } = await import('../../psi/dealt.ts');
      const { Wire } = await import('../../psi/peer-messages.ts');
      return await deal(count, new Wire(channel, sender), new Wire(channel, receiver));
    } catch {
      channel.close();
      return 0;
    }
  };
  const serve = async (party: string): Promise<void> => {
    for (let tag = 0; ; tag++) {
      const order = unpackOrder(await orders.recv(party, tag), party);
      if (order === 'end') return;
      const before = known.get(order.id);
      if (before === undefined) {
        known.set(order.id, order);
        if ('field' in order) engines.push(start(order));
        else sets.push(meet(order));
      } else if (JSON.stringify(before) !== JSON.stringify(order))
        throw new TesseraError('DIVERGED', `${party} orders another ${order.id} than the other parties`, {
          party,
        });
    }
  };
  seen?.also(() => {
    const sum = (of: (s: DealerStats) => number): number =>
      running.reduce((n, { stats }) => n + of(stats), 0);
    return [
      figure(
        'tessera_dealer_programs_total',
        'Programs that were dealt for.',
        'counter',
        sum((s) => s.jobs),
      ),
      figure(
        'tessera_dealer_sent_bytes_total',
        'Bytes of randomness that were sent.',
        'counter',
        sum((s) => s.bytes),
      ),
      figure('tessera_dealer_busy_seconds_total', 'Seconds of dealing.', 'counter', sum((s) => s.ms) / 1000),
    ];
  });
  const forget = onEnd((why) => {
    const stopped = new TesseraError('CLOSED', `the dealer was stopped: ${why}`, { party: o.self });
    void transport.abort(shown(stopped, true));
    failure(stopped);
  });
  const work = async (): Promise<DealerStats> => {
    await Promise.all(o.parties.map(serve));
    const all = await Promise.all(engines);
    await Promise.all(
      all.map((engine) =>
        engine.done.catch((e) => {
          if (!hasLeft(e)) throw e;
        }),
      ),
    );
    const dealt = await Promise.all(sets);
    const total = { jobs: dealt.length, bytes: dealt.reduce((sum, bytes) => sum + bytes, 0), ms: 0 };
    for (const { stats } of all) {
      total.jobs += stats.jobs;
      total.bytes += stats.bytes;
      total.ms += stats.ms;
    }
    return total;
  };
  // A party that leaves because another failed may be seen to leave before the other is heard: the cause goes first.
  let cause: TesseraError | undefined;
  transport.on('abort', (e) => {
    cause ??= fromAbort(e);
  });
  const settled = async (): Promise<DealerStats> => {
    try {
      return await Promise.race([work(), failed]);
    } catch (e) {
      // Who failed has told everybody, in better words; or its word is still on its way.
      if (cause !== undefined || (e as TesseraError).code === 'PEER_LOST') await sleep(CAUSE_MS);
      throw cause ?? e;
    }
  };
  const done = settled().then(
    async (stats) => {
      await transport.close();
      return stats;
    },
    async (e) => {
      // What a party has said of its failure is said to all.
      await transport
        .abort(shown(e as TesseraError, o.crossSilo.exposeErrors || e === cause))
        .catch(() => {});
      await transport.close().catch(() => {});
      throw e;
    },
  );
  done
    .catch(() => {})
    .finally(() => {
      forget();
      void seen?.close();
      for (const ring of rings) void ring.close();
    });
  return { done, close: () => transport.close() };
};
