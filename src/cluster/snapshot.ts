/** @file A look at a cluster, from outside: for `tessera status` and the dashboard. */
import { keptHistory } from './history-keeper.ts';
import { type DriverInfo, type Failure, Members, type NodeInfo } from './members.ts';
import { type Engine, type EngineAddress, openEngine } from './message-engine.ts';

/** A node, without what is for members only. */
export type SeenNode = Omit<NodeInfo, 'direct'>;

/** A node that has gone without a word, as it was when it was last heard of. */
export type GoneNode = SeenNode & { readonly lostAt: number };

export interface QueueInfo {
  readonly tag: string;
  readonly slots: number;
  /** Tasks that no node has. */
  readonly waiting: number;
  /** Tasks at nodes, or whose answers are on their way. */
  readonly running: number;
}

export interface Snapshot {
  readonly at: number;
  readonly address: string;
  readonly cluster: string;
  readonly nodes: readonly SeenNode[];
  /** In the last hour. */
  readonly lost: readonly GoneNode[];
  readonly drivers: readonly DriverInfo[];
  /** Of tasks, the newest first: as their programs say, and as nodes say of programs that have ended. */
  readonly errors: readonly (Failure & { readonly program: string })[];
  readonly queues: readonly QueueInfo[];
}

const seenOf = ({ direct: _, ...node }: NodeInfo): SeenNode => node;

/** A program that is there says more of its errors than the nodes where they came about. */
const errorsOf = (drivers: readonly DriverInfo[], nodes: readonly SeenNode[]): Snapshot['errors'] => {
  const here = new Set(drivers.map((d) => d.id));
  const own = drivers.flatMap((d) => d.errors.map(({ at, text }) => ({ at, text, program: d.program })));
  const others = nodes.flatMap((n) =>
    n.errors
      .filter((e) => !here.has(e.driver))
      .map(({ at, text }) => ({ at, text: `${text} (at node ${n.id})`, program: 'ended' })),
  );
  return [...own, ...others].sort((a, b) => b.at - a.at);
};

/** Takes one snapshot after another. */
export class Observer {
  readonly #engine: Engine;
  readonly #members: Members;

  private constructor(engine: Engine, members: Members) {
    this.#engine = engine;
    this.#members = members;
  }

  static async start(address: EngineAddress): Promise<Observer> {
    const engine = await openEngine(address, 'tessera observer');
    const members = new Members(engine);
    await members.start();
    await members.settled(() => members.nodes.length > 0);
    return new Observer(engine, members);
  }

  async take(): Promise<Snapshot> {
    const { tags } = this.#members;
    const queues = await Promise.all(
      tags.map(async (tag) => {
        const slots = this.#members.nodes.reduce((sum, n) => sum + (n.tags[tag]?.slots ?? 0), 0);
        return { tag, slots, ...(await this.#engine.depth(tag)) };
      }),
    );
    // An observer has no beat of its own to hear.
    this.#members.alive();
    const { url, cluster } = this.#engine.address;
    const { nodes, drivers } = this.#members;
    const byId = <T extends { readonly id: string }>(list: T[]): T[] =>
      list.sort((a, b) => (a.id < b.id ? -1 : 1));
    const seen = nodes.map(seenOf);
    const lost = this.#members.lost.map(({ info, at }): GoneNode => ({ ...seenOf(info), lostAt: at }));
    return {
      at: Date.now(),
      address: url,
      cluster,
      nodes: byId(seen),
      lost: byId(lost),
      drivers: byId(drivers),
      errors: errorsOf(drivers, [...seen, ...lost]),
      queues,
    };
  }

  /** What happened before, from the cluster's beginning. */
  history(): ReturnType<typeof keptHistory> {
    return keptHistory(this.#engine);
  }

  async close(): Promise<void> {
    this.#members.stop();
    await this.#engine.nc.close();
  }
}

/** One snapshot. */
export const look = async (address: EngineAddress): Promise<Snapshot> => {
  const observer = await Observer.start(address);
  try {
    return await observer.take();
  } finally {
    await observer.close();
  }
};
