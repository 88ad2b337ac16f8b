/** @file Production: this program is one party's; the others run theirs, and the programs meet over the network. */

import { filesOf, observed, onEmpty, onEnd, openLinks, openStored, startNode } from '#device-runtime';
import { TesseraError } from '../../errors.ts';
import { createCodec } from '../../link/codec.ts';
import type { Channel } from '../../link/link.ts';
import type { WebSocketTransport } from '../../link/websocket.ts';
import { log } from '../../log.ts';
import type { SpuConfig } from '../cluster-def.ts';
import type { Observation } from '../device-runtime.ts';
import { failedAt } from '../failing.ts';
import { LocalKeeper } from '../keeper.ts';
import type {
  Computes,
  Described,
  Keeper,
  Lines,
  Mode,
  PartyFiles,
  SessionFigures,
  SpuBackend,
} from '../mode.ts';
import { type Op, quietly } from '../operation.ts';
import './array-codec.ts';
import type { BeaverType } from '../runtime-config.ts';
import { Breaker } from './breaker.ts';
import { Calls } from './calls.ts';
import { checkDealing } from './dealing.ts';
import { dedicatedLinks } from './dedicated-links.ts';
import { Exchange, type Kind } from './exchange.ts';
import { afterFailure, dealerGone, fromAbort, left, shown } from './failure.ts';
import { Journal } from './journal.ts';
import { neverCalled } from './never-called.ts';
import { type Order, packOrder } from './orders.ts';
import { withOwnIdentity } from './own-identity.ts';
import type { Production } from './production-options.ts';
import type { PartyNode } from './spu-node.ts';
import { Underway } from './underway.ts';

/** What a session takes from its surroundings beside links. */
const around = { filesOf, onEnd };

export class ProductionMode implements Mode {
  readonly name = 'production';
  readonly parties: readonly string[];
  readonly self: string;
  readonly #files: PartyFiles;
  readonly dealer: BeaverType;
  readonly #o: Production;
  readonly #transport: WebSocketTransport;
  readonly #exchange: Exchange;
  readonly #journal: Journal;
  readonly #orders: Channel | undefined;
  readonly #nodes: PartyNode[] = [];
  readonly #breaker = new Breaker();
  readonly #underway: Underway;
  readonly #calls = new Calls();
  /** All links of the session: its own, and those of SPUs at other addresses. */
  readonly #links: WebSocketTransport[];
  readonly #forget: (() => void)[] = [];
  readonly #seen: Observation | undefined;
  readonly failed: Promise<TesseraError>;
  #reportFailure: (error: TesseraError) => void = () => {};
  #nextOrder = 0;
  #failure: TesseraError | undefined;
  #closing = false;

