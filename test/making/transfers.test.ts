/** Batches of transfers: shares that add up, and messages that are wrong. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Payload, Transfer } from '../../src/making/chunks.ts';
import type { MakingChannel } from '../../src/making/cross-terms.ts';
import { connect, extensionBytes } from '../../src/making/extension.ts';
import { Transfers } from '../../src/making/transfers.ts';
import type { RingArray } from '../../src/ring/array.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { randomBytes } from '../../src/ring/prg.ts';
import { Ring } from '../../src/ring/ring.ts';
import { line } from './line.ts';
import { bitAt, hex, randomBits } from './transfer-support.ts';

const transfers = suite('transfers');
const rings = [await Ring.create(), await Ring.create()] as const;
const { ends, sent } = line();
const [first, second] = await Promise.all([connect(rings[0], ends[0], 4), connect(rings[1], ends[1], 4)]);
let job = 0;
/** Batches of a job of their own. */
const both = (): [Transfers, Transfers] => {
  job++;
  return [new Transfers(rings[0], first, ends[0], job), new Transfers(rings[1], second, ends[1], job)];
};

for (const [n, planes, width] of [
  [1, 3, 1],
  [9, 5, 2],
  [128, 2, 31],
  [1000, 3, 16],
  [70_000, 2, 1],
] as const)
  transfers(`bits: ${planes} planes of ${n}, worth ${width} bits each, in both directions`, async () => {
    const [a, b] = both();
    const choices = rings.map((ring) => randomBits(ring, n, planes));
    const worth = rings.map((ring) => randomBits(ring, n, planes * width));
    const outs = rings.map((ring) => [0, 1].map(() => ring.bits(n, planes * width)));
    const asked = (rank: 0 | 1): Transfer[] =>
      ([0, 1] as const).map((sender) => ({
        sender,
        planes,
        n,
        payload: { kind: 'bits', width },
        ...(sender === rank ? { worth: worth[rank]! } : { choices: choices[rank]! }),
        out: outs[rank]![sender]!,
      }));
    await Promise.all([a.exchange(asked(0)), b.exchange(asked(1))]);
    for (const sender of [0, 1])
      for (let p = 0; p < planes; p++)
        for (let w = 0; w < width; w++)
          for (let i = 0; i < n; i += Math.ceil(n / 50)) {
            const at = p * width + w;
            const sum = bitAt(rings[0], outs[0]![sender]!, at, i) ^ bitAt(rings[1], outs[1]![sender]!, at, i);
            const want =
              bitAt(rings[1 - sender]!, choices[1 - sender]!, p, i) &
              bitAt(rings[sender]!, worth[sender]!, at, i);
            assert.is(sum, want, `${sender} ${p} ${w} ${i}`);
          }
    for (const [rank, ring] of rings.entries())
      for (const array of [choices[rank]!, worth[rank]!, ...outs[rank]!]) ring.release(array);
  });

const wordAt = (ring: Ring, a: RingArray, i: number): bigint => {
  const bytes = ring.u8(a.view(i, 1));
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
};

for (const name of ['FM128', 'FM64', 'FM32'] as FieldName[])
  for (const [kind, count] of [
    ['words', 1],
    ['words', 2],
    ['words', 4],
    ['product', 1],
  ] as const)
    transfers(`${kind} ${count} of ${name}: shares add up to what was chosen`, async () => {
      const field = FIELDS[name];
      const [a, b] = both();
      const n = 21;
      const planes = kind === 'product' ? field.bits : 3;
      const payload: Payload = kind === 'product' ? { kind, field } : { kind, count, field };
      const size = kind === 'product' ? n : planes * count * n;
      const worth = rings[0].alloc(field, size);
      rings[0].u8(worth).set(randomBytes(worth.bytes));
      const choices = randomBits(rings[1], n, planes);
      const outs = rings.map((ring) => ring.alloc(field, size));
      const asked = (rank: 0 | 1): Transfer[] => [
        { sender: 0, planes, n, payload, ...(rank === 0 ? { worth } : { choices }), out: outs[rank]! },
      ];
      await Promise.all([a.exchange(asked(0)), b.exchange(asked(1))]);
      const mod = 1n << BigInt(field.bits);
      for (let at = 0; at < size; at++) {
        const got = (wordAt(rings[0], outs[0]!, at) + wordAt(rings[1], outs[1]!, at)) % mod;
        const w = wordAt(rings[0], worth, at);
        const bit = (p: number, i: number): bigint => BigInt(bitAt(rings[1], choices, p, i));
        const want =
          kind === 'product'
            ? Array.from({ length: planes }, (_, p) => bit(p, at) << BigInt(p)).reduce((x, y) => x + y) * w
            : bit(Math.floor(at / (count * n)), at % n) * w;
        assert.is(got, want % mod);
      }
      rings[0].release(worth);
      rings[1].release(choices);
      for (const [rank, ring] of rings.entries()) ring.release(outs[rank]!);
    });

transfers(
  'the same choices and worths leave other messages each time: pads are of their transfer alone',
  async () => {
    const messages: string[] = [];
    for (let turn = 0; turn < 2; turn++) {
      const [a, b] = both();
      const [choices, worth] = [rings[1].bits(128), rings[0].bits(128)];
      rings[1].zero(choices);
      rings[0].zero(worth);
      const before = sent.map((all) => all.length);
      const outs = rings.map((ring) => ring.bits(128));
      const common = { sender: 0, planes: 1, n: 128, payload: { kind: 'bits', width: 1 } } as const;
      await Promise.all([
        a.exchange([{ ...common, worth, out: outs[0]! }]),
        b.exchange([{ ...common, choices, out: outs[1]! }]),
      ]);
      messages.push(...sent.flatMap((all, rank) => all.slice(before[rank]).map(hex)));
      assert.is(sent[1].at(-1)!.length, extensionBytes(4, 128));
    }
    assert.is(new Set(messages).size, messages.length);
  },
);

transfers('an answer of another length is refused, and nothing stays in memory', async () => {
  const ring = rings[0];
  const before = ring.heap.used;
  const channel: MakingChannel = {
    rank: 1,
    send: () => {},
    receive: async (bytes) => {
      throw new Error(`3 bytes, not ${bytes}`);
    },
  };
  const alone = new Transfers(ring, first, channel, ++job);
  const [choices, out] = [ring.bits(64), ring.bits(64)];
  let failed = '';
  await alone
    .exchange([{ sender: 0, planes: 1, n: 64, payload: { kind: 'bits', width: 1 }, choices, out }])
    .catch((e: Error) => {
      failed = e.message;
    });
  assert.match(failed, /3 bytes/);
  ring.release(choices);
  ring.release(out);
  assert.is(ring.heap.used, before);
});

transfers.run();
