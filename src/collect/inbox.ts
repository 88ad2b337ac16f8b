/** @file The post box of a collection at one party: it counts answers and keeps them as they come, sealed, until it closes. */
import { serveAnswers } from '#answers';
import { envelopeBytes, ID } from './envelope.ts';
import { textOf } from './invitation.ts';

export interface InboxOptions {
  readonly listen: string;
  readonly parties: number;
  readonly columns: number;
  /** It closes when there are so many answers, */
  readonly most: number;
  /** or at this time. */
  readonly closes: number | undefined;
  /** Numbers of answers that are invited; undefined: anybody's count. */
  readonly tokens: readonly Uint8Array[] | undefined;
}

/** The longest time that a timer takes. */
const LONGEST_MS = 0x7fff_ffff;

export class Inbox {
  readonly #o: InboxOptions;
  readonly #answers = new Map<string, Uint8Array>();
  readonly #invited: ReadonlySet<string> | undefined;
  #isOpen = true;
  #end: () => void = () => {};
  readonly #ended = new Promise<void>((resolve) => {
    this.#end = resolve;
  });

  constructor(o: InboxOptions) {
    this.#o = o;
    this.#invited = o.tokens && new Set(o.tokens.map(textOf));
  }

  /** Listens. Resolves to the address that answers are sent to. */
  async open(): Promise<string> {
    const { listen, parties, columns } = this.#o;
    const server = await serveAnswers(listen, ID + parties * envelopeBytes(columns), (body) =>
      this.#take(body),
    );
    this.#ended.then(() => server.close());
    this.#wait();
    return server.url;
  }

  #wait(): void {
    const { closes } = this.#o;
    if (closes === undefined || !this.#isOpen) return;
    const left = closes - Date.now();
    if (left <= 0) {
      this.close();
      return;
    }
    const timer = setTimeout(() => this.#wait(), Math.min(left, LONGEST_MS));
    this.#ended.then(() => clearTimeout(timer));
  }

  #take(body: Uint8Array): number {
    if (!this.#isOpen) return 410;
    const id = textOf(body.subarray(0, ID));
    if (this.#invited && !this.#invited.has(id)) return 403;
    if (this.#answers.has(id)) return 409;
    this.#answers.set(id, body);
    if (this.#answers.size >= this.#o.most) this.close();
    return 204;
  }

  close(): void {
    this.#isOpen = false;
    this.#end();
  }

  /** When it is closed: for each party the numbers of answers and their envelopes, one after another. */
  async closed(): Promise<Uint8Array[]> {
    await this.#ended;
    const size = envelopeBytes(this.#o.columns);
    return Array.from({ length: this.#o.parties }, (_, party) => {
      const out = new Uint8Array(this.#answers.size * (ID + size));
      let at = 0;
      for (const body of this.#answers.values()) {
        out.set(body.subarray(0, ID), at);
        out.set(body.subarray(ID + party * size, ID + (party + 1) * size), at + ID);
        at += ID + size;
      }
      return out;
    });
  }
}
