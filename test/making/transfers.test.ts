/** Transfers: base transfers, seeds, extension and batches; known answers, shares that add up, and messages that are wrong. */
import { createCipheriv } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BaseReceiver, BaseSender } from '../../src/making/base.ts';
import type { Payload, Transfer } from '../../src/making/chunks.ts';
import type { MakingChannel } from '../../src/making/cross-terms.ts';
import {
  blockBitsFor,
  connect,
  extensionBytes,
  type Place,
  Receiver,
  Sender,
} from '../../src/making/extension.ts';
import { BLOCK_BITS, blocksOf, puncturedTrees, sidesOf, wholeTrees } from '../../src/making/seeds.ts';
import { permuted, route } from '../../src/making/switching-network.ts';
import { Transfers } from '../../src/making/transfers.ts';
import type { Bits, RingArray } from '../../src/ring/array.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { type PadHash, Pads } from '../../src/ring/pads.ts';
import { randomBytes } from '../../src/ring/prg.ts';
import { Ring } from '../../src/ring/ring.ts';
import { line } from './line.ts';

const transfers = suite('transfers');
const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
const filled = (n: number, by: number): Uint8Array => new Uint8Array(n).fill(by);

const rings = [await Ring.create(), await Ring.create()] as const;
const { ends, sent } = line();
const [first, second] = await Promise.all([connect(rings[0], ends[0], 4), connect(rings[1], ends[1], 4)]);
let job = 0;
/** Batches of a job of their own. */
const both = (): [Transfers, Transfers] => {
  job++;
  return [new Transfers(rings[0], first, ends[0], job), new Transfers(rings[1], second, ends[1], job)];
};

transfers('base transfers: known answers, and the receiver has the key that its bit says', () => {
  // a = 2, b = 3: RFC 9496, appendix A.1 has the small multiples of the generator; keys are SHA-512 of those.
  const scalar = (v: number): Uint8Array => Uint8Array.from({ length: 64 }, (_, i) => (i === 63 ? v : 0));
  const sender = new BaseSender(scalar(2));
  const receiver = new BaseReceiver(sender.message);
  for (const bit of [0, 1]) {
    const { message, key } = receiver.choose(7, bit, scalar(3));
    const keys = sender.keys(7, message);
    assert.is(hex(keys[bit]!), hex(key));
    assert.is.not(hex(keys[1 - bit]!), hex(key));
    assert.is(
      hex(key).slice(0, 32),
      ['462057a0f8cb7e8a4f4653591df15d73', '6f370c4d4e6548c6dd91476c9d3e81b3'][bit],
    );
  }
  assert.is(hex(sender.message), '6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919');
});

transfers('what is no point of the group is refused, and so is its identity', () => {
  for (const wrong of [filled(32, 0), filled(32, 255)]) {
    assert.throws(
      () => new BaseReceiver(wrong),
      (e: { code: string }) => e.code === 'LINK',
    );
    assert.throws(
      () => new BaseSender().keys(0, wrong),
      (e: { code: string }) => e.code === 'LINK',
    );
  }
});

transfers('a number of base transfers is never 0, which would be the identity for all to see', () => {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  for (const times of [0n, 1n, 5n]) {
    const entropy = Buffer.from((times * order).toString(16).padStart(128, '0'), 'hex');
    const sender = new BaseSender(entropy);
    const receiver = new BaseReceiver(sender.message);
    const { message, key } = receiver.choose(3, 0, entropy);
    assert.is(hex(message), hex(sender.message), 'the generator itself');
    assert.is(hex(sender.keys(3, message)[0]), hex(key));
  }
});

