/**
 * @file The journal of operations by which programs find out that they are not the same program: each operation
 * extends a rolling hash, every party tells the others, and the first difference is named with both call sites.
 *
 * It is there to name mistakes: long constants stand in the text of a program by a short digest (ir/ops/print.ts). That all
 * parties run what is dealt is by the full hash of each job, which the dealer compares, or the header of stored material.
 */

import { sha512 } from '#kernel-host';
import { TesseraError } from '../../errors.ts';
import { differenceOf } from '../detail.ts';
import type { Op } from '../operation.ts';
import type { Exchange } from './exchange.ts';
import { firstStep, Outlines, outlineOf } from './outline.ts';

interface Entry {
  readonly hash: string;
  readonly what: string;
  readonly site: string | null;
  /** Of an operation: devices, handles and settings. Of a program: its outline, when it is told of for the first time. */
  readonly detail: string;
}

/** Characters of an operation's detail that are told; the whole of it is in the hash. */
const MOST_DETAIL = 2_000;

const digest = (text: string): Uint8Array => sha512(new TextEncoder().encode(text)).subarray(0, 16);

const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');

const describe = (party: string, { what, site }: Entry): string =>
  `${party}: ${what}${site === null ? '' : ` at ${site}`}`;

/** What differs in the details of two operations of one name; of different ones, the names say it. */
const differing = (self: string, own: Entry, peer: string, theirs: Entry): string => {
  const found = own.what === theirs.what ? differenceOf(own.detail, theirs.detail) : undefined;
  if (found === undefined) return '';
  const where = found.path === '' ? '' : `${found.path} is `;
  return `${where}${found.own} at ${self}, ${found.theirs} at ${peer}`;
};

/** Compares entries of this party with those of the peers, whichever comes first. */
class Comparison {
  readonly #own = new Map<number, { entry: Entry; left: number }>();
  readonly #early = new Map<number, Map<string, Entry>>();
  readonly #peers: number;
  readonly #differ: (op: number, own: Entry, peer: string, theirs: Entry) => void;

  constructor(peers: number, differ: (op: number, own: Entry, peer: string, theirs: Entry) => void) {
    this.#peers = peers;
    this.#differ = differ;
  }

  own(op: number, entry: Entry): void {
    if (this.#peers === 0) return;
    this.#own.set(op, { entry, left: this.#peers });
    for (const [peer, theirs] of this.#early.get(op) ?? []) this.#compare(op, peer, theirs);
    this.#early.delete(op);
  }

  theirs(op: number, peer: string, entry: Entry): void {
    if (this.#own.has(op)) {
      this.#compare(op, peer, entry);
      return;
    }
    const early = this.#early.get(op) ?? new Map<string, Entry>();
    this.#early.set(op, early.set(peer, entry));
  }

  #compare(op: number, peer: string, theirs: Entry): void {
    const own = this.#own.get(op)!;
    if (own.entry.hash !== theirs.hash) this.#differ(op, own.entry, peer, theirs);
    else if (--own.left === 0) this.#own.delete(op);
  }
}

export class Journal {
  readonly #exchange: Exchange;
  readonly #issued: Comparison;
  readonly #programs: Comparison;
  readonly #outlines = new Outlines();
  readonly #theirOutlines = new Map<string, Outlines>();
  #hash = digest('tessera');
  #last = 0;

  /** The last operation that each of the others has called, as far as it is known. */
  readonly #called = new Map<string, Op>();

  /** What a party has called last. */
  called(party: string): Op | undefined {
    return this.#called.get(party);
  }

  /** Number of the last operation. */
  get last(): number {
    return this.#last;
  }

  constructor(exchange: Exchange, diverged: (error: TesseraError) => void) {
    this.#exchange = exchange;
    type Differing = (own: Entry, peer: string, theirs: Entry) => string;
    const compare = (what: string, inWhat: Differing) =>
      new Comparison(exchange.peers.length, (op, own, peer, theirs) => {
        const sides = `${describe(exchange.self, own)}; ${describe(peer, theirs)}`;
        diverged(
          new TesseraError(
            'DIVERGED',
            `program diverged at op ${op} (${inWhat(own, peer, theirs) || what}): ${sides}`,
            {
              op,
              parties: { [exchange.self]: own, [peer]: theirs },
              expose: true,
            },
          ),
        );
      });
    this.#issued = compare('different operations', (own, peer, theirs) =>
      differing(exchange.self, own, peer, theirs),
    );
    this.#programs = compare(
      'the same function was recorded differently: other code, shapes or public arguments',
      (own, peer, theirs) => {
        const known = this.#outlines.get(own.hash);
        const peerOutline = this.#theirOutlines.get(peer)?.get(theirs.hash);
        return known && peerOutline ? firstStep(exchange.self, known, peer, peerOutline) : '';
      },
    );
    exchange.on('issued', (from, key, data) => {
      const { what, site } = data as Entry;
      this.#called.set(from, { number: Number(key), what, site: site ?? undefined });
      this.#issued.theirs(Number(key), from, data as Entry);
    });
    exchange.on('program', (from, key, data) => {
      const entry = data as Entry;
      const outlines = this.#theirOutlines.get(from) ?? new Outlines();
      this.#theirOutlines.set(from, outlines);
      if (entry.detail !== '') outlines.put(entry.hash, () => entry.detail);
      this.#programs.theirs(Number(key), from, entry);
    });
  }

  /** An operation was numbered here. */
  issued(op: Op, detail: string): void {
    this.#last = op.number;
    const before = hex(this.#hash);
    this.#hash = digest(`${before}\n${op.number}\n${op.what}\n${detail}`);
    this.#announce('issued', this.#issued, op, hex(this.#hash), detail.slice(0, MOST_DETAIL));
  }

  /** The program ends here: a peer that goes on after the same operation runs another one. */
  ended(site: string | undefined): void {
    this.issued({ number: this.#last + 1, what: 'shutdown', site }, '');
  }

  /** The program that was recorded at an operation. */
  program(op: Op, text: string): void {
    const hash = hex(digest(text));
    const fresh = this.#outlines.put(hash, () => outlineOf(text));
    this.#announce('program', this.#programs, op, hash, fresh ? this.#outlines.get(hash)! : '');
  }

  #announce(kind: 'issued' | 'program', comparison: Comparison, op: Op, hash: string, detail: string): void {
    const entry: Entry = { hash, what: op.what, site: op.site ?? null, detail };
    // A peer that cannot be told is lost, which its listener says.
    this.#exchange.push(this.#exchange.peers, kind, String(op.number), entry).catch(() => {});
    comparison.own(op.number, entry);
  }
}
