/**
 * @file Streams of which one party knows four a column and the other three, all but number d (SoftSpokenOT: Roy, eprint 2022/192, section 3; trees of two levels:
 * Goldreich, Goldwasser and Micali). The transfers that the choices take are values of the function on points of a curve (curve-oprf.ts): who chooses asks for that of
 * the transfer's number and a bit, and who has both keys knows both values. Semi-honest, as the function, and SHA-512 is a random oracle.
 */
import { randomBytes, sha512 } from '#kernel-host';
import { SetMemory } from '../ring/set-memory.ts';
import { answerAsked, askCurve, valuesOf } from './curve-oprf.ts';
import type { SetOf } from './oprf.ts';
import type { Wire } from './peer-messages.ts';
import { secret } from './points.ts';

/** Columns, each with a tree of four leaves. */
export const COLUMNS = 256;
const TRANSFERS = 2 * COLUMNS;
/** Bytes of a key, and of a value of the function. */
const KEY = 32;
const VALUE = 16;

const LABEL = new TextEncoder().encode('tessera sets transfer 1');

const bitAt = (bits: Uint8Array, i: number): number => (bits[i >> 3]! >> (i & 7)) & 1;

const sum = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, i) => byte ^ b[i]!);

/** Both children of a node. */
const children = (node: Uint8Array): readonly [Uint8Array, Uint8Array] => {
  const both = sha512(node);
  return [both.slice(0, KEY), both.slice(KEY, 2 * KEY)];
};

/** What the function is asked for in place of identifiers, on a memory of its own: a transfer's number and a bit. */
const choicesOf = async (
  count: number,
  choiceOf: (i: number) => readonly [number, number],
): Promise<SetOf> => {
  const memory = await SetMemory.create();
  const digests = memory.take(VALUE * count);
  const bytes = memory.bytes(digests, VALUE * count);
  bytes.fill(0);
  for (let i = 0; i < count; i++) {
    const [transfer, bit] = choiceOf(i);
    bytes.set([transfer, transfer >> 8, bit], VALUE * i);
  }
  return { memory, digests, count };
};

/** The keys that messages of transfers are sent under: from values of the function, by their places. */
const padsOf = ({ memory, count }: SetOf, values: number): ((place: number) => Uint8Array) => {
  const bytes = memory.bytes(values, VALUE * count).slice();
  return (place) => {
    const input = new Uint8Array(LABEL.length + VALUE);
    input.set(LABEL);
    input.set(bytes.subarray(VALUE * place, VALUE * (place + 1)), LABEL.length);
    return sha512(input).subarray(0, KEY);
  };
};

/** The part of who knows all leaves. `beside`: bytes that go with them. Resolves to four keys a column. */
export const allLeaves = async (peer: Wire, beside: Uint8Array): Promise<Uint8Array> => {
  const both = await choicesOf(2 * TRANSFERS, (i) => [i >> 1, i & 1]);
  const key = secret();
  await answerAsked(both.memory, key, TRANSFERS, peer);
  const padAt = padsOf(both, await valuesOf(both, key));
  const keys = new Uint8Array(4 * KEY * COLUMNS);
  const message = new Uint8Array(2 * TRANSFERS * KEY + beside.length);
  message.set(beside, 2 * TRANSFERS * KEY);
  const put = (transfer: number, messages: readonly [Uint8Array, Uint8Array]): void => {
    for (const [side, bytes] of messages.entries())
      message.set(sum(bytes, padAt(2 * transfer + side)), (2 * transfer + side) * KEY);
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

/** The part of who lacks one leaf a column. `beside`: how many bytes come with them. */
export const mostLeaves = async (peer: Wire, beside: number): Promise<MostLeaves> => {
  const drawn = randomBytes(TRANSFERS / 8);
  const choices = await choicesOf(TRANSFERS, (i) => [i, bitAt(drawn, i)]);
  const padAt = padsOf(choices, await askCurve(choices, peer));
  const message = (await peer.receive(2 * TRANSFERS * KEY + beside, 'sums of leaves')).slice();
  const chosen = (transfer: number): Uint8Array => {
    const at = 2 * transfer + bitAt(drawn, transfer);
    return sum(message.subarray(at * KEY, (at + 1) * KEY), padAt(transfer));
  };
  const missing = new Uint8Array(COLUMNS);
  const keys = new Uint8Array(4 * KEY * COLUMNS);
  for (let j = 0; j < COLUMNS; j++) {
    const [side, last] = [bitAt(drawn, 2 * j), bitAt(drawn, 2 * j + 1)];
    const known = children(chosen(2 * j));
    const d = 2 * (1 - side) + (1 - last);
    missing[j] = d;
    const put = (leaf: number, key: Uint8Array): void => keys.set(key, (4 * j + (leaf ^ d)) * KEY);
    put(2 * side, known[0]);
    put(2 * side + 1, known[1]);
    // The sum of both leaves of a side, of which one is known, gives the sibling of the missing one.
    put(2 * (1 - side) + last, sum(chosen(2 * j + 1), known[last]!));
  }
  return { missing, keys, beside: message.subarray(2 * TRANSFERS * KEY) };
};
