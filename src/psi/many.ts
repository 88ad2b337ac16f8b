/**
 * @file The intersection of three sets or more (Kolesnikov, Matania, Pinkas, Rosulek and Trieu, eprint 2017/799, in a star). With each other party the
 * leader evaluates an oblivious function F_i on its own set X, as two parties do. The others share keys two by two, of which each makes masks s_i(y)
 * whose sum over all of them is 0 for every y, and sends the leader a store of F_i(y) + s_i(y) for its own y. The leader adds up, over all, what their stores hold
 * at its x and F_i(x): it is 0 where all have x, and random to it elsewhere, so that it learns nothing of the sets of some of them. Where only how many these
 * are is to be learned, one of the others, the counter, adds a hash R(y) under a key that nobody else has: the sums are R(x) where all have x, which the leader
 * cannot tell from random numbers, and leader and counter find how many of the sums are among the R(y) as two parties do (masked.ts). Semi-honest; parties who pool
 * what they know learn for the leader's identifiers which of them all the others have. Who else is to learn the result gets hashes of the common identifiers,
 * under a new key, in rising order, which is the common order.
 */
import { randomBytes } from '#kernel-host';
import { TesseraError } from '../errors.ts';
import { wholeTurn } from '../link/tick.ts';
import { answerCurve, askCurve } from './curve-oprf.ts';
import { correlationFor } from './form.ts';
import { type MaskedPart, meetMasked } from './masked.ts';
import { answer, ask, encode, order, type SetOf } from './oprf.ts';
import type { Wire } from './peer-messages.ts';
import { shapeOf } from './shape.ts';

const SEED = 32;

/** The channels to another party, and to the dealer if there is one. */
export interface PeerChannels {
  readonly peer: Wire;
  readonly dealer: Wire | undefined;
  /** How many identifiers the other party has. */
  readonly theirs: number;
}

/** Numbers of 128 bits a key, in the order of the keys. */
type Sums = Uint32Array<ArrayBuffer>;

/** Adds values at an address, which stand in the order of the keys `sorted`, or (0) of the keys themselves. */
const add = (sums: Sums, { memory, count }: SetOf, values: number, sorted: number): void => {
  const own = memory.words(values, 4 * count);
  const places = sorted === 0 ? undefined : memory.words(sorted, count);
  for (let i = 0; i < count; i++) {
    const to = 4 * (places === undefined ? i : places[i]!);
    for (let w = 0; w < 4; w++) sums[to + w]! ^= own[4 * i + w]!;
  }
};

/** A seed at an address. */
const placed = ({ memory }: SetOf, bytes: Uint8Array): number => {
  const at = memory.take(SEED);
  memory.bytes(at, SEED).set(bytes);
  return at;
};

/** Adds this party's values of the function that it evaluates with the other one. */
const evaluated = async (sums: Sums, set: SetOf, channels: PeerChannels, asks: boolean): Promise<void> => {
  const { peer, dealer, theirs } = channels;
  const { memory, count } = set;
  const top = memory.used;
  const correlation = correlationFor(dealer, count, theirs);
  if (correlation === undefined)
    add(sums, set, await (asks ? askCurve(set, peer) : answerCurve(set, theirs, peer)), 0);
  else {
    const { seed, sorted, values } = await (asks ? ask : answer)({ set, theirs, peer, correlation });
    memory.kernels.hashValues(values, values, count, seed, 16);
    add(sums, set, values, sorted);
  }
  memory.release(top);
  await wholeTurn();
};

/** What the leader adds up at its keys: 0 (or what only a counter knows) where all have them, random numbers elsewhere. */
const gathered = async (set: SetOf, others: readonly PeerChannels[]): Promise<Sums> => {
  const { memory, digests, count } = set;
  const sums: Sums = new Uint32Array(4 * count);
  for (const other of others) {
    await evaluated(sums, set, other, true);
    const top = memory.used;
    const shape = shapeOf(other.theirs);
    const seed = placed(set, await other.peer.receive(SEED, 'a seed'));
    const { sorted } = order(set, seed, shape);
    const store = memory.take(16 * shape.total);
    const values = memory.take(16 * count);
    await other.peer.receiveInto(memory, store, 16 * shape.total, 'an encoded set');
    memory.kernels.decodeBand(values, 0, store, digests, sorted, count, seed, shape.bins, shape.columns);
    add(sums, set, values, sorted);
    memory.release(top);
    await wholeTurn();
  }
  return sums;
};

/** The leader's part. Resolves to the numbers of its keys that all have. */
export const lead = async (set: SetOf, others: readonly PeerChannels[]): Promise<Uint32Array> => {
  const { count } = set;
  const sums = await gathered(set, others);
  const found = new Uint32Array(count);
  let size = 0;
  for (let i = 0; i < count; i++)
    if ((sums[4 * i]! | sums[4 * i + 1]! | sums[4 * i + 2]! | sums[4 * i + 3]!) === 0) found[size++] = i;
  return found.slice(0, size);
};

/** The channel to another party that is not the leader; of two the first draws their key. */
export interface Fellow {
  readonly peer: Wire;
  readonly first: boolean;
}

const shared = async ({ peer, first }: Fellow): Promise<Uint8Array> => {
  if (!first) return (await peer.receive(SEED, 'a key')).slice();
  const key = randomBytes(SEED);
  await peer.send(key.slice());
  return key;
};

