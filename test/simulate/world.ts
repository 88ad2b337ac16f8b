/** @file A world with a clock of its own: what happens in it happens one event after the other, in an order that a seed decides. */
import type { Clock, Ticker } from '../../src/link/clock.ts';

interface Event {
  readonly due: number;
  readonly order: number;
  run: (() => void) | undefined;
}

const before = (a: Event, b: Event): boolean => a.due < b.due || (a.due === b.due && a.order < b.order);

/** Events by their time, and in the order in which they were planned where that is the same. */
class Heap {
  readonly #events: Event[] = [];

  get first(): Event | undefined {
    return this.#events[0];
  }

  push(event: Event): void {
    const events = this.#events;
    let at = events.length;
    events.push(event);
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (before(events[up]!, event)) break;
      events[at] = events[up]!;
      at = up;
    }
    events[at] = event;
  }

  pop(): Event | undefined {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (first === undefined || last === undefined || events.length === 0) return first;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= events.length) break;
      if (down + 1 < events.length && before(events[down + 1]!, events[down]!)) down += 1;
      if (before(last, events[down]!)) break;
      events[at] = events[down]!;
      at = down;
    }
    events[at] = last;
    return first;
  }
}

/** Virtual time begins here, so that it reads as a date. */
const BEGIN = Date.UTC(2030, 0, 1);
/** A schedule that has more events than this goes round in circles. */
const MOST_EVENTS = 200_000;

export class World {
  /** Milliseconds since the world began. */
  time = 0;
  events = 0;
  readonly #heap = new Heap();
  readonly #tickEnds: (() => void)[] = [];
  readonly #say: ((line: string) => void) | undefined;
  #order = 0;

  constructor(say?: (line: string) => void) {
    this.#say = say;
  }

  /** A line of the trace, if there is one. */
  say(line: () => string): void {
    this.#say?.(`${this.time.toFixed(1).padStart(9)}  ${line()}`);
  }

  /** Plans an event; returns what calls it off. */
  after(ms: number, run: () => void): () => void {
    const event: Event = { due: this.time + Math.max(0, ms), order: this.#order++, run };
    this.#heap.push(event);
    return () => {
      event.run = undefined;
    };
  }

  atTickEnd(run: () => void): void {
    this.#tickEnds.push(run);
  }

  /**
   * Goes on until `done`, or nothing more happens, or `until`. Between two events all promise reactions run, as they do
   * between two turns of an event loop: a nextTick that a microtask asks for comes when there is no microtask left.
   */
  run(done: () => boolean, until: number): Promise<'done' | 'still' | 'late'> {
    return new Promise((resolve, reject) => {
      const step = (): void => {
        if (this.#tickEnds.length > 0) for (const run of this.#tickEnds.splice(0)) run();
        else {
          const end = done() ? 'done' : this.#turn(until);
          if (end !== undefined) {
            resolve(end);
            return;
          }
        }
        if (this.events > MOST_EVENTS) reject(new Error(`more than ${MOST_EVENTS} events`));
        else soon();
      };
      const turned = Promise.resolve();
      const turn = (): void => process.nextTick(step);
      // As queueMicrotask does, for less.
      const soon = (): void => void turned.then(turn);
      soon();
    });
  }

  /** The next event, unless there is none. */
  #turn(until: number): 'still' | 'late' | undefined {
    const event = this.#next();
    if (event === undefined) return 'still';
    if (event.due > until) return 'late';
    this.time = event.due;
    this.events += 1;
    event.run!();
    return undefined;
  }

  #next(): Event | undefined {
    for (;;) {
      const event = this.#heap.pop();
      if (event === undefined || event.run !== undefined) return event;
    }
  }
}

/** A process: it can die, and it can stand still. What is due at it meanwhile comes late, or never. */
export class Process implements Clock {
  readonly name: string;
  readonly #world: World;
  #alive = true;
  #frozenUntil = 0;
  /** What the wall clock was set forward by. */
  #set = 0;

  constructor(name: string, world: World) {
    this.name = name;
    this.#world = world;
  }

  get alive(): boolean {
    return this.#alive;
  }

  die(): void {
    this.#alive = false;
  }

  freeze(ms: number): void {
    this.#frozenUntil = Math.max(this.#frozenUntil, this.#world.time + ms);
  }

  /** For how long it still stands still. */
  get frozen(): number {
    return Math.max(0, this.#frozenUntil - this.#world.time);
  }

  setClock(forward: number): void {
    this.#set += forward;
  }

  now(): number {
    return BEGIN + Math.floor(this.#world.time) + this.#set;
  }

  elapsed(): number {
    return this.#world.time;
  }

  after(ms: number, run: () => void): () => void {
    let cancel: () => void;
    const due = (): void => {
      if (!this.#alive) return;
      const late = this.#frozenUntil - this.#world.time;
      if (late > 0) cancel = this.#world.after(late, due);
      else run();
    };
    cancel = this.#world.after(ms, due);
    return () => cancel();
  }

  every(ms: number, run: () => void): Ticker {
    let cancel = (): void => {};
    const again = (): void => {
      cancel = this.after(ms, () => {
        again();
        run();
      });
    };
    again();
    return { end: () => cancel(), hold: () => {} };
  }

  atTickEnd(run: () => void): void {
    this.#world.atTickEnd(() => {
      if (this.#alive) run();
    });
  }
}
