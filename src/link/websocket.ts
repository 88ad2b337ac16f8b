/**
 * @file The transport of production: parties on different machines, a WebSocket per pair, mutual TLS.
 *
 * `connect` opens the port and begins to dial; `ready` waits for all peers. From then on a dropped connection is
 * mended unseen, and a peer that stays away for `peerTimeoutMs` makes everything that waits for it reject.
 */
import type { TLSSocket } from 'node:tls';
import { bindingOf, checkPartyCertificate } from '#sockets';
import { BUILD } from '../build.ts';
import { TesseraError } from '../errors.ts';
import { Awake } from './awake.ts';
import type { Ticker } from './clock.ts';
import { Computing } from './computing.ts';
import { digestConfig } from './config.ts';
import type { Connection } from './connection.ts';
import { Dialler, type DiallerEvents, resumeOf } from './dialler.ts';
import { type Environment, environment as usual } from './environment.ts';
import {
  type AbortReason,
  abortReason,
  ConnectError,
  closedHere,
  lostUs,
  partyFailed,
  peerLost,
} from './failures.ts';
import { answerHandshake, type Established, type Local, NO_BINDING } from './handshake.ts';
import { type Hello, refusalIn } from './handshake-messages.ts';
import { Holding } from './holding.ts';
import { identityText } from './identity.ts';
import type { Channel } from './link.ts';
import { type Plan, planOf, type WebSocketTransportOptions } from './link-options.ts';
import { type Carrier, ChannelTable, othersOf } from './mailbox.ts';
import { PeerSession } from './peer-session.ts';
import { PeerStates } from './peer-states.ts';
import { waitAtRelay } from './relay-wait.ts';
import { whereOf } from './report.ts';
import { checkReturn } from './return.ts';
import type { Lease } from './sockets.ts';
import { Unreachable } from './unreachable.ts';
import type { TransportEvents, WebSocketTransport } from './websocket-transport.ts';
import type { Acceptor } from './welcome.ts';

export type { PartyAddress, WebSocketTransportOptions } from './link-options.ts';
export type { TransportEvents, WebSocketTransport } from './websocket-transport.ts';

/** How long `close` waits for a peer without a connection; one that reads slowly gets more. */
const CLOSE_MS = 5_000;
/** So long after `readyTimeoutMs` a peer that never came is lost: `ready`, if somebody waits there, says first who is missing. */
const READY_GRACE_MS = 1_000;

class Link implements WebSocketTransport, Carrier, Acceptor {
  readonly self: string;
  readonly parties: readonly string[];
  readonly job: string;
  readonly party: string;
  readonly #plan: Plan;
  readonly #environment: Environment;
  readonly #local: Local;
  readonly #table: ChannelTable;
  readonly #sessions = new Map<string, PeerSession>();
  readonly #peers: PeerStates;
  readonly #admitted = new Map<string, number>();
  /** Identities of peers that came by an invitation: nobody else may take their place in this session. */
  readonly #met = new Map<string, Uint8Array>();
  readonly #dialler: Dialler;
  readonly #started: number;
  #lease: Lease | undefined;
  /** What another party has said of its failure. */
  #failure: TesseraError | undefined;
  #beats: Ticker | undefined;
  #lastBeat: number;
  #closing: Promise<void> | undefined;
  readonly #ended = new AbortController();
  readonly #holding = new Holding();
  readonly #unreachable = new Unreachable();
  readonly computing: Computing;
  readonly #awake = new Awake(() => this.#table.waits > 0);

