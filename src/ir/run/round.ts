/**
 * @file One round of a party: what its gates open. Short openings travel together, one message a peer; a long one leaves
 * on its own and in parts, the first while the rest of it is computed, and parts are added as they arrive. What leaves
 * when depends on the graph and on lengths alone, so that peers know without labels what a message holds.
 */

import { TesseraError } from '../../errors.ts';
import type { Opening } from '../../gates/gate.ts';
import { PAUSE } from '../../gates/pausable.ts';
import type { AnyArray as Arr } from '../../ring/array.ts';
import type { Role, Wait } from './party-run.ts';

export const PAUSED: Wait = { kind: 'pause' };

/** Bytes from which on an opening leaves by itself; also the least of a part. */
export const PART = 1 << 19;
/** Bytes of a round from which on work that may be done meanwhile waits until the messages have left. */
const WORTH_A_TURN = 1 << 15;

/** Part of an opening that travels as one piece. */
interface Piece {
  readonly opening: Opening;
  readonly array: Arr;
  readonly size: number;
}

type Received = ReadonlyMap<number, Uint8Array>;

export class Round {
  readonly #role: Role;
  /** What has left already, each piece in a message of its own, in order. */
  readonly #gone: Piece[] = [];
  /** What leaves together at the end. */
  readonly #rest: Piece[] = [];
  readonly #meanwhile: (() => void)[] = [];

  constructor(role: Role) {
    this.#role = role;
  }

  /** Takes an opening in, and sends of it what leaves at once. Returns the bytes that it sends to all peers together. */
  *add(opening: Opening): Generator<Wait, number, unknown> {
    const { array, compute, width, meanwhile } = opening;
    const { ring } = this.#role;
    const size = ring.wireBytes(array, width);
    if (meanwhile) this.#meanwhile.push(meanwhile);
    const length = array.kind === 'bits' ? array.planes : array.length;
    const alone = size >= PART;
    let from = 0;
    for (const to of compute ?? []) {
      yield PAUSED;
      if (to === PAUSE || !alone || (to < length && ((to - from) * size) / length < PART)) continue;
      yield* this.#leave(this.#piece(opening, from, to));
      from = to;
    }
    if (!alone) this.#rest.push({ opening, array, size });
    else if (from < length) yield* this.#leave(this.#piece(opening, from, length));
    return size * this.#peers((peer) => this.#goes(opening, this.#role.rank, peer)).length;
  }

  /** Sends the rest, does what may be done meanwhile, and adds up what the peers have sent. */
  *exchange(ops: readonly string[]): Generator<Wait, void, unknown> {
    const sent = this.#message(this.#rest);
    const bytes = [...this.#gone, ...this.#rest].reduce((n, { size }) => n + size, 0);
    const turn = this.#meanwhile.length > 0 && bytes >= WORTH_A_TURN;
    if (sent.size > 0 || turn) yield { kind: 'send', send: sent, turn };
    for (const work of this.#meanwhile) {
      work();
      yield PAUSED;
    }
    for (const piece of this.#gone) yield* this.#receive([piece], ops, false);
    yield* this.#receive(this.#rest, ops, true);
  }

  #piece(opening: Opening, from: number, to: number): Piece {
    const whole = opening.array;
    const array = whole.kind === 'bits' ? whole.plane(from, to - from) : whole.view(from, to - from);
    return { opening, array, size: this.#role.ring.wireBytes(array, opening.width) };
  }

  *#leave(piece: Piece): Generator<Wait, void, unknown> {
    this.#gone.push(piece);
    const send = this.#message([piece]);
    if (send.size > 0) yield { kind: 'send', send, turn: true };
  }

  /** One message with these pieces for each peer that gets any of them. */
  #message(pieces: readonly Piece[]): Map<number, Uint8Array<ArrayBuffer>> {
    const { ring, rank } = this.#role;
    const messages = new Map<number, Uint8Array<ArrayBuffer>>();
    for (const peer of this.#peers((p) => this.#total(pieces, rank, p) > 0)) {
      const message = new Uint8Array(this.#total(pieces, rank, peer));
      let at = 0;
      for (const { opening, array } of pieces) {
        if (this.#goes(opening, rank, peer)) at += ring.writeWire(message, at, array, opening.width);
      }
      messages.set(peer, message);
    }
    return messages;
  }

  *#receive(pieces: readonly Piece[], ops: readonly string[], end: boolean): Generator<Wait, void, unknown> {
    const { ring, rank } = this.#role;
    const peers = this.#peers((peer) => this.#total(pieces, peer, rank) > 0);
    if (peers.length === 0 && !end) return;
    const answer = (yield { kind: 'receive', from: peers, end }) as Received;
    for (const peer of peers) {
      const message = answer.get(peer)!;
      const expected = this.#total(pieces, peer, rank);
      if (message.length !== expected) throw diverged(ops, expected, message.length);
      let at = 0;
      for (const { opening, array } of pieces) {
        if (!this.#goes(opening, peer, rank)) continue;
        if (opening.from === undefined) at += ring.addWire(array, message, at, opening.width);
        else at += ring.readWire(array, message, at, opening.width);
      }
    }
  }

  #goes({ from, to }: Opening, sender: number, receiver: number): boolean {
    return (
      sender !== receiver &&
      (from === undefined || from === sender) &&
      (to === undefined || to.includes(receiver))
    );
  }

  #total(pieces: readonly Piece[], sender: number, receiver: number): number {
    return pieces.reduce((n, { opening, size }) => n + (this.#goes(opening, sender, receiver) ? size : 0), 0);
  }

  #peers(which: (peer: number) => boolean): number[] {
    return Array.from({ length: this.#role.parties }, (_, peer) => peer).filter(which);
  }
}

const diverged = (ops: readonly string[], expected: number, got: number): TesseraError =>
  new TesseraError(
    'DIVERGED',
    `a peer sent ${got} bytes where ${expected} belong (ops: ${[...new Set(ops)].join(', ')}): the parties run ` +
      'different programs or versions',
    { ops, expected, got },
  );
