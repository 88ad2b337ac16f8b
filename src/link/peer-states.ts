/** @file What a party knows of each of its peers: their states, who hears of them, and the wait until all are up. */
import type { Clock } from './clock.ts';
import { type ConnectError, closedHere } from './failures.ts';
import type { PeerSession } from './peer-session.ts';
import { buildDiffers, type PeerEvent, type PeerRow, readyError, stillAwaited } from './report.ts';
import type { TransportEvents } from './websocket-transport.ts';

/** When it is said who is waited for. */
const FIRST_WORD_MS = 2_000;
const NEXT_WORD_MS = 10_000;
/** How long a party of another build is waited for, to be told so. */
const TELL_MS = 5_000;

/** What ends the wait for the peers before they are up. */
interface Ending {
  readonly closing: boolean;
  /** What another party has said of its failure. */
  readonly failure: Error | undefined;
}

export class PeerStates {
  readonly #self: string;
  readonly #clock: Clock;
  readonly #rows = new Map<string, PeerRow>();
  readonly #listeners = new Set<Partial<TransportEvents>>();
  /** Who has been said to be answered for by somebody else, and why. */
  readonly #doubts = new Set<string>();
  /** How often it has been said of who computes. */
  readonly #silences = new Map<string, number>();
  #refusals: string[] = [];
  #changed: (() => void)[] = [];

  constructor(self: string, clock: Clock) {
    this.#self = self;
    this.#clock = clock;
  }

  add(party: string, where: PeerRow['where']): void {
    this.#rows.set(party, { party, state: 'waiting', where });
  }

  /** What was last noted of it as an error. */
  errorOf(peer: string): PeerRow['error'] {
    return this.#rows.get(peer)!.error;
  }

  on<E extends keyof TransportEvents>(event: E, listener: TransportEvents[E]): () => void {
    const entry = { [event]: listener } as Partial<TransportEvents>;
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  note(party: string, state: PeerEvent['state'], error?: Error): void {
    const row = this.#rows.get(party)!;
    this.#rows.set(party, { party, where: row.where, state, ...(error === undefined ? {} : { error }) });
    this.emit((listener) => listener.peer?.({ party, state, ...(error === undefined ? {} : { error }) }));
    this.wake();
  }

  /** What a listener throws is its program's error, and must not stop the link in the middle of a step. */
  emit(call: (listener: Partial<TransportEvents>) => void): void {
    for (const listener of this.#listeners) queueMicrotask(() => call(listener));
  }

  /** A wrong pin, link or certificate is what the user should hear of now, not at the timeout; of each reason once. */
  doubtful(peer: string, error: ConnectError): void {
    const what = `${peer} ${error.reason}`;
    if (this.#doubts.has(what)) return;
    this.#doubts.add(what);
    const { where } = this.#rows.get(peer)!;
    this.emit((listener) => listener.peer?.({ party: peer, state: 'waiting', where, error }));
  }

  /** A peer that computes has not answered for so long: said once in each `everyMs`. */
  silent(party: string, ms: number, everyMs: number): void {
    const times = Math.floor(ms / everyMs);
    if (times === (this.#silences.get(party) ?? 0)) return;
    this.#silences.set(party, times);
    if (times > 0)
      this.emit((listener) => listener.peer?.({ party, state: 'computes', silentMs: Math.round(ms) }));
  }

  refused(from: string, why: string): void {
    this.#refusals = [...this.#refusals, `${from}: ${why}`].slice(-5);
  }

  /** Until all are up. Rejects if one cannot come up, at `ending`, and after the time. */
  async ready(timeoutMs: number, sessions: readonly PeerSession[], ending: () => Ending): Promise<void> {
    const clock = this.#clock;
    const until = clock.elapsed() + timeoutMs;
    let last = until;
    let say = clock.elapsed() + FIRST_WORD_MS;
    for (;;) {
      if (sessions.every((s) => s.everConnected && !s.over)) return;
      const { closing, failure } = ending();
      if (closing) throw closedHere(`the link of "${this.#self}"`)();
      if (failure !== undefined) throw failure;
      // Who runs another build is told so by everybody, if it comes soon: otherwise who comes last would only miss the others.
      const differs = buildDiffers([...this.#rows.values()]);
      if (differs) last = Math.min(last, clock.elapsed() + TELL_MS);
      const left = last - clock.elapsed();
      const settled = sessions.every((s) => s.over || s.connected);
      if (left <= 0 || (sessions.some((s) => s.over) && (settled || !differs)))
        throw readyError(
          this.#self,
          left <= 0 ? timeoutMs : undefined,
          [...this.#rows.values()],
          this.#refusals,
        );
      if (clock.elapsed() >= say) {
        say += NEXT_WORD_MS;
        for (const event of stillAwaited(this.#rows.values()))
          this.emit((listener) => listener.peer?.(event));
      }
      let stop = (): void => {};
      await new Promise<void>((resolve) => {
        this.#changed.push(resolve);
        stop = clock.after(Math.min(left, say - clock.elapsed()), resolve);
      });
      stop();
    }
  }

  /** What `ready` waits for may have changed. */
  wake(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}
