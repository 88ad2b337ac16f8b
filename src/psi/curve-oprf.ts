/**
 * @file An oblivious pseudorandom function without a dealer: F(x) is the hash of k times the point of x, k the sender's secret number. The receiver asks for r
 * times its points (r a number of its own) and divides what comes back by r (Jarecki, Kiayias and Krawczyk, 2HashDH, eprint 2014/650, on Curve25519 with points by
 * RFC 9380). Semi-honest, under the one-more Diffie-Hellman assumption, in the random oracle model. The receiver multiplies each of its identifiers twice; the
 * sender its own once, and the receiver's once.
 */
import type { SetMemory } from '../ring/set-memory.ts';
import type { SetOf } from './oprf.ts';
import type { Wire } from './peer-messages.ts';
import { batches, CHUNK, inverse, multiplied, POINT, secret } from './points.ts';

const scalarAt = (memory: SetMemory, bytes: Uint8Array): number => {
  const at = memory.take(POINT);
  memory.bytes(at, POINT).set(bytes);
  return at;
};

/** Points of a set's keys, and 32 zeros: this function has no key but the number. */
const pointsOf = ({ memory, digests, count }: SetOf): number => {
  const seed = memory.take(32);
  memory.bytes(seed, 32).fill(0);
  const points = memory.take(POINT * count);
  memory.kernels.fieldElements(points, digests, count, seed);
  return points;
};

/** Hashes of points, which are values of the function: 16 bytes each, of which `length` count. */
const hashed = ({ memory, count }: SetOf, points: number, length: number): number => {
  const seed = memory.take(32);
  memory.bytes(seed, 32).fill(0);
  const values = memory.take(16 * count);
  memory.kernels.valuesOfPoints(values, points, count);
  memory.kernels.hashValues(values, values, count, seed, length);
  return values;
};

/** The receiver's part: the address of values of its keys, 16 bytes each, of which `length` count, in their order. */
export const askCurve = async (set: SetOf, peer: Wire, length = 16): Promise<number> => {
  const { memory, count } = set;
  const own = secret();
  const scalar = scalarAt(memory, own);
  const points = pointsOf(set);
  const back = memory.take(POINT * count);
  await Promise.all([
    peer.sendFrom(
      memory,
      points,
      POINT * count,
      (offset, size) =>
        batches(points + offset, size, (at, n) => memory.kernels.maskElements(at, at, n, scalar)),
      CHUNK,
    ),
    peer.receiveInto(memory, back, POINT * count, 'masked identifiers', undefined, CHUNK),
  ]);
  memory.bytes(scalar, POINT).set(inverse(own));
  await batches(back, POINT * count, multiplied(memory, scalar, peer.peer));
  memory.bytes(scalar, POINT).fill(0);
  return hashed(set, back, length);
};

/** The sender's answers to a receiver with so many identifiers: their points times the sender's number. */
export const answerAsked = async (
  memory: SetMemory,
  key: Uint8Array,
  theirs: number,
  peer: Wire,
): Promise<void> => {
  const scalar = scalarAt(memory, key);
  const asked = memory.take(POINT * theirs);
  const times = multiplied(memory, scalar, peer.peer);
  await peer.receiveInto(memory, asked, POINT * theirs, 'masked identifiers', undefined, CHUNK);
  await peer.sendFrom(
    memory,
    asked,
    POINT * theirs,
    (offset, size) => batches(asked + offset, size, times),
    CHUNK,
  );
  memory.bytes(scalar, POINT).fill(0);
};

/** The sender's own values: the address of 16 bytes each, of which `length` count, in the order of its keys. */
export const valuesOf = async (set: SetOf, key: Uint8Array, length = 16): Promise<number> => {
  const { memory, count } = set;
  const scalar = scalarAt(memory, key);
  const points = pointsOf(set);
  await batches(points, POINT * count, (at, n) => memory.kernels.maskElements(at, at, n, scalar));
  memory.bytes(scalar, POINT).fill(0);
  return hashed(set, points, length);
};

/** The sender's part, for a receiver with so many identifiers: the address of values of its own keys. */
export const answerCurve = async (set: SetOf, theirs: number, peer: Wire): Promise<number> => {
  const key = secret();
  await answerAsked(set.memory, key, theirs, peer);
  return valuesOf(set, key);
};
