/** @file What stands behind a PYU's handle in a cluster: where its value is. */

import type { Located } from './heads.ts';
import type { Engine } from './message-engine.ts';
import { pack } from './message-frame.ts';

/** A value: its bytes, if it is small, or where they are. */
export class Ref {
  readonly at: Located | Uint8Array;

  constructor(at: Located | Uint8Array) {
    this.at = at;
  }
}

/** An object with state. */
export class StateRef {
  readonly id: string;
  readonly node: string;

  constructor(id: string, node: string) {
    this.id = id;
    this.node = node;
  }
}

const FLUSH_MS = 50;

/** Frees objects when nothing in this program means them any more. */
export class Refs {
  readonly #engine: Engine;
  readonly #endState: (state: { id: string; node: string }) => void;
  readonly #values = new FinalizationRegistry<string>((id) => this.free([id]));
  readonly #states = new FinalizationRegistry<{ id: string; node: string }>((s) => this.#endState(s));
  #freed: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(engine: Engine, endState: (state: { id: string; node: string }) => void) {
    this.#engine = engine;
    this.#endState = endState;
  }

  value(at: Located | Uint8Array): Ref {
    const ref = new Ref(at);
    if (!(at instanceof Uint8Array)) this.#values.register(ref, at.id);
    return ref;
  }

  state(id: string, node: string): StateRef {
    const ref = new StateRef(id, node);
    this.#states.register(ref, { id, node });
    return ref;
  }

  free(ids: readonly string[]): void {
    this.#freed.push(...ids);
    if (this.#freed.length === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const { nc, names } = this.#engine;
      const all = this.#freed;
      this.#freed = [];
      if (nc.isClosed()) return;
      for (let i = 0; i < all.length; i += 1_000)
        nc.publish(names.freed, pack({ ids: all.slice(i, i + 1_000) }));
    }, FLUSH_MS);
    this.#timer.unref();
  }
}
