/**
 * @file The intersection of two sets that are small, or its size: identifiers become points of Curve25519, which both parties multiply by a
 * secret number each, in either order (Meadows 1986; Huberman, Franklin and Hogg 1999; Curve25519 as in RFC 7748, points by RFC 9380).
 * Each sends its own points once multiplied, in a random order, and gets them back as records of the twice multiplied ones. If they
 * come back in order, the party learns which of its own are common; sorted, how many (De Cristofaro, Gasti and Tsudik, eprint
 * 2011/141). Semi-honest, under the decisional Diffie-Hellman assumption, in the random oracle model. A row costs each party a
 * multiplication for its own and one for the other's.
 */
import { randomBytes } from '#kernel-host';
import { TesseraError } from '../errors.ts';
import type { SetOf } from './oprf.ts';
import type { Wire } from './peer-messages.ts';
import { batches, CHUNK, multiplied, POINT, secret } from './points.ts';
import { recordBytes } from './shape.ts';

/** What a party learns of the intersection: its rows, how many they are, or nothing. */
export type Learns = 'rows' | 'size' | 'nothing';

export interface MaskedPart {
  readonly set: SetOf;
  /** How many identifiers the other party has. */
  readonly theirs: number;
  readonly peer: Wire;
  readonly learns: Learns;
  readonly peerLearns: Learns;
}

const bitsFor = (n: number): number => Math.min(24, 31 - Math.clz32(n));

/**
 * One party's part; both do the same. Resolves to the numbers of its common keys in the common order if it learns its rows, to how
 * many they are if it learns that, else to undefined.
 */
export const meetMasked = async ({
  set,
  theirs,
  peer,
  learns,
  peerLearns,
}: MaskedPart): Promise<Uint32Array | number | undefined> => {
  const { memory, digests, count } = set;
  const { kernels } = memory;
  const scalar = memory.take(32);
  memory.bytes(scalar, 32).set(secret());
  // Hashes of this protocol have no key: what is secret are the numbers.
  const seed = memory.take(32);
  memory.bytes(seed, 32).fill(0);
  const sorted = (records: number, from: number, n: number) => {
    const out = memory.take(16 * n);
    const index = memory.take(4 * n);
    kernels.sortRecords(out, index, records, from, n, memory.take(4 * ((1 << bitsFor(n)) + 1)), bitsFor(n));
    return { records: out, index };
  };

  const draws = memory.take(16 * count);
  memory.stream(draws, 16 * count, randomBytes(32), 0);
  const { index: order } = sorted(draws, 0, count);
  const shuffled = memory.take(16 * count);
  kernels.permute(shuffled, digests, order, count);
  const own = memory.take(POINT * count);
  kernels.fieldElements(own, shuffled, count, seed);
  const others = memory.take(POINT * theirs);

  // At the same time: who only sent would wait for ever for one who only sends.
  await Promise.all([
    peer.sendFrom(
      memory,
      own,
      POINT * count,
      (offset, size) => batches(own + offset, size, (at, n) => kernels.maskElements(at, at, n, scalar)),
      CHUNK,
    ),
    peer.receiveInto(
      memory,
      others,
      POINT * theirs,
      'masked identifiers',
      (offset, size) => batches(others + offset, size, multiplied(memory, scalar, peer.peer)),
      CHUNK,
    ),
  ]);
  memory.bytes(scalar, 32).fill(0);

  const length = recordBytes(count, theirs);
  const values = memory.take(16 * theirs);
  kernels.valuesOfPoints(values, others, theirs);
  kernels.hashValues(values, values, theirs, seed, length);
  const rising = sorted(values, 0, theirs).records;
  const back = memory.take(length * theirs + 16);
  kernels.packRecords(back, peerLearns === 'rows' ? values : rising, theirs, length);
  const packed = memory.take(length * count + 16);
  await Promise.all([
    peerLearns === 'nothing' ? undefined : peer.sendFrom(memory, back, length * theirs),
    learns === 'nothing' ? undefined : peer.receiveInto(memory, packed, length * count, 'records'),
  ]);
  if (learns === 'nothing') return undefined;

  const mine = memory.take(16 * count);
  const inOrder = kernels.unpackRecords(mine, packed, count, length);
  if (learns === 'size' && !inOrder)
    throw new TesseraError('SERIALIZATION', `${peer.peer} sent records that are not in order`, {
      party: peer.peer,
    });
  const { records, index } = sorted(mine, order, count);
  const found = memory.take(4 * Math.min(count, theirs));
  const size = kernels.meet(found, memory.take(Math.ceil(theirs / 8)), records, count, rising, theirs) >>> 0;
  if (learns === 'size') return size;
  const numbers = memory.words(index, count);
  return memory.words(found, size).map((place) => numbers[place]!);
};
