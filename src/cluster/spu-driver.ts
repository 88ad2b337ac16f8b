/**
 * @file An SPU on nodes, seen from the program: a thread on one node of each party, controlled like the threads of a
 * simulation on one machine (device/threads.ts), over a direct link to each.
 */

import { BUILD } from '../build.ts';
import type { SpuConfig } from '../device/cluster-def.ts';
import type { RunningThread, ThreadEvents } from '../device/device-runtime.ts';
import { calledAs } from '../device/failing.ts';
import { type Duty, packError, type ToThread, unpackError } from '../device/messages.ts';
import type { Described, Keeper, SpuBackend } from '../device/mode.ts';
import { SpuThreads, type StartThread } from '../device/threads.ts';
import type { Outcome, Work } from '../device/work.ts';
import { TesseraError } from '../errors.ts';
import type { LinkMeasure } from '../ir/compile/plan.ts';
import type { Exported } from '../ir/run/export.ts';
import { formatAddress, parseAddress } from '../link/address.ts';
import { createIdentity, identityText } from '../link/identity.ts';
import type { Channel } from '../link/link.ts';
import { connect, type WebSocketTransport } from '../link/websocket.ts';
import type { Members, SpuInfo } from './members.ts';
import { RemoteKeeper } from './part-files.ts';
import type { Ref } from './refs.ts';
import { type Control, DRIVER, LOST_MS, type Report, type SpuLinks } from './spu-messages.ts';
import type { TaskClient } from './task-client.ts';
import { farewell } from './times.ts';
import { decode, encode } from './values.ts';

export interface SpuPlaces {
  readonly driver: string;
  readonly taskClient: TaskClient;
  readonly members: Members;
  /** The node for a party, or for the dealer. Throws CONFIG if there is none. */
  place(party: string | undefined): string;
  nextId(): string;
}

interface Remote {
  readonly duty: Duty;
  readonly node: string;
  readonly events: ThreadEvents;
  readonly early: Control[];
  exited(): void;
  tag: number;
  over: boolean;
  ending?: Promise<void>;
}

interface Waiting {
  resolve(described: Described): void;
  reject(error: unknown): void;
}

interface Ordered {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class ClusterSpu implements SpuBackend {
  readonly ready: Promise<LinkMeasure | undefined>;
  readonly #config: SpuConfig;
  readonly #o: SpuPlaces;
  readonly #id: string;
  readonly #threads: SpuThreads;
  readonly #remotes = new Map<string, Remote>();
  readonly #describing = new Map<string, Waiting>();
  readonly #ordered = new Map<number, Ordered>();
  readonly #running = new Set<string>();
  #nextOrder = 0;
  #transport: WebSocketTransport | undefined;
  #control: Channel | undefined;
  /** Threads that were told to end. */
  #told = 0;
  #rounds = 0;
  #bytes = 0;
  #jobs = 0;
  #failure: TesseraError | undefined;

  constructor(config: SpuConfig, o: SpuPlaces) {
    this.#config = config;
    this.#o = o;
    this.#id = o.nextId();
    // Before anything is started: every party has a node, or the call that made the SPU throws.
    const nodes = new Map(config.parties.map((party) => [party, o.place(party)]));
    const start: StartThread = (duty, ports, events) => {
      for (const port of ports.values()) port.close();
      return this.#start(duty, nodes.get(duty.self) ?? o.place(undefined), events);
    };
    this.#threads = new SpuThreads(config, undefined, { start });
    this.ready = this.#threads.ready;
    this.#place().catch((e: unknown) => this.#fail(e));
  }

  get memory(): readonly number[] {
    return this.#threads.memory;
  }