  constructor(
    o: Production,
    transport: WebSocketTransport,
    { filesOf, onEnd } = around,
    seen: Observation | undefined = undefined,
  ) {
    this.#o = o;
    this.#seen = seen;
    this.failed = new Promise((resolve) => {
      this.#reportFailure = resolve;
    });
    this.self = o.self;
    this.parties = o.parties;
    this.#transport = transport;
    this.#links = [transport];
    this.#files = filesOf(o);
    const third = (o.dealer ?? o.storedMaterial?.dealer) !== undefined;
    const none = o.allowTrustedFirstParty && !o.storedMaterial ? 'TrustedFirstParty' : 'MultiParty';
    this.dealer = third ? 'TrustedThirdParty' : none;
    const peers = o.parties.filter((p) => p !== o.self);
    const codec = createCodec({ allowed: o.allowedList });
    this.#exchange = new Exchange(transport.channel('objects', peers), codec, o.crossSilo.exposeErrors);
    this.#journal = new Journal(this.#exchange, (e) => this.#fail(e));
    this.#underway = new Underway(o.crossSilo.opTimeoutMs, {
      busy: (on) => {
        if (!this.#closing) this.#hold(on);
      },
      late: (late, awaited) =>
        this.#fail(neverCalled(late, awaited, this.#journal, o.crossSilo.opTimeoutMs!)),
    });
    this.#orders = o.dealer === undefined ? undefined : transport.channel('orders', [o.dealer]);
    transport.on('abort', (e) => this.#fail(fromAbort(e), false));
    transport.on('peer', ({ party, state, error }) => {
      if (state === 'lost' && !this.#closing) this.#fail(error as TesseraError);
      else if (state === 'closed' && party === o.dealer && !this.#closing) this.#fail(dealerGone(party));
    });
    this.#exchange.start((peer, e) => {
      // Who has come to its end may leave while this party is still on its way.
      if (this.#closing) this.#exchange.failPeer(peer, e);
      else this.#fail(e);
    });
    const stopped = (why: string, cause?: unknown) =>
      this.#fail(new TesseraError('CLOSED', `${o.self} was stopped: ${why}`, { party: o.self }, cause));
    this.#forget.push(onEnd((signal) => this.#fail(left(o.self, signal))));
    const cancel = () => stopped('its AbortSignal was set off', o.signal?.reason);
    o.signal?.addEventListener('abort', cancel, { once: true });
    this.#forget.push(() => o.signal?.removeEventListener('abort', cancel));
  }

  /** Nobody can go on: what waits here is rejected, and the others are told. */
  #fail(error: TesseraError, tell = true): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#seen?.failed(error);
    if (!this.#closing) this.#reportFailure(error);
    this.#exchange.fail(error);
    this.#breaker.break(error);
    for (const node of this.#nodes) node.fail(error);
    const told = tell
      ? this.#transport.abort(shown(error, this.#o.crossSilo.exposeErrors)).catch(() => {})
      : Promise.resolve();
    if (!this.#closing) afterFailure(this.#o, error, told);
  }

  /** Whether the links keep the program from ending: they do while an operation is under way. */
  #hold(on: boolean): void {
    for (const links of this.#links) links.hold(on);
  }

  observe(figures: () => SessionFigures): void {
    this.#seen?.session(figures);
  }

  atEnd(end: () => Promise<void>): void {
    this.#forget.push(onEmpty(end));
  }

  #expect<T>(from: string, kind: Kind, key: string, op: Op): Promise<T> {
    return this.#underway.track(op, [from], this.#exchange.expect<T>(from, kind, key));
  }

  /** Work of this program's own, or that of an SPU's parties together. */
  #own<T>(work: Promise<T>, op: Op, awaited: readonly string[] = []): Promise<T> {
    return this.#underway.track(op, awaited, this.#breaker.guard(work, op));
  }

  get #others(): readonly string[] {
    return this.#exchange.peers;
  }