/** Hashes of a party's keys under a key of its own, at an address. */
const hashedUnder = (set: SetOf, key: Uint8Array): number => {
  const { memory, digests, count } = set;
  const values = memory.take(16 * count);
  memory.kernels.hashValues(values, digests, count, placed(set, key), 16);
  return values;
};

/** The part of a party that is not the leader; with a key of its own the sums are hashes under it where all have a key. */
export const follow = async (
  set: SetOf,
  leader: PeerChannels,
  fellows: readonly Fellow[],
  own?: Uint8Array,
): Promise<void> => {
  const { memory, digests, count } = set;
  const keys = await Promise.all(fellows.map(shared));
  if (own) keys.push(own);
  const sums: Sums = new Uint32Array(4 * count);
  await evaluated(sums, set, leader, false);
  const values = memory.take(16 * count);
  for (const key of keys) {
    memory.kernels.hashValues(values, digests, count, placed(set, key), 16);
    add(sums, set, values, 0);
  }
  memory.words(values, 4 * count).set(sums);
  const shape = shapeOf(count);
  const drawn = randomBytes(SEED);
  const seed = placed(set, drawn);
  const { sorted, ends } = order(set, seed, shape);
  const store = encode(set, seed, sorted, ends, shape, values);
  await leader.peer.send(drawn);
  await leader.peer.sendFrom(memory, store, 16 * shape.total);
};

/** The other one of leader and counter, and what each of both learns. */
export interface Counting extends Pick<MaskedPart, 'learns' | 'peerLearns'> {
  readonly with: PeerChannels;
}

const counted = (set: SetOf, digests: number, { with: other, learns, peerLearns }: Counting) =>
  meetMasked({ set: { ...set, digests }, theirs: other.theirs, peer: other.peer, learns, peerLearns });

/** The leader's part where how many all have is learned, and nobody learns which: its sums meet the counter's hashes as two sets do. */
export const leadCounting = async (
  set: SetOf,
  others: readonly PeerChannels[],
  counting: Counting,
): Promise<unknown> => {
  const sums = await gathered(set, others);
  const at = set.memory.take(16 * set.count);
  set.memory.words(at, 4 * set.count).set(sums);
  return counted(set, at, counting);
};

/** The part of the counter, one of the others. */
export const followCounting = async (
  set: SetOf,
  fellows: readonly Fellow[],
  counting: Counting,
): Promise<unknown> => {
  const key = randomBytes(SEED);
  await follow(set, counting.with, fellows, key);
  return counted(set, hashedUnder(set, key), counting);
};

/** Hashes of keys under a seed in rising order, and the number of each key. */
const rising = ({ memory, count }: SetOf, digests: number, n: number, seed: number) => {
  const values = memory.take(16 * Math.max(n, count));
  memory.kernels.hashValues(values, digests, n, seed, 16);
  const records = memory.take(16 * n);
  const numbers = memory.take(4 * n);
  const bits = Math.max(0, Math.min(24, 31 - Math.clz32(n)));
  memory.kernels.sortRecords(records, numbers, values, 0, n, memory.take(4 * ((1 << bits) + 1)), bits);
  return { records, numbers };
};

/** The leader tells the other receivers what all have. Resolves to the numbers of these keys in the common order. */
export const sendCommon = async (
  set: SetOf,
  items: Uint32Array,
  receivers: readonly Wire[],
): Promise<Uint32Array> => {
  const { memory, digests } = set;
  const drawn = randomBytes(SEED);
  const chosen = memory.take(16 * items.length);
  const index = memory.take(4 * items.length);
  memory.words(index, items.length).set(items);
  memory.kernels.permute(chosen, digests, index, items.length);
  const { records, numbers } = rising(set, chosen, items.length, placed(set, drawn));
  const packed = memory.take(16 * items.length + 16);
  memory.kernels.packRecords(packed, records, items.length, 16);
  for (const peer of receivers) {
    const head = new Uint8Array(SEED + 4);
    head.set(drawn);
    new DataView(head.buffer).setUint32(SEED, items.length, true);
    await peer.send(head);
    await peer.sendFrom(memory, packed, 16 * items.length);
  }
  return memory.words(numbers, items.length).map((i) => items[i]!);
};

/** A receiver that is not the leader hears what all have. Resolves to the numbers of these keys in the common order. */
export const receiveCommon = async (set: SetOf, most: number, leader: Wire): Promise<Uint32Array> => {
  const { memory, digests, count } = set;
  const wrong = (what: string): never => {
    throw new TesseraError('SERIALIZATION', `${leader.peer} sent ${what}`, { party: leader.peer });
  };
  const head = (await leader.receive(SEED + 4, 'a key and a number')).slice();
  const size = new DataView(head.buffer).getUint32(SEED, true);
  if (size > most) wrong(`${size} common identifiers, where there are at most ${most}`);
  const { records, numbers } = rising(set, digests, count, placed(set, head.subarray(0, SEED)));
  const packed = memory.take(16 * size + 16);
  await leader.receiveInto(memory, packed, 16 * size, 'common identifiers');
  const others = memory.take(16 * size);
  if (!memory.kernels.unpackRecords(others, packed, size, 16))
    wrong('common identifiers that are not in order');
  const found = memory.take(4 * size);
  const bits = memory.take(Math.ceil(size / 8));
  if (memory.kernels.meet(found, bits, records, count, others, size) >>> 0 < size)
    wrong('common identifiers that are none of this party');
  const own = memory.words(numbers, count);
  return memory.words(found, size).map((place) => own[place]!);
};