  constructor(plan: Plan, environment: Environment) {
    this.#plan = plan;
    this.#environment = environment;
    this.#started = environment.clock.elapsed();
    this.#lastBeat = this.#started;
    this.self = plan.self;
    this.party = plan.self;
    this.job = plan.job;
    this.parties = plan.parties;
    this.#table = new ChannelTable(this);
    this.#peers = new PeerStates(plan.self, environment.clock);
    this.computing = new Computing(this.#sessions, environment.clock, plan.heartbeatMs);
    this.#local = {
      self: plan.self,
      job: plan.job,
      identity: plan.identity,
      instance: environment.keys.random(16),
      build: BUILD,
      config: digestConfig(plan.config, plan.job),
      window: plan.window,
      maxFrameBytes: plan.maxFrameBytes,
      expects: (peer) => plan.pinned.get(peer) ?? this.#met.get(peer),
      invitation: plan.invitation,
      allowUnauthenticated: plan.allowUnauthenticated,
      keys: environment.keys,
    };
    const events: DiallerEvents = {
      retrying: (peer, error) => this.#retrying(peer, error),
      doubtful: (peer, error) => this.#doubtful(peer, error),
      giveUp: (session, error) => this.#giveUp(session, error),
      establish: (session, connection, established) => this.#establish(session, connection, established),
    };
    this.#dialler = new Dialler(plan, this.#local, events, environment);
    for (const peer of othersOf(plan.parties, plan.self)) this.#addPeer(peer);
  }

