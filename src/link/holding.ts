/** @file Whether the open connections of a link keep the process alive. */
import type { Connection } from './connection.ts';

export class Holding {
  #holds = true;
  /** Connections of peers, and ends at a relay at which peers are waited for: the last of each. */
  readonly #connections = new Map<string, Connection>();

  hold(on: boolean): void {
    this.#holds = on;
    for (const connection of this.#connections.values()) connection.hold(on);
  }

  opened(what: string, connection: Connection): void {
    this.#connections.set(what, connection);
    connection.hold(this.#holds);
  }
}
