/** @file A node's answers to drivers. Those to orders are kept, and sent again, until the driver has confirmed them. */
import type { Msg, Subscription } from '@nats-io/transport-node';
import type { AnswerHead } from './heads.ts';
import type { Engine } from './message-engine.ts';
import { pack } from './message-frame.ts';
import { subscribe } from './subscribe.ts';
import { RETRY_MS, SETTLE_MS } from './times.ts';

interface Unconfirmed {
  readonly driver: string;
  readonly bytes: Uint8Array;
  at: number;
}

/** What the server says of a message that has no receiver. */
const NO_RESPONDERS = 503;

export class Answers {
  readonly #engine: Engine;
  readonly #node: string;
  readonly #silent: (driver: string) => void;
  readonly #unconfirmed = new Map<string, Unconfirmed>();
  #connectedAt = Date.now();

  /** `silent` is called for a driver that receives nothing. */
  constructor(engine: Engine, node: string, silent: (driver: string) => void) {
    this.#engine = engine;
    this.#node = node;
    this.#silent = silent;
  }

  /** The connection to the engine has come back: the drivers' may still be on their way. */
  connected(): void {
    this.#connectedAt = Date.now();
  }

  confirmations(): Subscription {
    const { nc, names } = this.#engine;
    return subscribe(nc, names.confirmed(this.#node, '*'), (m) => this.#confirmed(m));
  }

  #confirmed(m: Msg): void {
    if (m.headers?.code !== NO_RESPONDERS) this.#unconfirmed.delete(m.string());
    else if (Date.now() - this.#connectedAt > SETTLE_MS)
      this.#silent(m.subject.slice(m.subject.lastIndexOf('.') + 1));
  }

  /** The driver is gone. */
  forget(driver: string): void {
    for (const [id, answer] of this.#unconfirmed) if (answer.driver === driver) this.#unconfirmed.delete(id);
  }

  /** Answers to tasks come again with the task, if they are lost; those to orders are kept, and sent again from here. */
  send(driver: string, head: AnswerHead, parts: readonly Uint8Array[]): void {
    const bytes = pack(head, parts);
    if (head.ack === undefined) this.#unconfirmed.set(head.id, { driver, bytes, at: Date.now() });
    if (!this.#engine.nc.isClosed()) this.#publish(driver, bytes);
  }

  resend(): void {
    const before = Date.now() - RETRY_MS;
    for (const answer of this.#unconfirmed.values()) {
      if (answer.at > before) continue;
      answer.at = Date.now();
      this.#publish(answer.driver, answer.bytes);
    }
  }

  #publish(driver: string, bytes: Uint8Array): void {
    const { nc, names } = this.#engine;
    nc.publish(names.answers(driver), bytes, { reply: names.confirmed(this.#node, driver) });
  }
}
