/**
 * @file One round of a party: what its gates open. Short openings travel together, one message a peer; a long one leaves
 * on its own and in parts, the first while the rest of it is computed, and parts are added as they arrive. What leaves
 * when depends on the graph and on lengths alone, so that peers know without labels what a message holds.
 */

import { TesseraError } from '../../errors.ts';
import type { Opening } from '../../gates/gate.ts';
import { PAUSE, Pauses } from '../../gates/pausable.ts';
import type { AnyArray as Arr } from '../../ring/array.ts';
import type { Role, Wait } from './party-role.ts';

export const PAUSED: Wait = { kind: 'pause' };

/** An opening of at least this many bytes is sent in messages of its own; also the least size of such a message. */
export const PART = 1 << 19;
/** In rounds of at least this many bytes the messages are sent before work that overlaps with them is started. */
const WORTH_A_TURN = 1 << 15;

/** Part of an opening that travels as one message, or as part of one. */
interface Segment {
  readonly opening: Opening;
  readonly array: Arr;
  readonly size: number;
}

type Received = ReadonlyMap<number, Uint8Array>;

/** Does work, and adds its time to the profile of its op. */
type Timed = <T>(work: () => T) => T;

export class Round {
  readonly #role: Role;
  /** Segments that were sent, each in a message of its own, in order. */
  readonly #sent: Segment[] = [];
  /** Segments that are sent together at the end of the round. */
  readonly #unsent: Segment[] = [];
  readonly #meanwhile: (() => void)[] = [];

  constructor(role: Role) {
    this.#role = role;
  }

  /** Bytes that an opening sends to all peers together. */
  bytesOf(opening: Opening): number {
    const { ring, rank, parties } = this.#role;
    const size = ring.wireBytes(opening.array, opening.width);
    let peers = 0;
    for (let peer = 0; peer < parties; peer++) if (goes(opening, rank, peer)) peers++;
    return size * peers;
  }

  /**
   * Adds an opening to the round. Returns the rest of its local work if that takes long or is sent in parts; `timed` measures the
   * work.
   */
  add(opening: Opening, timed: Timed): Generator<Wait, void, unknown> | undefined {
    const { array, compute, width, meanwhile } = opening;
    const size = this.#role.ring.wireBytes(array, width);
    if (meanwhile) this.#meanwhile.push(() => timed(meanwhile));
    if (size >= PART) return this.#alone(opening, size, timed);
    const steps = compute?.[Symbol.iterator]();
    for (let next = steps?.next(); next && !next.done; next = steps!.next())
      if (next.value === PAUSE) return this.#later(opening, size, steps!, timed);
    this.#unsent.push({ opening, array, size });
    return undefined;
  }

  /** A short opening that takes long. */
  *#later(
    opening: Opening,
    size: number,
    steps: Iterator<unknown>,
    timed: Timed,
  ): Generator<Wait, void, unknown> {
    do yield PAUSED;
    while (!timed(() => steps.next()).done);
    this.#unsent.push({ opening, array: opening.array, size });
  }

  /** A long opening, which is sent in parts. */
  *#alone(opening: Opening, size: number, timed: Timed): Generator<Wait, void, unknown> {
    const { array, compute } = opening;
    const length = array.kind === 'bits' ? array.planes : array.length;
    const steps = compute?.[Symbol.iterator]();
    let from = 0;
    for (
      let next = steps && timed(() => steps.next());
      next && !next.done;
      next = timed(() => steps!.next())
    ) {
      yield PAUSED;
      const to = next.value;
      if (to === PAUSE || (to < length && ((to - from) * size) / length < PART)) continue;
      yield* this.#leave(this.#segment(opening, from, to));
      from = to;
    }
    if (from < length) yield* this.#leave(this.#segment(opening, from, length));
  }

  /** Sends the remaining segments, does overlapping work, and adds the peers' shares. */
  *exchange(ops: () => readonly string[]): Generator<Wait, void, unknown> {
    const sent = this.#message(this.#unsent);
    let bytes = 0;
    for (const { size } of this.#sent) bytes += size;
    for (const { size } of this.#unsent) bytes += size;
    const turn = this.#meanwhile.length > 0 && bytes >= WORTH_A_TURN;
    if (sent.size > 0 || turn) yield { kind: 'send', send: sent, turn };
    const pauses = new Pauses();
    for (const work of this.#meanwhile) {
      work();
      if (pauses.due()) yield PAUSED;
    }
    for (const segment of this.#sent) yield* this.#receive([segment], ops, false);
    yield* this.#receive(this.#unsent, ops, true);
  }

  #segment(opening: Opening, from: number, to: number): Segment {
    const whole = opening.array;
    const array = whole.kind === 'bits' ? whole.plane(from, to - from) : whole.view(from, to - from);
    return { opening, array, size: this.#role.ring.wireBytes(array, opening.width) };
  }

  *#leave(segment: Segment): Generator<Wait, void, unknown> {
    this.#sent.push(segment);
    const send = this.#message([segment]);
    if (send.size > 0) yield { kind: 'send', send, turn: true };
  }

  /** One message with these segments for each peer that gets any of them. */
  #message(segments: readonly Segment[]): Map<number, Uint8Array<ArrayBuffer>> {
    const { ring, rank, parties } = this.#role;
    const messages = new Map<number, Uint8Array<ArrayBuffer>>();
    for (let peer = 0; peer < parties; peer++) {
      const total = totalOf(segments, rank, peer);
      if (total === 0) continue;
      const message = new Uint8Array(total);
      let at = 0;
      for (const { opening, array } of segments) {
        if (goes(opening, rank, peer)) at += ring.writeWire(message, at, array, opening.width);
      }
      messages.set(peer, message);
    }
    return messages;
  }

  *#receive(
    segments: readonly Segment[],
    ops: () => readonly string[],
    end: boolean,
  ): Generator<Wait, void, unknown> {
    const { ring, rank, parties } = this.#role;
    const peers: number[] = [];
    const totals: number[] = [];
    for (let peer = 0; peer < parties; peer++) {
      const total = totalOf(segments, peer, rank);
      if (total === 0) continue;
      peers.push(peer);
      totals.push(total);
    }
    if (peers.length === 0 && !end) return;
    const answer = (yield { kind: 'receive', from: peers, end }) as Received;
    for (const [i, peer] of peers.entries()) {
      const message = answer.get(peer)!;
      if (message.length !== totals[i]) throw diverged(ops(), totals[i]!, message.length);
      let at = 0;
      for (const { opening, array } of segments) {
        if (!goes(opening, peer, rank)) continue;
        if (opening.from === undefined) at += ring.addWire(array, message, at, opening.width);
        else at += ring.readWire(array, message, at, opening.width);
      }
    }
  }
}

const goes = ({ from, to }: Opening, sender: number, receiver: number): boolean =>
  sender !== receiver &&
  (from === undefined || from === sender) &&
  (to === undefined || to.includes(receiver));

const totalOf = (segments: readonly Segment[], sender: number, receiver: number): number => {
  let total = 0;
  for (const { opening, size } of segments) if (goes(opening, sender, receiver)) total += size;
  return total;
};

const diverged = (ops: readonly string[], expected: number, got: number): TesseraError =>
  new TesseraError(
    'DIVERGED',
    `a peer sent ${got} bytes where ${expected} belong (ops: ${[...new Set(ops)].join(', ')}): the parties run ` +
      'different programs or versions',
    { ops, expected, got },
  );
