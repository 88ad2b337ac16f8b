/**
 * @file A large set that is prepared once and asked often by a small one: values of the function of curve-oprf.ts for the whole set lie with the receiver, sorted,
 * and a question costs work for the small set alone. The owner's number is one for all questions.
 */
import { TesseraError } from '../errors.ts';
import { SetMemory } from '../ring/set-memory.ts';
import { answerAsked, askCurve, valuesOf } from './curve-oprf.ts';
import type { SetOf } from './oprf.ts';
import type { Wire } from './peer-messages.ts';
import { secret } from './points.ts';
import { recordBytes } from './shape.ts';

/** Identifiers in all questions together, for which records of different ones do not agree by chance. */
const MOST_ASKED = 1_073_741_824;

/** What the receiver keeps: records of 16 bytes in rising order. */
export interface KnownSet {
  readonly records: Uint8Array<ArrayBuffer>;
  readonly count: number;
}

const lengthOf = (count: number): number => recordBytes(count, MOST_ASKED);

const sorted = (memory: SetMemory, values: number, count: number) => {
  const bits = Math.min(24, 31 - Math.clz32(count));
  const records = memory.take(16 * count);
  const numbers = memory.take(4 * count);
  memory.kernels.sortRecords(records, numbers, values, 0, count, memory.take(4 * ((1 << bits) + 1)), bits);
  return { records, numbers };
};

/** The owner's part: sends records of its set. Resolves to the number that it answers with. */
export const give = async (set: SetOf, peer: Wire): Promise<Uint8Array> => {
  const { memory, count } = set;
  const key = secret();
  const length = lengthOf(count);
  const { records } = sorted(memory, await valuesOf(set, key, length), count);
  const packed = memory.take(length * count + 16);
  memory.kernels.packRecords(packed, records, count, length);
  await peer.sendFrom(memory, packed, length * count);
  return key;
};

/** The receiver's part, for an owner with so many identifiers. */
export const keep = async (count: number, peer: Wire): Promise<KnownSet> => {
  const memory = await SetMemory.create();
  const length = lengthOf(count);
  const packed = memory.take(length * count + 16);
  await peer.receiveInto(memory, packed, length * count, 'records');
  const records = memory.take(16 * count);
  if (!memory.kernels.unpackRecords(records, packed, count, length))
    throw new TesseraError('SERIALIZATION', `${peer.peer} sent records that are not in order`, {
      party: peer.peer,
    });
  return { records: memory.bytes(records, 16 * count).slice(), count };
};

/** The owner answers a question of so many identifiers. */
export const answerFor = async (key: Uint8Array, theirs: number, peer: Wire): Promise<void> =>
  answerAsked(await SetMemory.create(), key, theirs, peer);

/** The receiver asks. Resolves to the numbers of its keys that the owner has, rising. */
export const askFor = async (set: SetOf, known: KnownSet, peer: Wire): Promise<Uint32Array> => {
  const { memory, count } = set;
  const { records, numbers } = sorted(memory, await askCurve(set, peer, lengthOf(known.count)), count);
  const others = memory.take(16 * known.count);
  memory.bytes(others, 16 * known.count).set(known.records);
  const found = memory.take(4 * Math.min(count, known.count));
  const bits = memory.take(Math.ceil(known.count / 8));
  const size = memory.kernels.meet(found, bits, records, count, others, known.count) >>> 0;
  const own = memory.words(numbers, count);
  return memory
    .words(found, size)
    .map((place) => own[place]!)
    .sort();
};
