/**
 * @file The intersection of two sets by an oblivious pseudorandom function (Raghuraman and Rindal, eprint 2022/320; Pinkas, Rosulek, Trieu and
 * Yanai, eprint 2020/193; semi-honest) from a correlation C = M(A) + B of a linear map M, with A and C at the receiver, M and B at the sender: a dealer's (dealt.ts), or
 * one of transfers (transferred.ts). The receiver draws a seed, solves <row(x), P> = H(x) for all its x, and sends P + A; the sender has K = B + M(P + A), so that
 * <row(y), K> + M(H(y)) is <row(y), C> where y is one of the x, and random to the receiver elsewhere. Its hash F(y) is sent for
 * all y, sorted, which says nothing of their order; sorted too, the receiver's own meet them in one pass. The order of F is the common
 * order of the result, and the bits that tell the sender which of its records were met are all that it learns.
 *
 * The seed of a store that cannot be solved (2^-40) is not sent: the operation fails at both, and nobody learns why.
 *
 * Time and addresses depend on a party's own identifiers where keys are put in order, and on hashes of them under a public seed; bands,
 * products and sums take the same time for all.
 */
import { randomBytes } from '#kernel-host';
import { TesseraError } from '../errors.ts';
import { wholeTurn } from '../link/tick.ts';
import type { SetMemory } from '../ring/set-memory.ts';
import { type Correlation, sixteens } from './correlation.ts';
import type { Wire } from './peer-messages.ts';
import { BAND, recordBytes, type Shape, shapeOf } from './shape.ts';

const SEED = 32;

/** A party's set: distinct digests of 16 bytes in `memory`. */
export interface SetOf {
  readonly memory: SetMemory;
  readonly digests: number;
  readonly count: number;
}

/** The keys in the order of their places in the store, and (behind them) how many stand up to each column. */
export const order = (
  { memory, digests, count }: SetOf,
  seed: number,
  { bins, columns, total }: Shape,
  sorted = memory.take(4 * count),
) => {
  const ends = memory.take(4 * total);
  const top = memory.used;
  const places = memory.take(4 * count);
  memory.kernels.places(places, digests, count, seed, bins, columns);
  memory.kernels.orderByPlace(sorted, ends, places, count, total);
  memory.release(top);
  return { sorted, ends };
};

/** Records of values, which these are then no more, rising, and the number of the key that each belongs to. */
const recordsOf = (
  { memory, count }: SetOf,
  values: number,
  sorted: number,
  seed: number,
  length: number,
) => {
  const { kernels } = memory;
  const records = memory.take(16 * count);
  const keys = memory.take(4 * count);
  const top = memory.used;
  kernels.hashValues(values, values, count, seed, length);
  const bits = Math.min(24, 31 - Math.clz32(count));
  const counts = memory.take(4 * ((1 << bits) + 1));
  kernels.sortRecords(records, keys, values, sorted, count, counts, bits);
  memory.release(top);
  return { records, keys };
};

const bitsOf = (n: number): number => Math.ceil(n / 8);

/** Draws the store for a set, of its keys' own values or of those at an address. Throws PARTY_FAILED if there is none. */
export const encode = (
  set: SetOf,
  seed: number,
  sorted: number,
  ends: number,
  shape: Shape,
  values = 0,
): number => {
  const { memory, digests } = set;
  const { kernels } = memory;
  const { bins, columns, total } = shape;
  const store = memory.take(16 * (total + BAND));
  memory.stream(store, 16 * total, randomBytes(SEED), 0);
  const top = memory.used;
  const table = memory.take((kernels.entryBytes() >>> 0) * columns);
  let from = 0;
  for (let bin = 0; bin < bins; bin++) {
    const end = memory.words(ends, total)[(bin + 1) * columns - 1]!;
    const at = store + 16 * bin * columns;
    if (!kernels.solve(at, table, digests, sorted, from, end, seed, bins, columns, bin * columns, values))
      throw new TesseraError(
        'PARTY_FAILED',
        'the identifiers could not be encoded, which happens once in 2^40 times: nothing was sent of them; call it again',
      );
    from = end;
  }
  memory.release(top);
  return store;
};

/** What two parties evaluate the function with. */
export interface Asking {
  readonly set: SetOf;
  /** How many identifiers the other party has. */
  readonly theirs: number;
  readonly peer: Wire;
  readonly correlation: Correlation;
}

export interface Part extends Asking {
  /** Whether both learn the result. */
  readonly both: boolean;
}

/** A party's own values of the function, in the order of its keys `sorted`, before they are hashed under the receiver's `seed`. */
export interface Evaluated {
  readonly seed: number;
  readonly sorted: number;
  readonly values: number;
}