  info(): SpuInfo {
    return {
      name: this.#id,
      parties: Object.fromEntries([...this.#remotes].map(([party, { node }]) => [party, node])),
      rounds: this.#rounds,
      bytes: this.#bytes,
      jobs: this.#jobs,
      running: this.#failure ? `failed: ${this.#failure.message}` : ([...this.#running][0] ?? null),
    };
  }

  #start(duty: Duty, node: string, events: ThreadEvents): RunningThread {
    let exited = (): void => {};
    const ended = new Promise<void>((resolve) => {
      exited = resolve;
    });
    this.#remotes.set(duty.self, { duty, node, events, early: [], exited, tag: 0, over: false });
    return {
      exited: ended,
      post: (message: ToThread) => this.#post(duty.self, message),
      hold: () => {},
      terminate: () => this.#end(duty.self),
    };
  }

  #post(name: string, message: Control): void {
    const remote = this.#remotes.get(name)!;
    if (this.#control === undefined) remote.early.push(message);
    else Promise.resolve(this.#control.send(name, remote.tag++, encode(message))).catch(() => {});
    if (message.kind === 'close') this.#leave();
  }

  /** The last word was sent to all: the ends of a link close it together. */
  #leave(): void {
    if (++this.#told < this.#remotes.size || this.#transport === undefined) return;
    const gone = () => {
      for (const name of this.#remotes.keys()) this.#exit(name);
    };
    this.#transport.close().then(gone, gone);
  }

  /** Threads on the nodes; then links, from the first name on, since of two parties the later one dials; then ours. */
  async #place(): Promise<void> {
    const { taskClient, driver, nextId } = this.#o;
    const spu = this.#id;
    const own = createIdentity();
    const text = `SPU(${this.#config.parties.join(', ')})`;
    const names = [...this.#remotes.keys()].sort();
    const identities: Record<string, string> = { [DRIVER]: identityText(own) };
    const parties: Record<string, Mutable<SpuLinks['parties'][string]>> = { [DRIVER]: {} };
    await Promise.all(
      names.map(async (name) => {
        const { node, duty } = this.#remotes.get(name)!;
        const tag = duty.kind === 'party' ? name : null;
        const order = {
          id: nextId(),
          driver,
          spu,
          name,
          kind: 'spu-prepare',
          tag,
          text: `${text}: ${name}`,
          build: BUILD,
        };
        const { value } = await taskClient.order(node, order);
        const { identity, host } = value as { identity: string; host: string };
        identities[name] = identity;
        const given = this.#config.places?.[duty.rank];
        const listen = given?.listen;
        parties[name] = {
          address: given?.address ?? formatAddress({ host, port: 0 }),
          ...(listen !== undefined && { listenAddr: listen }),
        };
      }),
    );
    for (const name of names) {
      const { node, duty } = this.#remotes.get(name)!;
      const links: SpuLinks = { duty, parties, identities };
      const { value } = await taskClient.order(node, {
        id: nextId(),
        driver,
        spu,
        name,
        kind: 'spu-start',
        links,
      } as never);
      void this.#watch(name, node);
      const { port } = value as { port: number | null };
      const { host, port: wanted } = parseAddress(parties[name]!.address!, name);
      if (wanted === 0 && port !== null) parties[name] = { address: formatAddress({ host, port }) };
    }
    await this.#connect(own, parties, identities, names);
  }

  async #watch(name: string, node: string): Promise<void> {
    const { taskClient, driver, nextId } = this.#o;
    const order = { id: nextId(), driver, spu: this.#id, name, kind: 'spu-watch' };
    const why = await taskClient.order(node, order).then(
      ({ value }) => new TesseraError('PEER_LOST', String(value), { party: name, node }),
      (e: unknown) => e,
    );
    if (this.#told > 0) this.#exit(name);
    else this.#lost(name, why);
  }

  async #connect(
    own: ReturnType<typeof createIdentity>,
    parties: SpuLinks['parties'],
    identities: Readonly<Record<string, string>>,
    names: readonly string[],
  ): Promise<void> {
    const transport = await connect({
      self: DRIVER,
      parties,
      job: this.#id,
      identity: own,
      peerIdentities: identities,
      configDigest: { spu: this.#id },
      peerTimeoutMs: LOST_MS,
    });
    this.#transport = transport;
    transport.on('peer', ({ party, state, error }) => {
      if (state === 'lost') this.#lost(party, error ?? new TesseraError('PEER_LOST', 'its link is lost'));
      if (state === 'closed' && this.#told === 0) this.#exit(party);
    });
    await transport.ready();
    this.#control = transport.channel('control', names);
    for (const name of names) {
      void this.#listen(name, this.#control);
      for (const message of this.#remotes.get(name)!.early.splice(0)) this.#post(name, message);
    }
  }

  async #listen(name: string, control: Channel): Promise<void> {
    const { events } = this.#remotes.get(name)!;
    try {
      for (let n = 0; ; n++) {
        const report = decode(await control.recv(name, n)) as Report;
        if (report.kind === 'described') this.#described(report.key)?.resolve(report);
        else if (report.kind === 'undescribed')
          this.#described(report.key)?.reject(unpackError(report.error));
        else if (report.kind === 'kept') this.#settled(report.number)?.resolve(report.value);
        else if (report.kind === 'unkept') this.#settled(report.number)?.reject(unpackError(report.error));
        else events.message(report);
      }
    } catch (e) {
      // After the last word nothing more is heard, and who was told to end is not lost.
      if (this.#told === 0) this.#lost(name, e);
    }
  }

  #described(key: string): Waiting | undefined {
    const waiting = this.#describing.get(key);
    this.#describing.delete(key);
    return waiting;
  }

  #settled(number: number): Ordered | undefined {
    const ordered = this.#ordered.get(number);
    this.#ordered.delete(number);
    return ordered;
  }

  /** What keeps a party's parts of checkpoints, on its node's disk. */
  keeper(party: string, storageKey: string): Keeper {
    const job = this.#o.nextId();
    return new RemoteKeeper(job, (order) => {
      if (this.#failure) return Promise.reject(this.#failure);
      const number = this.#nextOrder++;
      return new Promise((resolve, reject) => {
        this.#ordered.set(number, { resolve, reject });
        this.#post(party, { kind: 'keeper', number, job, storageKey, order });
      });
    });
  }

  /** Reads a value at its party's node, which keeps it for the job that masks it. */
  async describe(party: string, key: string, text: string, ref: Ref): Promise<Described> {
    if (this.#failure) throw this.#failure;
    const described = new Promise<Described>((resolve, reject) => {
      this.#describing.set(key, { resolve, reject });
    });
    this.#post(party, { kind: 'describe', key, text, from: ref.at });
    const { def, types } = await described;
    return { def, types };
  }

  /** A node is gone: so are the parties that it had. */
  nodeLost(node: string): void {
    for (const [name, remote] of this.#remotes)
      if (remote.node === node)
        this.#lost(name, new TesseraError('PEER_LOST', `its node ${node} is gone`, { party: name, node }));
  }

  #lost(name: string, error: unknown): void {
    const remote = this.#remotes.get(name)!;
    if (remote.over) return;
    const failure = error instanceof TesseraError ? error : unpackError(packError(error));
    this.#failure ??= failure;
    for (const key of this.#describing.keys()) this.#described(key)!.reject(failure);
    for (const number of this.#ordered.keys()) this.#settled(number)!.reject(failure);
    remote.events.error(failure);
    this.#exit(name);
  }

  #exit(name: string): void {
    const remote = this.#remotes.get(name)!;
    if (remote.over) return;
    remote.over = true;
    remote.events.exit(0);
    remote.exited();
  }

  #fail(error: unknown): void {
    for (const name of this.#remotes.keys()) this.#lost(name, error);
  }

  /** Ends a thread, whether its node can still be told or not: it ends what a program had that has gone. */
  #end(name: string): Promise<void> {
    const remote = this.#remotes.get(name)!;
    remote.ending ??= this.#ends(name, remote);
    return remote.ending;
  }

  async #ends(name: string, { node }: Remote): Promise<void> {
    const { taskClient, driver, nextId } = this.#o;
    this.#exit(name);
    const order = { id: nextId(), driver, spu: this.#id, name, kind: 'spu-end' };
    if (taskClient.reached) await farewell(taskClient.order(node, order));
    if (![...this.#remotes.values()].every((r) => r.over)) return;
    // Nobody is left who would hear the rest.
    await this.#transport?.close(0);
  }

  async run(work: Work): Promise<Outcome> {
    const what = calledAs(work.op);
    this.#running.add(what);
    try {
      const outcome = await this.#threads.run(work);
      const known = outcome.stats.filter((s) => s !== undefined);
      this.#jobs++;
      this.#rounds += Math.max(0, ...known.map((s) => s.rounds));
      this.#bytes += known.reduce((sum, s) => sum + s.bytes, 0);
      return outcome;
    } catch (e) {
      // A party that went with its node is lost, and did not fail.
      if (e instanceof TesseraError && this.#failure?.code === 'PEER_LOST')
        throw new TesseraError('PEER_LOST', e.message, e.info, e);
      throw e;
    } finally {
      this.#running.delete(what);
    }
  }

  /** In a simulation the program drives all parties, and could see what each holds. */
  export(ids: readonly number[], rank: number): Promise<Exported> {
    return this.#threads.export(ids, rank);
  }

  free(ids: readonly number[]): void {
    this.#threads.free(ids);
  }

  async close(reason: TesseraError): Promise<void> {
    this.#failure ??= new TesseraError('CLOSED', 'the SPU was shut down here', reason.info);
    for (const number of this.#ordered.keys()) this.#settled(number)!.reject(reason);
    await this.#threads.close(reason);
    await Promise.all([...this.#remotes.keys()].map((name) => this.#end(name)));
  }
}