for (const k of BLOCK_BITS)
  transfers(`trees of ${k} levels: all leaves but the one that is missing are the same`, () => {
    const keys = Array.from({ length: 128 }, (_, i) => [filled(32, i), filled(32, 255 - i)] as const);
    const blocks = blocksOf(k);
    const roots = blocks.map((_, i) => filled(32, i));
    const { leaves, message } = wholeTrees(k, roots, keys);
    assert.is(
      hex(leaves[3]![5]!).slice(0, 32),
      {
        4: '3870b675941580a28d9bf99505821b3f',
        6: 'b2338eb1aa06caa37f5cfdb4d885c400',
        8: 'e10e3017b86fd6fe432ecf933aeaeaba',
      }[k],
    );
    const missing = blocks.map((bits, i) => (i * 5) % 2 ** bits);
    const chosen = sidesOf(k, missing).map((side, i) => keys[i]![side as 0 | 1]);
    puncturedTrees(k, missing, chosen, message).forEach((block, b) => {
      assert.is(block.length, 2 ** blocks[b]!);
      block.forEach((seed, x) => {
        if (x === missing[b]) assert.is(seed, undefined);
        else assert.is(hex(seed!), hex(leaves[b]![x]!));
      });
    });
  });

/** A stream's bits, by the platform's own function: seed, job, chunk. */
const streamBits = (seed: Uint8Array, { job, chunk }: Place, n: number): number[] => {
  const nonce = Buffer.alloc(16);
  nonce.writeBigUInt64LE(BigInt(job), 4);
  nonce.writeUInt32LE(chunk, 12);
  const bytes = createCipheriv('chacha20', seed, nonce).update(new Uint8Array(n / 8));
  return Array.from({ length: n }, (_, i) => (bytes[i >> 3]! >> (i & 7)) & 1);
};

/** The message of a receiver and its rows, from all leaves, as the paper has them. */
const extendedPlainly = (
  leaves: readonly (readonly Uint8Array[])[],
  choices: readonly number[],
  place: Place,
): { readonly message: number[][]; readonly columns: number[][] } => {
  const n = choices.length;
  const [message, columns]: [number[][], number[][]] = [[], []];
  for (const block of leaves) {
    const streams = block.map((seed) => streamBits(seed, place, n));
    const sum = (chosen: (x: number) => boolean): number[] =>
      choices.map((_, i) => streams.reduce((all, bits, x) => all ^ (chosen(x) ? bits[i]! : 0), 0));
    message.push(sum(() => true).map((bit, i) => bit ^ choices[i]!));
    for (let j = 0; 1 << j < block.length; j++) columns.push(sum((x) => ((x >> j) & 1) === 1));
  }
  return { message, columns };
};

for (const k of BLOCK_BITS)
  transfers(
    `extension, k = ${k}: message and rows are those of the definition, at both parties`,
    async () => {
      const ring = rings[0];
      const pads = await Pads.on(ring, 'chacha20');
      const n = 256;
      const place = { job: 2 ** 33 + 5, chunk: 3 };
      const missing = blocksOf(k).map((bits, b) => (b * 7 + 1) % 2 ** bits);
      const keys = Array.from({ length: 128 }, (_, i) => [filled(32, i), filled(32, 200 - i)] as const);
      const roots = missing.map((_, i) => filled(32, 3 * i + 1));
      const { leaves, message: sums } = wholeTrees(k, roots, keys);
      const chosen = sidesOf(k, missing).map((side, i) => keys[i]![side as 0 | 1]);
      const receiver = new Receiver(ring, k, leaves, pads);
      const sender = new Sender(ring, k, missing, puncturedTrees(k, missing, chosen, sums), pads);
      const choices = ring.bits(n);
      ring.u8(choices).set(Uint8Array.from({ length: n / 8 }, (_, i) => Math.imul(i + 1, 73)));
      const bits = Array.from({ length: n }, (_, i) => bitAt(ring, choices, 0, i));
      const want = extendedPlainly(leaves, bits, place);
      const { rows, message } = receiver.extend(choices, place);
      assert.is(message.length, (Math.ceil(128 / k) * n) / 8);
      assert.is(message.length, sender.awaited(n));
      want.message.forEach((block, b) => {
        block.forEach((bit, i) => {
          assert.is((message[(b * n + i) >> 3]! >> (i & 7)) & 1, bit, `block ${b}, ${i}`);
        });
      });
      const theirs = sender.extend(message, n, place);
      const [t, q] = [rows, theirs].map((words) => ring.u8(words).slice()) as [Uint8Array, Uint8Array];
      const secret = missing.flatMap((leaf, b) =>
        Array.from({ length: blocksOf(k)[b]! }, (_, j) => (leaf >> j) & 1),
      );
      want.columns.forEach((column, j) => {
        column.forEach((bit, i) => {
          const at = (words: Uint8Array): number => (words[16 * i + (j >> 3)]! >> (j & 7)) & 1;
          assert.is(at(t), bit, `column ${j}, ${i}`);
          assert.is(at(q), bit ^ (secret[j]! & bits[i]!), `column ${j} of the sender, ${i}`);
        });
      });
      assert.is(
        hex(message).slice(0, 32),
        {
          4: '6fd5317cc0227ff768e13bb01013ea8e',
          6: '7075dc6109d4ee33fdb81a1873b96988',
          8: 'c6558e9b09140f12840b07f74d02bacb',
        }[k],
      );
      for (const a of [choices, rows, theirs]) ring.release(a);
      pads.close();
    },
  );

