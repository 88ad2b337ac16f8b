/**
 * @file Functions of a party's program, in which it answers nobody for as long as they compute. The others are told before one
 * begins: then they wait as long as its machine keeps the connection, which the system looks after.
 *
 * They are told of the first of many calls, and of the end only when none has run for a while: calls that follow each other say
 * nothing.
 */
import type { Clock } from './clock.ts';
import type { PeerSession } from './peer-session.ts';

/** How often is looked whether what lay before the word has left. */
const POLL_MS = 1;

export class Computing {
  readonly #sessions: ReadonlyMap<string, PeerSession>;
  readonly #clock: Clock;
  readonly #patienceMs: number;
  #running = 0;
  /** One has begun since the last look. */
  #recent = false;
  #told: Promise<void> | undefined;
  on = false;

  /** `patienceMs`: how long a function waits for bytes that have to leave before the word. */
  constructor(sessions: ReadonlyMap<string, PeerSession>, clock: Clock, patienceMs: number) {
    this.#sessions = sessions;
    this.#clock = clock;
    this.#patienceMs = patienceMs;
  }

  /** A function is about to begin: not before this has resolved. */
  begins(): Promise<void> | undefined {
    this.#running += 1;
    this.#recent = true;
    if (!this.on) {
      this.on = true;
      this.#told = this.#tell() ? this.#leaves() : undefined;
    }
    return this.#told;
  }

  ends(): void {
    this.#running -= 1;
  }

  /** Called now and then, as long as the program answers. */
  look(): void {
    if (this.on && this.#running === 0 && !this.#recent) {
      this.on = false;
      this.#tell();
    }
    this.#recent = false;
  }

  #tell(): boolean {
    let waits = false;
    for (const session of this.#sessions.values()) if (session.tellComputes()) waits = true;
    return waits;
  }

  async #leaves(): Promise<void> {
    const until = this.#clock.elapsed() + this.#patienceMs;
    const sending = () => [...this.#sessions.values()].some((session) => session.sending);
    while (sending() && this.#clock.elapsed() < until)
      await new Promise<void>((resolve) => void this.#clock.after(POLL_MS, resolve));
  }
}
