/** @file The dialling half of a party: keeps trying as long as waiting can mend it, and says why when it cannot. */
import type { Connection } from './connection.ts';
import { ConnectError } from './failures.ts';
import {
  dialHandshake,
  type Established,
  type Hello,
  type Local,
  NO_BINDING,
  rejectPeer,
} from './handshake.ts';
import { sameBytes } from './identity.ts';
import type { Plan } from './options.ts';
import type { PeerSession } from './session.ts';
import { bindingOf, connectError, dial } from './sockets.ts';

export interface DiallerEvents {
  retrying(peer: string, error: ConnectError): void;
  giveUp(session: PeerSession, error: ConnectError): void;
  establish(session: PeerSession, connection: Connection, established: Established): void;
}

/** How long an attempt may take: a part of what the peer's absence may, so that a hole in the network costs one attempt. */
const LONGEST_ATTEMPT_MS = 10_000;
const LEAST_ATTEMPT_MS = 500;
const ATTEMPTS = 4;
/** Peers that start together miss each other by milliseconds. */
const FIRST_RETRY_MS = 4;
const LAST_RETRY_MS = 1_000;

/** What the next handshake of a session says about the ones before. */
export const resumeOf = (session: PeerSession): Hello['resume'] =>
  session.peerInstance === undefined
    ? undefined
    : { instance: session.peerInstance, received: session.received };

export class Dialler {
  readonly #plan: Plan;
  readonly #local: Local;
  readonly #events: DiallerEvents;
  readonly #busy = new Set<string>();
  readonly #stopped = new AbortController();

  constructor(plan: Plan, local: Local, events: DiallerEvents) {
    this.#plan = plan;
    this.#local = local;
    this.#events = events;
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** Tries until there is a connection, or no sense in trying. Does nothing if it is the peer who dials. */
  async redial(session: PeerSession): Promise<void> {
    const { peer } = session;
    const address = this.#plan.dials.get(peer);
    if (address === undefined || this.#busy.has(peer)) return;
    this.#busy.add(peer);
    let pause = FIRST_RETRY_MS;
    const wanted = () => !session.over && !session.connected && !this.#stopped.signal.aborted;
    while (wanted()) {
      try {
        await this.#once(session);
      } catch (cause) {
        if (!wanted()) break;
        const error = connectError(cause, peer, address);
        this.#events.retrying(peer, error);
        if (!this.#worthRetrying(error, session)) {
          this.#events.giveUp(session, error);
          break;
        }
        await sleep(pause * (0.75 + crypto.getRandomValues(new Uint8Array(1))[0]! / 512));
        pause = Math.min(pause * 1.6, LAST_RETRY_MS);
      }
    }
    this.#busy.delete(peer);
    if (wanted()) this.redial(session);
  }

  /**
   * Waiting ends by what is proved (a certificate, the peer's signature) or by the user's own timeout: whoever cuts a
   * connection, or answers in the peer's place, ends nothing.
   */
  #worthRetrying(error: ConnectError, session: PeerSession): boolean {
    if (error.reason === 'restarted') return false;
    return session.everConnected || error.passing || error.info.unproved === true;
  }

  #patience(session: PeerSession): number {
    const { peerTimeoutMs, readyTimeoutMs } = this.#plan;
    const whole = session.everConnected ? peerTimeoutMs : readyTimeoutMs;
    return Math.min(LONGEST_ATTEMPT_MS, Math.max(LEAST_ATTEMPT_MS, whole / ATTEMPTS));
  }

  async #once(session: PeerSession): Promise<void> {
    const { peer } = session;
    const { tls } = this.#plan;
    const trust = tls?.peers.get(peer);
    const { connection, socket } = await dial(
      peer,
      this.#plan.dials.get(peer)!,
      tls,
      trust,
      this.#stopped.signal,
      this.#patience(session),
    );
    try {
      const binding =
        socket !== undefined && tls !== undefined && trust !== undefined
          ? bindingOf(socket, tls.own, true)
          : NO_BINDING;
      const established = await dialHandshake(connection, this.#local, peer, binding, resumeOf(session));
      const known = session.peerInstance;
      if (known !== undefined && !sameBytes(known, established.peer.instance)) {
        throw new ConnectError('restarted', `"${peer}" was started anew and knows nothing of this session`);
      }
      if (session.over) throw new ConnectError('not-ready', `"${this.#plan.self}" has ended`);
      this.#events.establish(session, connection, established);
    } catch (error) {
      rejectPeer(connection, error);
      connection.close();
      throw error;
    }
  }
}

/** Does not keep a program alive that has closed its link, or that may end. */
export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms) as { unref?: () => void };
    timer.unref?.();
  });
