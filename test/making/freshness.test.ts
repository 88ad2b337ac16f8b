/** @file Sessions, batches and jobs of transfers draw anew each: what repeats would take the pads off. */
import * as assert from 'uvu/assert';
import type { Transfer } from '../../src/making/chunks.ts';
import { connect, type Ends, type Place } from '../../src/making/extension.ts';
import { BLOCK_BITS, type BlockBits, blocksOf, wholeTrees } from '../../src/making/seeds.ts';
import { Transfers } from '../../src/making/transfers.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';
import { suite } from '../link/helpers.ts';
import { fixed, fixedEnds, line } from './line.ts';

const test = suite('making/freshness');
const N = 128;

const piecesOf = (messages: readonly Uint8Array[]): string[] =>
  messages.flatMap((bytes) =>
    Array.from({ length: Math.floor(bytes.length / 16) }, (_, i) =>
      Buffer.from(bytes.subarray(16 * i, 16 * i + 16)).toString('hex'),
    ),
  );

const noneTwice = (messages: readonly Uint8Array[], what: string): void => {
  const all = piecesOf(messages);
  assert.is(new Set(all).size, all.length, what);
};

const rings = [await Ring.create(), await Ring.create()] as const;

/** A session of its own: both ends, and all that was sent for them. */
const session = async (k: BlockBits) => {
  const { ends, sent } = line();
  const both = await Promise.all([connect(rings[0], ends[0], k), connect(rings[1], ends[1], k)]);
  return { both, messages: [...sent[0], ...sent[1]] };
};

/** What a receiver sends for choices that are all `bit`, and what the rows of both ends differ by: choice times secret. */
const extended = ([receiving, sending]: readonly [Ends, Ends], place: Place, bit: 0 | 1) => {
  const choices = rings[0].bits(N);
  rings[0].u8(choices).fill(bit === 1 ? 255 : 0);
  const { rows, message } = receiving.receiver.extend(choices, place);
  const theirs = sending.sender.extend(message, N, place);
  const [a, b] = [rings[0].u8(rows).slice(), rings[1].u8(theirs).slice()];
  return { message, differ: a.map((byte, i) => byte ^ b[i]!) };
};

const PLACE: Place = { job: 1, chunk: 0 };

for (const k of BLOCK_BITS)
  test(`two sessions of the same parties, k = ${k}: points, sums, streams and secrets`, async () => {
    const [one, two] = [await session(k), await session(k)];
    noneTwice([...one.messages, ...two.messages], 'messages of base transfers and seeds');
    const made = [one, two].map(({ both }) => extended(both, PLACE, 1));
    noneTwice(
      made.map(({ message }) => message),
      'the same choices at the same place',
    );
    const secrets = made.map(({ differ }) => differ.slice(0, 16));
    for (const [i, { differ }] of made.entries())
      assert.equal(differ.slice(-16), secrets[i], 'one secret for all rows of a session');
    noneTwice(secrets, 'secrets of the sender');
    for (const secret of secrets) assert.ok(new Set(secret).size > 4, 'a secret has no pattern');
    assert.ok(extended(one.both, { job: 2, chunk: 0 }, 0).differ.every((byte) => byte === 0));
  });

test('sums of seeds are under the keys of base transfers: other keys, other messages', () => {
  const full = (i: number, seed: number): Uint8Array => fixed(i, seed, i, seed, i, seed, i, seed);
  for (const k of BLOCK_BITS) {
    const roots = blocksOf(k).map((_, i) => fixed(i, 1));
    const messages = [2, 4].map((seed) => {
      const keys = Array.from({ length: N }, (_, i) => [full(i, seed), full(i, seed + 1)] as const);
      return wholeTrees(k, roots, keys).message;
    });
    const [a, b] = messages.map((message) => piecesOf([message])) as [string[], string[]];
    assert.is(a.filter((piece, i) => piece === b[i]).length, 0);
  }
});

test('places: streams and pads of no two chunks or jobs are the same', async () => {
  const [first, second] = await fixedEnds(rings[0], 5);
  const places = [
    { job: 1, chunk: 0 },
    { job: 1, chunk: 1 },
    { job: 2, chunk: 0 },
    { job: 2 ** 32 + 1, chunk: 0 },
  ];
  noneTwice(
    places.map((place) => extended([first, second], place, 0).message),
    'what is sent for the same choices',
  );
  const rows = rings[0].alloc(FIELDS.FM128, N);
  rings[0].u8(rows).fill(7);
  const padsAt = (place: Place): Uint8Array => {
    const out = rings[0].alloc(FIELDS.FM128, N);
    first.receiver.pads(out, rows, 0, 1, place);
    return rings[0].u8(out).slice();
  };
  noneTwice(places.map(padsAt), 'pads of the same rows');
});

test('batches of one job, and jobs of one session: nothing that is sent for the same transfers comes twice', async () => {
  const { ends, sent } = line();
  const [first, second] = await Promise.all([connect(rings[0], ends[0], 4), connect(rings[1], ends[1], 4)]);
  const before = [sent[0].length, sent[1].length] as const;
  const payload = { kind: 'words', count: 1, field: FIELDS.FM128 } as const;
  const batch = (rank: 0 | 1): Transfer[] => {
    const ring = rings[rank];
    const [choices, worth] = [ring.bits(N), ring.alloc(FIELDS.FM128, N)];
    ring.zero(choices);
    ring.zero(worth);
    const own = rank === 0 ? { worth } : { choices };
    return [{ sender: 0, planes: 1, n: N, payload, ...own, out: ring.alloc(FIELDS.FM128, N) }];
  };
  for (const job of [1, 2]) {
    const a = new Transfers(rings[0], first, ends[0], job);
    const b = new Transfers(rings[1], second, ends[1], job);
    for (let i = 0; i < 2; i++) await Promise.all([a.exchange(batch(0)), b.exchange(batch(1))]);
  }
  const after = [...sent[0].slice(before[0]), ...sent[1].slice(before[1])];
  assert.is(after.length, 8, 'choices and answers of four batches');
  noneTwice(after, 'transfers of the same choices and words');
});

test.run();