  get identities(): Readonly<Record<string, string>> {
    const known = [...this.#met, ...this.#plan.pinned];
    return Object.fromEntries(known.map(([peer, publicKey]) => [peer, identityText({ publicKey })]));
  }
  get port(): number | undefined {
    return this.#lease?.port;
  }
  get held(): number {
    let sum = 0;
    for (const session of this.#sessions.values()) sum += session.held;
    return sum;
  }

  hold(on: boolean): void {
    this.#beats?.hold(on);
    this.#lease?.hold(on);
    this.#holding.hold(on);
  }

  #retrying(peer: string, error: ConnectError): void {
    this.#unreachable.failed(peer, error);
    this.#peers.note(peer, 'retrying', error);
  }

  #doubtful(peer: string, error: ConnectError): void {
    if (!this.#sessions.get(peer)!.everConnected) this.#peers.doubtful(peer, error);
  }

  #addPeer(peer: string): void {
    const address = this.#plan.dials.get(peer);
    this.#peers.add(peer, whereOf(address, this.#plan.waits.has(peer)));
    const events = {
      up: (resumed: boolean) => this.#peers.note(peer, resumed ? 'resumed' : 'up'),
      down: (why: string) => {
        this.#peers.note(peer, 'down', new ConnectError('closed', why));
        this.#dialler.redial(session);
      },
      lost: (failure: ReturnType<typeof peerLost>, why: string) => {
        this.#table.failPeer(peer, failure);
        if (this.#closing !== undefined || why === 'closed') return;
        const before = this.#peers.errorOf(peer);
        this.#peers.note(
          peer,
          'lost',
          before instanceof ConnectError && !session.everConnected ? before : failure(),
        );
      },
      aborted: (reason: AbortReason) => {
        const seen = (party: string) => this.#sessions.get(party)?.lastSeen;
        const failure = reason.about === this.self ? lostUs(reason, seen) : partyFailed(reason);
        for (const other of this.#sessions.keys()) this.#table.failPeer(other, failure, true);
        if (this.#failure === undefined) this.#passOn(peer, reason);
        this.#failure ??= failure();
        this.#peers.wake();
        this.#peers.emit((listener) => listener.abort?.(failure()));
      },
      computes: () => this.computing.on,
      silent: (ms: number) => this.#peers.silent(peer, ms, this.#plan.peerTimeoutMs),
      absent: (why: string, lastSeen: number) => this.#unreachable.failureOf(peer, why, lastSeen),
      bye: () => {
        this.#table.failPeer(peer, peerLost(peer, 'it has closed its link', this.#environment.clock.now()));
        this.#peers.note(peer, 'closed');
      },
    };
    const session = new PeerSession(peer, this.#table, this.#plan, events, this.#environment.clock);
    this.#sessions.set(peer, session);
  }

  /** This party ends too, and may be heard before the one that failed: it says whose end it is. */
  #passOn(from: string, { about = from, via = from, ...reason }: AbortReason): void {
    const heard: AbortReason = { ...reason, party: this.self, about, via };
    for (const [peer, session] of this.#sessions) if (peer !== from) session.abort(heard);
  }

  async start(): Promise<void> {
    const { listen: address, tls, signal } = this.#plan;
    signal?.throwIfAborted();
    if (address !== undefined) this.#lease = await this.#environment.sockets.listen(address, this, tls);
    const { clock } = this.#environment;
    this.#beats = clock.every(Math.min(this.#plan.heartbeatMs / 2, 500), () => this.#beat());
    signal?.addEventListener('abort', this.#onSignal, { once: true });
    for (const peer of this.#plan.dials.keys()) this.#dialler.redial(this.#sessions.get(peer)!);
    for (const [peer, place] of this.#plan.waits)
      void waitAtRelay(peer, place, this.#waiting, this.#ended.signal, this.#environment);
  }

  readonly #waiting = {
    accept: (connection: Connection, raw: Uint8Array, hello: Hello) =>
      this.accept(connection, raw, hello, undefined),
    failed: (peer: string, error: ConnectError) => {
      if (!this.#sessions.get(peer)!.connected) this.#retrying(peer, error);
    },
    opened: (peer: string, connection: Connection) => {
      this.#unreachable.reached(peer);
      this.#holding.opened(`${peer} at the relay`, connection);
    },
    wanted: (peer: string) => !this.#sessions.get(peer)!.over,
  };

  readonly #onSignal = () => {
    const reason: unknown = this.#plan.signal?.reason;
    this.abort(new TesseraError('CLOSED', 'cancelled', {}, reason)).then(() => this.close());
  };

  channel(name: string, peers: readonly string[]): Channel {
    if (this.#closing !== undefined) throw closedHere(`the link of "${this.self}"`)();
    return this.#table.open(name, peers, this.parties);
  }

  carry(to: string, key: string, tag: number, bytes: Uint8Array): Promise<void> | void {
    // A view of larger memory (of wasm, say) may change before the peer has it: only whole buffers change hands.
    const owned = bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
    return this.#sessions.get(to)!.send(key, tag, owned);
  }

  taken(from: string, key: string, bytes: number): void {
    this.#sessions.get(from)!.taken(key, bytes);
    this.#awake.taken(key);
  }

  waiting(from: string, key: string): void {
    this.#sessions.get(from)!.waiting(key);
    if (this.#plan.spin) this.#awake.waiting(key);
  }

  closed(key: string, peers: readonly string[]): void {
    for (const peer of peers) this.#sessions.get(peer)?.channelClosed(key);
  }

  on<E extends keyof TransportEvents>(event: E, listener: TransportEvents[E]): () => void {
    return this.#peers.on(event, listener);
  }

  ready(timeoutMs = this.#plan.readyTimeoutMs): Promise<void> {
    return this.#peers.ready(timeoutMs, [...this.#sessions.values()], () => ({
      closing: this.#closing !== undefined,
      failure: this.#failure,
    }));
  }

  async abort(error: unknown): Promise<void> {
    if (this.#closing !== undefined) return;
    const reason = abortReason(this.self, error);
    for (const session of this.#sessions.values()) session.abort(reason);
  }

  close(patienceMs?: number): Promise<void> {
    this.#closing ??= this.#close(patienceMs);
    return this.#closing;
  }

  async #close(patienceMs: number | undefined): Promise<void> {
    this.#plan.signal?.removeEventListener('abort', this.#onSignal);
    this.#peers.wake();
    const gone = closedHere(`the link of "${this.self}"`);
    for (const peer of this.#sessions.keys()) this.#table.failPeer(peer, gone, true);
    const goneMs = patienceMs ?? CLOSE_MS;
    const stalledMs = patienceMs ?? Math.max(CLOSE_MS, this.#plan.peerTimeoutMs / 2);
    await Promise.all(
      [...this.#sessions.values()].map(async (session) => {
        const left = await session.finish(goneMs, stalledMs);
        if (left === 0) return;
        const text = `"${this.self}" closed before "${session.peer}" had taken ${left} bytes`;
        this.#peers.note(
          session.peer,
          'lost',
          new TesseraError('LINK', text, { party: session.peer, bytes: left }),
        );
      }),
    );
    for (const session of this.#sessions.values()) session.end(gone, 'closed', true);
    this.#dialler.stop();
    this.#ended.abort();
    this.#beats?.end();
    await this.#lease?.release();
  }

  /** The listener's side. What it throws is told to the dialler. */
  async accept(
    connection: Connection,
    raw: Uint8Array,
    hello: Hello,
    socket: TLSSocket | undefined,
  ): Promise<void> {
    const peer = hello.from;
    const session = this.#sessions.get(peer);
    if (session === undefined || !(this.#plan.accepts.has(peer) || this.#plan.waits.has(peer))) {
      throw new ConnectError('party', `"${this.self}" expects no connection from a party "${peer}"`);
    }
    if (session.over)
      throw new ConnectError('not-ready', `"${this.self}" has ended its session with "${peer}"`);
    try {
      const binding = this.#checkCertificate(peer, socket);
      let turn = 0;
      const established = await answerHandshake(
        connection,
        this.#local,
        raw,
        binding,
        resumeOf(session),
        (proven) => {
          checkReturn(session, proven, this.#local, this.#plan.peerTimeoutMs);
          turn = (this.#admitted.get(peer) ?? 0) + 1;
          this.#admitted.set(peer, turn);
          session.detach('replaced by a new connection');
          return session.received;
        },
      );
      if (session.over || this.#admitted.get(peer) !== turn)
        throw new ConnectError('not-ready', 'another connection was faster');
      this.#establish(session, connection, established);
    } catch (error) {
      if (error instanceof ConnectError) {
        // Who is here is none the worse for it.
        if (!session.connected) this.#peers.note(peer, 'retrying', error);
        // Waiting mends neither a configuration nor a build, of a peer that has proved who it is.
        const lasting = error.reason === 'config' || error.reason === 'build';
        if (lasting && error.info.proved === true && !session.everConnected) this.#giveUp(session, error);
        else if (!error.passing && !session.connected) this.#doubtful(peer, error);
      }
      throw error;
    }
  }

  #giveUp(session: PeerSession, { code, message, info }: ConnectError): void {
    session.end(
      (waitingFor) => new TesseraError(code, message, { ...info, party: session.peer, waitingFor }),
      message,
    );
  }

  #checkCertificate(peer: string, socket: TLSSocket | undefined) {
    const { tls } = this.#plan;
    if (socket === undefined || tls === undefined) return NO_BINDING;
    const trust = tls.peers.get(peer);
    const certificate = socket.getPeerCertificate(true);
    const shown = certificate?.raw !== undefined;
    if (trust === undefined) return NO_BINDING;
    if (!shown || !socket.authorized) {
      const why = shown ? String(socket.authorizationError) : 'none was shown';
      throw new ConnectError('tls', `"${peer}" must show a client certificate that is valid here (${why})`);
    }
    checkPartyCertificate(trust, certificate);
    return bindingOf(socket, tls.own, false);
  }

  #establish(session: PeerSession, connection: Connection, { peer, received, seal }: Established): void {
    connection.secure(seal);
    if (this.#plan.invitation !== undefined) this.#met.set(session.peer, peer.identity);
    this.#holding.opened(session.peer, connection);
    session.attach(connection, peer.instance, peer.window, received);
    connection.start({
      packet: (head, body) => {
        const refusal = refusalIn(head);
        if (refusal === undefined) session.receive(connection, head, body);
        else session.detach(refusal, connection);
      },
      drain: () => session.pump(),
      closed: (why) => session.detach(why, connection),
    });
  }

  refused(from: string, why: string): void {
    this.#peers.refused(from, why);
  }

  #beat(): void {
    const now = this.#environment.clock.elapsed();
    // A long computation here keeps us from hearing; that is not the peers' silence.
    const late = now - this.#lastBeat - this.#plan.heartbeatMs;
    this.#lastBeat = now;
    this.computing.look();
    for (const session of this.#sessions.values()) {
      if (late > 0) session.excuse(late);
      session.beat();
      const over = now - this.#started > this.#plan.readyTimeoutMs + READY_GRACE_MS;
      if (over && !session.everConnected && !session.over) {
        const error = this.#peers.errorOf(session.peer);
        const why = `it did not come up within ${this.#plan.readyTimeoutMs} ms${error === undefined ? '' : ` (${error.message})`}`;
        session.end(peerLost(session.peer, why), why);
      }
    }
  }
}

/** Opens this party's end of the link: checks the options, listens, begins to dial. */
export const connect = async (
  options: WebSocketTransportOptions,
  environment: Environment = usual,
): Promise<WebSocketTransport> => {
  const link = new Link(planOf(options), environment);
  await link.start();
  return link;
};