/** The receiver's part of the function: values of its own keys. */
export const ask = async ({ set, peer, correlation }: Asking): Promise<Evaluated> => {
  const { memory, count } = set;
  const { kernels } = memory;
  const shape = shapeOf(count);
  const { bins, columns, total } = shape;
  const asking = correlation.asking(peer);
  // If this party fails before it waits for it, that is what is told.
  asking.catch(() => {});
  const seed = memory.take(SEED);
  const drawn = randomBytes(SEED);
  memory.bytes(seed, SEED).set(drawn);
  const { sorted, ends } = order(set, seed, shape);
  // The sender works on its half while the set is encoded.
  const cover = await asking;
  await wholeTurn();
  const values = memory.take(16 * count);
  const top = memory.used;
  const store = encode(set, seed, sorted, ends, shape);
  await wholeTurn();
  await peer.send(drawn);
  await cover(memory, store, total);
  kernels.decodeBand(values, 0, store, set.digests, sorted, count, seed, bins, columns);
  memory.release(top);
  await wholeTurn();
  return { seed, sorted, values };
};

/** The receiver's part. Resolves to the numbers of its keys that the sender has too, in the common order. */
export const receive = async (part: Part): Promise<Uint32Array> => {
  const { set, theirs, peer, both } = part;
  const { memory, count } = set;
  const { kernels } = memory;
  const { seed, sorted, values } = await ask(part);
  const length = recordBytes(count, theirs);
  const { records, keys } = recordsOf(set, values, sorted, seed, length);
  // What is packed stands at the end of what it is unpacked into, which never overtakes it.
  const others = memory.take(16 * theirs + 16);
  const packed = others + (16 - length) * theirs;
  await peer.receiveInto(memory, packed, length * theirs, 'records');
  if (!kernels.unpackRecords(others, packed, theirs, length))
    throw new TesseraError('SERIALIZATION', `${peer.peer} sent records that are not in order`, {
      party: peer.peer,
    });
  const found = memory.take(4 * Math.min(count, theirs));
  const bits = memory.take(bitsOf(theirs));
  const size = kernels.meet(found, bits, records, count, others, theirs) >>> 0;
  if (both) await peer.sendFrom(memory, bits, bitsOf(theirs));
  const numbers = memory.words(keys, count);
  return memory.words(found, size).map((place) => numbers[place]!);
};

/** The sender's part of the function: values of its own keys. */
export const answer = async ({ set, theirs, peer, correlation }: Asking): Promise<Evaluated> => {
  const { memory, count } = set;
  const { kernels } = memory;
  const shape = shapeOf(theirs);
  const { bins, columns, total } = shape;
  const seed = memory.take(SEED);
  const sorted = memory.take(4 * count);
  const values = memory.take(16 * sixteens(count));
  const top = memory.used;
  const { map, uncover } = await correlation.answering(memory, peer, total);
  const drawn = await peer.receive(SEED, 'a seed');
  memory.bytes(seed, SEED).set(drawn);
  const mapped = memory.used;
  order(set, seed, shape, sorted);
  memory.release(mapped);
  await wholeTurn();
  const store = await uncover();
  const hashed = memory.take(16 * sixteens(count));
  kernels.decodeBand(values, hashed, store, set.digests, sorted, count, seed, bins, columns);
  await wholeTurn();
  kernels.multiplyAdd(values, hashed, values, map, sixteens(count));
  memory.release(top);
  await wholeTurn();
  return { seed, sorted, values };
};

/** The sender's part. Resolves to the numbers of its keys that the receiver has too, if it is to learn them. */
export const send = async (part: Part): Promise<Uint32Array | undefined> => {
  const { set, theirs, peer, both } = part;
  const { memory, count } = set;
  const { kernels } = memory;
  const { seed, sorted, values } = await answer(part);
  const length = recordBytes(theirs, count);
  const { records, keys } = recordsOf(set, values, sorted, seed, length);
  const packed = memory.take(length * count + 16);
  kernels.packRecords(packed, records, count, length);
  await peer.sendFrom(memory, packed, length * count);
  if (!both) return undefined;
  const met = memory.take(bitsOf(count));
  await peer.receiveInto(memory, met, bitsOf(count), 'what was met');
  return chosen(memory.bytes(met, bitsOf(count)), memory.words(keys, count), theirs, peer.peer);
};

/** The numbers whose bits are set. Throws SERIALIZATION for bits that stand for nothing, and for more than there can be. */
const chosen = (bits: Uint8Array, numbers: Uint32Array, most: number, party: string): Uint32Array => {
  const out = new Uint32Array(Math.min(most, numbers.length));
  let size = 0;
  for (let i = 0; i < 8 * bits.length; i++) {
    if (((bits[i >> 3]! >> (i & 7)) & 1) === 0) continue;
    if (i >= numbers.length || size === out.length)
      throw new TesseraError('SERIALIZATION', `${party} says to have met more records than there are`, {
        party,
      });
    out[size++] = numbers[i]!;
  }
  return out.slice(0, size);
};
