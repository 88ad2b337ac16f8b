/** @file The dialling half of a party: keeps trying as long as waiting can mend it, and says why when it cannot. */

import { bindingOf, connectError } from '#sockets';
import type { Connection } from './connection.ts';
import type { Environment } from './environment.ts';
import { ConnectError } from './failures.ts';
import { dialHandshake, type Established, type Local, NO_BINDING } from './handshake.ts';
import { type Hello, rejectPeer } from './handshake-messages.ts';
import { sameBytes } from './identity.ts';
import type { Plan } from './link-options.ts';
import type { PeerSession } from './peer-session.ts';

export interface DiallerEvents {
  retrying(peer: string, error: ConnectError): void;
  /** Somebody is there whom waiting may not mend, or a stranger who passes: it is tried on. */
  doubtful(peer: string, error: ConnectError): void;
  giveUp(session: PeerSession, error: ConnectError): void;
  establish(session: PeerSession, connection: Connection, established: Established): void;
}

/** How long an attempt may take: a part of what the peer's absence may, so that a hole in the network costs one attempt. */
const LONGEST_ATTEMPT_MS = 10_000;
const LEAST_ATTEMPT_MS = 500;
const ATTEMPTS = 4;
/** Peers that start together miss each other by milliseconds. */
const FIRST_RETRY_MS = 4;
const LONGEST_RETRY_MS = 1_000;
/** So many times it is tried at least, where each attempt fails at once. */
const RETRIES = 20;

/** What the next handshake of a session says about the ones before. */
export const resumeOf = (session: PeerSession): Hello['resume'] =>
  session.peerInstance === undefined
    ? undefined
    : { instance: session.peerInstance, received: session.received };

export class Dialler {
  readonly #plan: Plan;
  readonly #local: Local;
  readonly #events: DiallerEvents;
  readonly #environment: Environment;
  readonly #busy = new Set<string>();
  readonly #stopped = new AbortController();

  constructor(plan: Plan, local: Local, events: DiallerEvents, environment: Environment) {
    this.#environment = environment;
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
        if (!error.passing) this.#events.doubtful(peer, error);
        await this.#sleep(pause * (0.75 + this.#environment.keys.random(1)[0]! / 512));
        pause = Math.min(pause * 1.6, LONGEST_RETRY_MS, this.#whole(session) / RETRIES);
      }
    }
    this.#busy.delete(peer);
    if (wanted()) this.redial(session);
  }

  /**
   * Waiting ends by what is proved (handshake.ts) or by the user's own timeout: whoever cuts a connection, or answers in the
   * peer's place, ends nothing.
   */
  #worthRetrying(error: ConnectError, session: PeerSession): boolean {
    if (error.info.proved !== true) return true;
    return error.reason !== 'restarted' && (session.everConnected || error.passing);
  }

  /** Does not keep a program alive that has closed its link. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#environment.clock.after(ms, resolve, true);
    });
  }

  /** How long the peer may stay away in all. */
  #whole({ everConnected }: PeerSession): number {
    return everConnected ? this.#plan.peerTimeoutMs : this.#plan.readyTimeoutMs;
  }

  #patience(session: PeerSession): number {
    // The peer may have taken a first connection for established whose acceptance is lost: then it counts already.
    const whole = Math.min(this.#whole(session), this.#plan.peerTimeoutMs);
    return Math.min(LONGEST_ATTEMPT_MS, Math.max(LEAST_ATTEMPT_MS, whole / ATTEMPTS));
  }

  async #once(session: PeerSession): Promise<void> {
    const { peer } = session;
    const { tls } = this.#plan;
    const trust = tls?.peers.get(peer);
    const { connection, socket } = await this.#environment.sockets.dial(
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
        throw new ConnectError('restarted', `"${peer}" was started anew and knows nothing of this session`, {
          proved: true,
        });
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