transfers('parties agree on the smaller blocks of their wishes; what nobody makes is refused', async () => {
  for (const [one, other, agreed] of [
    [4, 8, 4],
    [8, 6, 6],
    [8, 8, 8],
  ] as const) {
    const link = line();
    const made = await Promise.all([
      connect(rings[0], link.ends[0], one),
      connect(rings[1], link.ends[1], other),
    ]);
    for (const { sender } of made) assert.is(sender.awaited(128), 16 * Math.ceil(128 / agreed));
    for (const [rank, messages] of link.sent.entries())
      assert.is(messages[0]![33], [one, other][rank], 'the wish');
  }
  for (const wrong of [0, 1, 5, 7]) {
    const link = line();
    const failed = connect(rings[0], link.ends[0], 8).then(
      () => undefined,
      (e: { code: string; message: string }) => e,
    );
    const hello = new Uint8Array(34);
    hello.set(new BaseSender().message);
    hello[33] = wrong;
    link.ends[1].send(hello);
    assert.is((await failed)?.code, 'DIVERGED');
    assert.match((await failed)!.message, new RegExp(`blocks of ${wrong} bits`));
  }
});

transfers('blocks are larger the slower the link is, and small where nothing is known of it', () => {
  assert.equal(
    [undefined, 1e9, 12.5e6, 5e6, 4.9e6, 625e3, 624e3, 1].map((bandwidth) => blockBitsFor(bandwidth)),
    [4, 4, 4, 4, 6, 6, 8, 8],
  );
});

/** The block of pad of a row that was xored with the secret, by the platform's own functions. */
const PADS: Readonly<Record<PadHash, (row: Uint8Array, number: number, block: number) => Uint8Array>> = {
  // The row and a fixed half are the key; its number, and what says which rows these are, counter and nonce.
  chacha20: (row, number, block) => {
    const key = Buffer.alloc(32);
    key.set(row);
    key.write('tessera transfer', 16, 'latin1');
    const nonce = Buffer.from(Uint32Array.of(number, 5, 6, 7).buffer);
    return createCipheriv('chacha20', key, nonce)
      .update(new Uint8Array(64))
      .subarray(16 * block, 16 * block + 16);
  },
  // P(P(row) ^ number) ^ P(row)
  aes: (row, number, block) => {
    const permute = (x: Uint8Array): Uint8Array =>
      createCipheriv('aes-128-ecb', Buffer.from('pads of transfer'), null).update(x).subarray(0, 16);
    const once = permute(row);
    const words = new Uint8Array(Uint32Array.of(number, 5, (6 ^ (block << 30)) >>> 0, 7).buffer);
    const twice = permute(once.map((v, i) => v ^ words[i]!));
    return twice.map((v, i) => v ^ once[i]!);
  },
};

