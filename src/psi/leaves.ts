/**
 * @file Streams of which one party knows four a column and the other three, all but number d: 512 transfers, of 128 on ristretto255 (making/base.ts), extended once
 * (Ishai, Kilian, Nissim and Petrank, 2003), choose in trees of two levels (SoftSpokenOT: Roy, eprint 2022/192, section 3; Goldreich, Goldwasser and Micali).
 * Semi-honest, SHA-512 as a random oracle.
 */
import { randomBytes, sha512 } from '#kernel-host';
import { wholeTurn } from '../link/tick.ts';
import { BASE, BaseReceiver, BaseSender, KEY, POINT } from '../making/base.ts';
import type { Wire } from './peer-messages.ts';

/** Columns, each with a tree of four leaves. */
export const COLUMNS = 256;
const TRANSFERS = 2 * COLUMNS;
/** Bytes of four keys a column. */
export const KEYS = 4 * KEY * COLUMNS;

/** Bits of a row, one of each base transfer, in bytes. */
const ROW = BASE / 8;
/** Bits of a column, one of each transfer, in bytes: those of a hash. */
const COLUMN = TRANSFERS / 8;
/** Base transfers between two turns of the event loop. */
const BETWEEN_TURNS = 16;

const [STREAM, PAD] = ['tessera sets stream 1', 'tessera sets pad 1'].map((text) =>
  new TextEncoder().encode(text),
) as [Uint8Array, Uint8Array];

const hashOf = (...parts: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return sha512(bytes);
};

const bitAt = (bits: Uint8Array, i: number): number => (bits[i >> 3]! >> (i & 7)) & 1;

const xorInto = (to: Uint8Array, from: Uint8Array): void => {
  for (let i = 0; i < to.length; i++) to[i]! ^= from[i]!;
};

/** Rows of columns. */
const turned = (columns: readonly Uint8Array[]): Uint8Array[] =>
  Array.from({ length: TRANSFERS }, (_, i) => {
    const row = new Uint8Array(ROW);
    columns.forEach((column, j) => {
      row[j >> 3]! |= bitAt(column, i) << (j & 7);
    });
    return row;
  });

const padOf = (i: number, row: Uint8Array): Uint8Array =>
  hashOf(PAD, Uint8Array.of(i, i >> 8), row).subarray(0, KEY);

/** Both children of a node. */
const children = (node: Uint8Array): readonly [Uint8Array, Uint8Array] => {
  const both = sha512(node);
  return [both.slice(0, KEY), both.slice(KEY, 2 * KEY)];
};

const sum = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const out = a.slice();
  xorInto(out, b);
  return out;
};

/** The part of who knows all leaves. `beside`: bytes that go with its points. Resolves to four keys a column. */
export const allLeaves = async (peer: Wire, beside: Uint8Array): Promise<Uint8Array> => {
  const chooser = new BaseReceiver(await peer.receive(POINT, 'a point'));
  const secret = randomBytes(ROW);
  const points = new Uint8Array(BASE * POINT + beside.length);
  points.set(beside, BASE * POINT);
  const streams: Uint8Array[] = [];
  for (let j = 0; j < BASE; j++) {
    if (j % BETWEEN_TURNS === 0) await wholeTurn();
    const { message, key } = chooser.choose(j, bitAt(secret, j));
    points.set(message, j * POINT);
    streams.push(hashOf(STREAM, key));
  }
  await peer.send(points);
  const sums = await peer.receive(BASE * COLUMN, 'choices');
  streams.forEach((stream, j) => {
    const mask = -bitAt(secret, j);
    for (let k = 0; k < COLUMN; k++) stream[k]! ^= sums[j * COLUMN + k]! & mask;
  });
  const rows = turned(streams);
  const keys = new Uint8Array(KEYS);
  const message = new Uint8Array(2 * TRANSFERS * KEY);
  const put = (transfer: number, both: readonly [Uint8Array, Uint8Array]): void => {
    both.forEach((bytes, side) => {
      const row = side === 1 ? sum(rows[transfer]!, secret) : rows[transfer]!;
      message.set(sum(bytes, padOf(transfer, row)), (2 * transfer + side) * KEY);
    });
  };
  for (let j = 0; j < COLUMNS; j++) {
    const nodes = children(randomBytes(KEY));
    const [[a, b], [c, d]] = [children(nodes[0]), children(nodes[1])];
    put(2 * j, nodes);
    put(2 * j + 1, [sum(a, c), sum(b, d)]);
    for (const [x, leaf] of [a, b, c, d].entries()) keys.set(leaf, (4 * j + x) * KEY);
  }
  await peer.send(message);
  return keys;
};

export interface MostLeaves {
  /** d of each column. */
  readonly missing: Uint8Array;
  /** Four keys a column: leaf x ^ d at place x, and none at 0. */
  readonly keys: Uint8Array;
  readonly beside: Uint8Array;
}

/** The part of who lacks one leaf a column. `beside`: how many bytes come with the other's points. */
export const mostLeaves = async (peer: Wire, beside: number): Promise<MostLeaves> => {
  const base = new BaseSender();
  await peer.send(base.message.slice());
  const points = (await peer.receive(BASE * POINT + beside, 'points')).slice();
  const choices = randomBytes(COLUMN);
  const streams: Uint8Array[] = [];
  const sums = new Uint8Array(BASE * COLUMN);
  for (let j = 0; j < BASE; j++) {
    if (j % BETWEEN_TURNS === 0) await wholeTurn();
    const [first, second] = base
      .keys(j, points.subarray(j * POINT, (j + 1) * POINT))
      .map((key) => hashOf(STREAM, key)) as [Uint8Array, Uint8Array];
    streams.push(first);
    sums.set(sum(sum(first, second), choices), j * COLUMN);
  }
  await peer.send(sums);
  const rows = turned(streams);
  const message = await peer.receive(2 * TRANSFERS * KEY, 'sums of leaves');
  const chosen = (transfer: number): Uint8Array => {
    const at = (2 * transfer + bitAt(choices, transfer)) * KEY;
    return sum(message.subarray(at, at + KEY), padOf(transfer, rows[transfer]!));
  };
  const missing = new Uint8Array(COLUMNS);
  const keys = new Uint8Array(KEYS);
  for (let j = 0; j < COLUMNS; j++) {
    const [side, last] = [bitAt(choices, 2 * j), bitAt(choices, 2 * j + 1)];
    const known = children(chosen(2 * j));
    const d = 2 * (1 - side) + (1 - last);
    missing[j] = d;
    // The sum of both leaves of a side, of which one is known, gives the sibling of the missing one.
    const put = (leaf: number, key: Uint8Array): void => keys.set(key, (4 * j + (leaf ^ d)) * KEY);
    put(2 * side, known[0]);
    put(2 * side + 1, known[1]);
    put(2 * (1 - side) + last, sum(chosen(2 * j + 1), known[last]!));
  }
  return { missing, keys, beside: points.subarray(BASE * POINT) };
};
