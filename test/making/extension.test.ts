/** What transfers are made of: base transfers, seeds, extension and pads; known answers, and messages that are wrong. */
import { createCipheriv } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BaseReceiver, BaseSender } from '../../src/making/base.ts';
import { blockBitsFor, connect, type Place, Receiver, Sender } from '../../src/making/extension.ts';
import { BLOCK_BITS, blocksOf, puncturedTrees, sidesOf, wholeTrees } from '../../src/making/seeds.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { type PadHash, Pads } from '../../src/ring/pads.ts';
import { Ring } from '../../src/ring/ring.ts';
import { line } from './line.ts';
import { bitAt, filled, hex } from './transfer-support.ts';

const transfers = suite('extension of transfers');
const rings = [await Ring.create(), await Ring.create()] as const;

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

transfers.run();