for (const hash of ['chacha20', 'aes'] as const)
  transfers(`pads by ${hash}: those of the definition, of each length, and no two rows alike`, async () => {
    const ring = rings[0];
    const kernel = await Pads.on(ring, hash);
    // More rows than a call of the platform's cipher takes, and not a multiple of them.
    const [many, from] = [2056, 4];
    const rows = ring.alloc(FIELDS.FM128, many + from);
    const given = Uint8Array.from({ length: rows.bytes }, (_, i) => (i * 7 + (i >> 8)) & 255);
    ring.u8(rows).set(given);
    const pads = (bytes: number): Uint8Array => {
      const out = ring.alloc(FIELDS.FM32, (many * bytes) / 4);
      kernel.fill(out, rows, from, bytes / 4, [1, 2, 3, 4], [5, 6, 7]);
      const found = ring.u8(out).slice();
      ring.release(out);
      return found;
    };
    const whole = pads(64);
    for (const bytes of [4, 8, 16, 32, 48]) {
      const part = pads(bytes);
      for (let row = 0; row < many; row += 5)
        assert.is(
          hex(part.subarray(row * bytes, (row + 1) * bytes)),
          hex(whole.subarray(row * 64, row * 64 + bytes)),
        );
    }
    assert.is(
      new Set(Array.from({ length: many }, (_, i) => hex(whole.subarray(i * 64, i * 64 + 16)))).size,
      many,
    );
    for (const row of [0, 1, 7, 1023, 1024, 2055]) {
      const own = given.slice(16 * (from + row), 16 * (from + row) + 16);
      for (let word = 0; word < 4; word++) own[4 * word]! ^= word + 1;
      for (let block = 0; block < 4; block++)
        assert.is(
          hex(whole.subarray(row * 64 + 16 * block, row * 64 + 16 * block + 16)),
          hex(PADS[hash](own, from + row, block)),
          `row ${row}, block ${block}`,
        );
    }
    kernel.close();
    ring.release(rows);
  });

const randomBits = (ring: Ring, n: number, planes: number): Bits => {
  const out = ring.bits(n, planes);
  ring.u8(out).set(randomBytes(out.bytes));
  return out;
};

const bitAt = (ring: Ring, a: Bits, plane: number, i: number): number =>
  (ring.u8(a)[plane * a.stride + (i >> 3)]! >> (i & 7)) & 1;

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

transfers('networks are routed for every permutation of four, and for random ones', () => {
  assert.type(permuted, 'function');
  const apply = (settings: readonly Uint8Array[], size: number): number[] => {
    let now = Array.from({ length: size }, (_, i) => i);
    const columns = settings.length;
    settings.forEach((column, c) => {
      const middle = (columns - 1) / 2;
      const block = size / 2 ** Math.min(c, columns - 1 - c);
      const next = [...now];
      column.forEach((crossed, s) => {
        const base = Math.floor((2 * s) / block) * block;
        const j = s - base / 2;
        const near = [base + 2 * j, base + 2 * j + 1] as const;
        const far = [base + j, base + block / 2 + j] as const;
        const [from, to] = c === middle ? [near, near] : c < middle ? [near, far] : [far, near];
        const pair = [now[from[0]]!, now[from[1]]!];
        next[to[0]] = pair[crossed]!;
        next[to[1]] = pair[1 - crossed]!;
      });
      now = next;
    });
    return now;
  };
  const orders = (rest: readonly number[]): number[][] =>
    rest.length === 0 ? [[]] : rest.flatMap((x) => orders(rest.filter((y) => y !== x)).map((o) => [x, ...o]));
  for (const order of orders([0, 1, 2, 3])) assert.equal(apply(route(Int32Array.from(order), 4), 4), order);
  for (let turn = 0; turn < 20; turn++) {
    const keys = randomBytes(64);
    const order = Array.from({ length: 64 }, (_, i) => i).sort((x, y) => keys[x]! - keys[y]! || x - y);
    assert.equal(apply(route(Int32Array.from(order), 64), 64), order);
  }
});

transfers.run();