  issued(op: Op, detail: string): void {
    if (this.#failure) throw this.#failure;
    this.#journal.issued(op, detail);
  }

  agree(op: Op, program: string): void {
    this.#journal.program(op, program);
  }

  perform<T>(party: string, key: string, op: Op, work: () => Promise<T>): Promise<T> {
    if (party !== this.self) return this.#expect<T>(party, 'status', key, op);
    const done = this.#own(work(), op);
    this.#report(done, this.#others, 'status', key, op, () => undefined);
    return done;
  }

  called(op: Op, needs: readonly Promise<unknown>[], results: readonly Promise<unknown>[]): void {
    this.#calls.made(op.number, needs, results);
  }

  computes(op: Op): Computes {
    const links = this.#links.flatMap(({ computing }) => computing ?? []);
    const told = links.flatMap((computing) => computing.begins() ?? []);
    return {
      told: told.length === 0 ? undefined : Promise.all(told),
      goesOn: () => this.#calls.goesOn(op.number),
      ended: () => {
        for (const computing of links) computing.ends();
      },
    };
  }

  move<T>(from: string, to: string, key: string, op: Op, value: Promise<T>): Promise<T> {
    if (this.self === to) return this.#expect<T>(from, 'value', key, op);
    if (this.self !== from) return this.#expect<T>(from, 'status', key, op);
    const third = this.#others.filter((p) => p !== to);
    this.#report(value, third, 'status', key, op, () => undefined);
    const sent = this.#report(value, [to], 'value', key, op, (v) => v).then(() => undefined as T);
    return this.#underway.track(op, [], quietly(sent));
  }

  share<T>(holders: readonly string[], key: string, op: Op, value: () => Promise<T>): Promise<T> {
    if (!holders.includes(this.self)) return this.#expect<T>(holders[0]!, 'value', key, op);
    const known = this.#own(
      value(),
      op,
      holders.filter((p) => p !== this.self),
    );
    if (holders[0] !== this.self) return known;
    const rest = this.#others.filter((p) => !holders.includes(p));
    return quietly(this.#report(known, rest, 'value', key, op, (v) => v).then(() => known));
  }

  show<T>(party: string, key: string, op: Op, value: () => Promise<T>): Promise<T> {
    const asSent = async (): Promise<T> => {
      const known = await value();
      try {
        return this.#exchange.asSent(known) as T;
      } catch (e) {
        throw failedAt(party, op, e, { party });
      }
    };
    return this.share([party], key, op, asSent);
  }

  keeper(_party: string, rank: number, backend: SpuBackend): Keeper {
    return new LocalKeeper(this.#files, (ids) => backend.export(ids, rank));
  }

  announce<T>(party: string, key: string, op: Op, work: () => Promise<T>): Promise<T> {
    if (party !== this.self) return this.#expect<T>(party, 'form', key, op);
    const known = this.#own(work(), op);
    this.#report(known, this.#others, 'form', key, op, (v) => v);
    return known;
  }

  describe(party: string, key: string, op: Op, work: () => Promise<Described>): Promise<Described> {
    if (party !== this.self) return this.#expect<Described>(party, 'form', key, op);
    const described = this.#own(work(), op);
    this.#report(described, this.#others, 'form', key, op, ({ def, types }) => ({ def, types }));
    return described;
  }

  /** Tells `to` what a promise came to; rejects if it cannot be told (not allowed, or nobody there). */
  #report<T>(
    promise: Promise<T>,
    to: readonly string[],
    kind: 'value' | 'status' | 'form',
    key: string,
    op: Op,
    show: (value: T) => unknown,
  ): Promise<void> {
    const told = promise.then(
      async (value) => {
        try {
          const shown = show(value);
          await this.#exchange.push(to, kind, key, kind === 'value' ? shown : (shown ?? null));
        } catch (cause) {
          const e = failedAt(this.self, op, cause, { party: this.self });
          await this.#exchange.pushFailure(to, kind, key, op, e).catch(() => {});
          throw e;
        }
      },
      async (e) => {
        await this.#exchange.pushFailure(to, kind, key, op, e).catch(() => {});
        throw e;
      },
    );
    return quietly(told);
  }

  spu(config: SpuConfig, op: Op): SpuBackend | undefined {
    const { parties } = config;
    const { third, stored } = checkDealing(config, this.#o);
    if (!parties.includes(this.self)) return undefined;
    const places = dedicatedLinks(config, this.#o, op);
    const dedicated = places && openLinks(places);
    dedicated?.then((links) => this.#links.push(links)).catch(() => {});
    const node = startNode({
      transport: this.#transport,
      dedicated,
      config,
      op,
      dealer: third && !stored ? this.#o.dealer : undefined,
      stored:
        stored &&
        ((channel, ring) =>
          openStored({
            ...stored,
            identity: this.#o.identity!,
            job: this.#o.job,
            self: this.self,
            config,
            channel,
            ring,
          })),
      order: (order) => this.#order(order),
      failed: (e) => {
        if (!this.#closing)
          this.#fail(
            e instanceof TesseraError ? e : new TesseraError('PARTY_FAILED', String(e), { op: op.number }, e),
          );
      },
    });
    this.#nodes.push(node);
    return this.#watched(
      node,
      op,
      parties.filter((p) => p !== this.self),
    );
  }

  /** An engine whose work counts as under way. */
  #watched(node: PartyNode, op: Op, others: readonly string[]): SpuBackend {
    return {
      ready: this.#underway.track(op, others, node.ready),
      get memory() {
        return node.memory;
      },
      run: (work) => this.#underway.track(work.op, others, node.run(work)),
      free: (ids) => node.free(ids),
      export: (ids, rank) => this.#underway.track(op, [], node.export(ids, rank)),
      close: (reason) => node.close(reason),
    };
  }

  #order(order: Order | 'end'): void {
    const send = async () => this.#orders!.send(this.#o.dealer!, this.#nextOrder++, packOrder(order));
    send().catch((e: unknown) => {
      if (!this.#closing) this.#fail(e as TesseraError);
    });
  }

  lines(op: Op, parties: readonly [string, string], count: number | undefined): ReadonlyMap<string, Lines> {
    if (!parties.includes(this.self)) return new Map();
    const { dealer } = this.#o;
    const id = `sets ${op.number} of ${parties.join(' and ')}`;
    const peers = parties.filter((p) => p !== this.self);
    const dealt = dealer !== undefined && count !== undefined;
    if (dealt) this.#order({ id, parties, count });
    const own = {
      channel: this.#transport.channel(id, peers),
      dealer: dealt ? this.#transport.channel(`dealer of ${id}`, [dealer]) : undefined,
    };
    return new Map([[this.self, own]]);
  }

  get identities(): Readonly<Record<string, string>> {
    return this.#transport.identities;
  }

  async rejoin(): Promise<Mode> {
    const { crossSilo, peerIdentities, dealer } = this.#o;
    const { peerTimeoutMs: readyTimeoutMs = GRACE_MS } = crossSilo;
    // A dealer may be another one, by the same right as the first.
    const met = Object.entries(this.identities).filter(([party]) => party !== dealer);
    const options = {
      ...this.#o,
      peerIdentities: { ...Object.fromEntries(met), ...peerIdentities },
      crossSilo: { ...crossSilo, readyTimeoutMs },
    };
    try {
      return await production(options);
    } catch (e) {
      if (!(e instanceof TesseraError) || e.code !== 'LINK') throw e;
      const late = `not everybody came back within ${readyTimeoutMs / 1000} s (crossSilo.peerTimeoutMs): ${e.message}`;
      throw new TesseraError('PEER_LOST', late, e.info, e);
    }
  }

  async barrier(op: Op): Promise<void> {
    await this.perform(this.self, `barrier ${op.number}`, op, async () => {});
    await Promise.all(
      this.#others.map((party) => this.perform(party, `barrier ${op.number}`, op, async () => {})),
    );
  }

  async close(closeSpus: () => Promise<void>, site?: string): Promise<void> {
    const [before, last] = [this.#failure, this.#journal.last];
    if (!before) this.#journal.ended(site);
    this.#closing = true;
    this.#hold(true);
    try {
      await this.#calls.begun();
      if (!this.#failure) {
        const end: Op = { number: 0, what: 'shutdown', site: undefined };
        // Who is on its way still hears from here whose loss it is: this link will be closed before it finds out by itself.
        await this.barrier(end).catch((e: TesseraError) => this.#fail((e.cause as TesseraError) ?? e));
      }
      if (!this.#failure) await closeSpus();
      else void closeSpus().catch(() => {});
      if (this.#orders && !this.#failure) this.#order('end');
    } finally {
      for (const forget of this.#forget) forget();
      this.#underway.stop();
      await this.#transport.close().catch(() => {});
      await this.#seen?.close();
      this.#exchange.fail(new TesseraError('CLOSED', 'this session was shut down (this side)'));
    }
    const late = before ? undefined : this.#failure;
    if (late?.info.limitMs !== undefined) log('error', late.message, { code: late.code });
    if (late?.code !== 'DIVERGED') return;
    // Another program may go on where this one ends because of an error on its way out of this one, which ours must not hide.
    if (Number(late.info.op) <= last) throw late;
    log('error', late.message, { code: late.code });
  }
}

/** How long the others are waited for where they were lost. */
const GRACE_MS = 60_000;

/** Connects to the other parties. Rejects with one table of who is missing and why. */
export const production = async (options: Production): Promise<Mode> => {
  const o = withOwnIdentity(options);
  const seen = await observed(o, 'party');
  try {
    return new ProductionMode(o, await openLinks(seen?.options ?? o), around, seen);
  } catch (e) {
    await seen?.close();
    throw e;
  }
};
