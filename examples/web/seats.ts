/**
 * @file Who has the guest's seat of a room. A room's link is for one other: who comes third is told so, and reaches neither of the two.
 */

/** Who reloads a page comes back within this, and finds its seat as it was. */
const GRACE_MS = 3_000;
/** The connection of a page that is being reloaded may be there for a moment longer. */
const RELOAD_MS = 1_000;

interface Held {
  readonly token: string;
  /** Of the visitor's connection. */
  readonly closed: Promise<void>;
  /** When it closed. */
  left: number | undefined;
}

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

export class Seats {
  readonly #held = new Map<string, Held>();

  /** The seat goes to `token` until `closed`, and for a moment longer. False if another has it. */
  async take(room: string, token: string, closed: Promise<void>): Promise<boolean> {
    for (let held = this.#held.get(room); held !== undefined; held = this.#held.get(room)) {
      if (held.left === undefined) {
        if (held.token !== token) return false;
        await Promise.race([held.closed, after(RELOAD_MS)]);
        if (held.left === undefined) return false;
      }
      if (held.token !== token) await after(held.left + GRACE_MS - Date.now());
      if (this.#held.get(room) === held) this.#held.delete(room);
    }
    const mine: Held = { token, closed, left: undefined };
    this.#held.set(room, mine);
    void closed.then(() => {
      mine.left = Date.now();
    });
    return true;
  }
}
