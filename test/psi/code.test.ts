/** The code of transfers and its columns: against polynomials, bits and streams one by one; and what two parties' halves of a correlation are to each other. */
import * as assert from 'uvu/assert';
import { allLeaves, mostLeaves } from '../../src/psi/leaves.ts';
import { transferred } from '../../src/psi/transferred.ts';
import { SetMemory } from '../../src/ring/set-memory.ts';
import { suite } from '../link/helpers.ts';
import { pairOf } from './helpers.ts';

const test = suite('psi/code');
const COLUMNS = 256;
const DIMENSION = 71;
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Powers of a in GF(2^8), x^8 + x^4 + x^3 + x^2 + 1. */
const POWERS = ((): number[] => {
  const out = [1];
  while (out.length < 255) {
    const next = out.at(-1)! << 1;
    out.push(next > 255 ? next ^ 0x11d : next);
  }
  return out;
})();

/** Whether a^i is a root of a polynomial over GF(2), its lowest coefficient in the lowest bit. */
const isRoot = (polynomial: bigint, i: number): boolean => {
  let sum = 0;
  for (let k = 0; k < 255; k++) if ((polynomial >> BigInt(k)) & 1n) sum ^= POWERS[(i * k) % 255]!;
  return sum === 0;
};

/** The polynomial of lowest degree with the roots a^1 to a^58: the product of x - a^i for these and their conjugates. */
const generator = (): bigint => {
  const roots = new Set(range(58).flatMap((i) => range(8).map((k) => ((i + 1) * 2 ** k) % 255)));
  let polynomial = [1];
  for (const i of roots) {
    const times = polynomial.map((c) => (c === 0 ? 0 : POWERS[(POWERS.indexOf(c) + i) % 255]!));
    polynomial = [...times, 0].map((c, k) => c ^ (k === 0 ? 0 : polynomial[k - 1]!));
  }
  assert.ok(polynomial.every((c) => c <= 1));
  return BigInt(`0b${polynomial.toReversed().join('')}`);
};

const filled = (memory: SetMemory, bytes: number, seed: number): number => {
  const at = memory.take(bytes);
  memory.stream(at, bytes, new Uint8Array(32).fill(seed), 0);
  return at;
};

const bitOf = (bytes: Uint8Array, i: number): number => (bytes[i >> 3]! >> (i & 7)) & 1;

/** A row of bits of columns of n bits. */
const rowOf = (columns: Uint8Array, n: number, row: number, width: number): bigint => {
  let out = 0n;
  for (let j = 0; j < width; j++) out |= BigInt(bitOf(columns, n * j + row)) << BigInt(j);
  return out;
};

const element = (bytes: Uint8Array, i: number): bigint =>
  BigInt(
    `0x${Buffer.from(bytes.subarray(16 * i, 16 * i + 16))
      .reverse()
      .toString('hex')}`,
  );

const ones = (word: bigint): number => word.toString(2).replaceAll('0', '').length;

/** Words of n numbers that `numbers` fills in, 16 bytes each. */
const encoded = async (n: number, numbers: (memory: SetMemory, at: number) => void) => {
  const memory = await SetMemory.create();
  const [rows, columns] = [memory.take(16 * n), memory.take((COLUMNS * n) / 8)];
  memory.bytes(rows, 16 * n).fill(0);
  numbers(memory, rows);
  memory.bytes(columns, (COLUMNS * n) / 8).fill(0);
  memory.kernels.addWords(columns, rows, n);
  const [given, bits] = [
    memory.bytes(rows, 16 * n).slice(),
    memory.bytes(columns, (COLUMNS * n) / 8).slice(),
  ];
  return range(n).map((i) => ({ number: element(given, i), word: rowOf(bits, n, i, COLUMNS) }));
};

const PARITY = 1n << 255n;

test('words are multiples of the generator, by polynomials, and have an even number of ones', async () => {
  const g = generator();
  assert.is(g.toString(2).length, 256 - DIMENSION, 'degree 184');
  for (let i = 1; i <= 58; i++) assert.ok(isRoot(g, i), `a^${i}`);
  const words = await encoded(256, (memory, at) =>
    memory.stream(at, 16 * 256, new Uint8Array(32).fill(1), 0),
  );
  for (const { number, word } of words) {
    let want = 0n;
    for (let i = 0; i < DIMENSION; i++) if ((number >> BigInt(i)) & 1n) want ^= g << BigInt(i);
    assert.is(word & (PARITY - 1n), want);
    assert.is(ones(word) % 2, 0);
  }
});

test('no word has fewer than 60 ones: 58 roots one behind the other (the bound of BCH), and samples', async () => {
  // One bit, two and three bits of the number, where a code that is none would have few ones; and any numbers.
  const few = await encoded(4096, (memory, at) => {
    const bytes = memory.bytes(at, 16 * 4096);
    for (let i = 0; i < 4096; i++)
      for (const bit of [i % DIMENSION, (7 * i + 1) % DIMENSION, (i >> 3) % DIMENSION].slice(0, 1 + (i % 3)))
        bytes[16 * i + (bit >> 3)]! ^= 1 << (bit & 7);
  });
  const any = await encoded(4096, (memory, at) =>
    memory.stream(at, 16 * 4096, new Uint8Array(32).fill(2), 0),
  );
  for (const words of [few, any])
    for (const { number, word } of words) {
      if (BigInt.asUintN(DIMENSION, number) === 0n) continue;
      assert.ok(ones(word) >= 60, `${ones(word)} ones`);
      assert.ok([1, 29, 58].every((i) => isRoot(word & (PARITY - 1n), i)));
    }
  const mean = any.reduce((sum, { word }) => sum + ones(word), 0) / any.length;
  assert.ok(Math.abs(mean - 128) < 1, `as words of any kind: ${mean}`);
  // Differences of words are words; those of neighbours are not nearer.
  const least = Math.min(...any.slice(1).map(({ word }, i) => ones(word ^ any[i]!.word)));
  assert.ok(least >= 60 && least < 128);
});

test('words are added to what is there; bits above the number do not count', async () => {
  const memory = await SetMemory.create();
  const n = 128;
  const [rows, columns] = [filled(memory, 16 * n, 3), filled(memory, 32 * n, 4)];
  const before = memory.bytes(columns, 32 * n).slice();
  memory.kernels.addWords(columns, rows, n);
  assert.is.not(Buffer.compare(before, memory.bytes(columns, 32 * n)), 0);
  const bytes = memory.bytes(rows, 16 * n);
  for (let i = 0; i < n; i++) {
    bytes[16 * i + 8]! ^= 0x80;
    bytes.fill(i, 16 * i + 9, 16 * i + 16);
  }
  memory.kernels.addWords(columns, rows, n);
  assert.equal(memory.bytes(columns, 32 * n), before);
});

test('rows of columns are their bits, one by one', async () => {
  const memory = await SetMemory.create();
  for (const n of [128, 384]) {
    const [columns, rows] = [filled(memory, 16 * n, 5), memory.take(16 * n)];
    memory.kernels.rowsOf(rows, columns, n);
    const [bits, out] = [memory.bytes(columns, 16 * n).slice(), memory.bytes(rows, 16 * n).slice()];
    for (let i = 0; i < n; i++) assert.is(element(out, i), rowOf(bits, n, i, 128), `row ${i} of ${n}`);
  }
});

test('columns are sums of streams of their keys, from any block on; the first key is asked for by sums alone', async () => {
  const memory = await SetMemory.create();
  const [n, place] = [640, 3];
  const bytes = n / 8;
  const keys = filled(memory, 4 * 32 * COLUMNS, 6);
  const [columns, sums, four] = [
    memory.take(2 * bytes * COLUMNS),
    memory.take(bytes * COLUMNS),
    memory.take(4 * bytes),
  ];
  memory.kernels.spread(columns, sums, keys, n, place, four);
  const [drawn, total] = [
    memory.bytes(columns, 2 * bytes * COLUMNS).slice(),
    memory.bytes(sums, bytes * COLUMNS).slice(),
  ];
  const at = memory.take(bytes);
  for (const j of [0, 1, 100, 255]) {
    const [r0, r1, r2, r3] = range(4).map((x) => {
      memory.stream(at, bytes, memory.bytes(keys + 32 * (4 * j + x), 32).slice(), 0, 64 * place);
      return memory.bytes(at, bytes).slice();
    }) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const low = drawn.subarray(2 * j * bytes, (2 * j + 1) * bytes);
    const high = drawn.subarray((2 * j + 1) * bytes, (2 * j + 2) * bytes);
    const sum = total.subarray(j * bytes, (j + 1) * bytes);
    for (let k = 0; k < bytes; k++)
      assert.equal(
        [low[k], high[k], sum[k]],
        [r1[k]! ^ r3[k]!, r2[k]! ^ r3[k]!, r0[k]! ^ r1[k]! ^ r2[k]! ^ r3[k]!],
      );
  }
  memory.bytes(keys, 32).fill(9);
  memory.kernels.spread(columns, 0, keys, n, place, four);
  assert.equal(memory.bytes(columns, 2 * bytes * COLUMNS), drawn);
});

test('tables of a map give sums of the images of bits', async () => {
  const memory = await SetMemory.create();
  const [images, tables, a, out] = [
    filled(memory, 2048, 7),
    memory.take(memory.kernels.factorBytes() >>> 0),
    filled(memory, 256, 8),
    memory.take(256),
  ];
  memory.kernels.prepareMap(tables, images);
  const zero = memory.take(256);
  memory.bytes(zero, 256).fill(0);
  memory.kernels.multiplyAdd(out, a, zero, tables, 16);
  const [known, given, got] = [images, a, out].map((from, i) =>
    memory.bytes(from, i === 0 ? 2048 : 256).slice(),
  );
  for (let i = 0; i < 16; i++) {
    let want = 0n;
    for (let bit = 0; bit < 128; bit++) if (bitOf(given!, 128 * i + bit)) want ^= element(known!, bit);
    assert.is(element(got!, i), want);
  }
});

/** Both halves for a store of so many elements: the elements, C, B plus M of what came, M of the elements, and images of the bits of a number. */
const halves = async (total: number, zeros = false) => {
  const { wires, seen } = pairOf('receiver', 'sender', {});
  const [hers, his] = [await SetMemory.create(), await SetMemory.create()];
  const store = filled(hers, 16 * (total + 224), 11);
  if (zeros) hers.bytes(store, 16 * total).fill(0);
  const elements = hers.bytes(store, 16 * total).slice();
  const receiving = async (): Promise<Uint8Array> => {
    const cover = await transferred.asking(wires.receiver);
    await cover(hers, store, total);
    return hers.bytes(store, 16 * total).slice();
  };
  const sending = async () => {
    const { map, uncover } = await transferred.answering(his, wires.sender, total);
    const at = await uncover();
    const k = his.bytes(at, 16 * total).slice();
    const times = (bytes: Uint8Array): Uint8Array => {
      const n = 16 * Math.ceil(bytes.length / 256);
      const [from, zero] = [his.take(16 * n), his.take(16 * n)];
      his.bytes(zero, 16 * n).fill(0);
      his.bytes(from, 16 * n).set(bytes);
      his.kernels.multiplyAdd(from, from, zero, map, n);
      return his.bytes(from, bytes.length).slice();
    };
    const bits = new Uint8Array(2048);
    for (let i = 0; i < 128; i++) bits[16 * i + (i >> 3)] = 1 << (i & 7);
    return { k, product: times(elements), images: times(bits) };
  };
  const [c, { k, product, images }] = await Promise.all([receiving(), sending()]);
  return { c, k, product, images: range(128).map((i) => element(images, i)), seen };
};

test('B + M(P) is C plus M of the elements, over several stretches; M is another one each time, and 0 above the number', async () => {
  const all = new Set<bigint>();
  for (const total of [1, 130, 16_384, 20_000]) {
    const { c, k, product, images, seen } = await halves(total);
    assert.equal(
      k,
      c.map((byte, i) => byte ^ product[i]!),
      `${total}`,
    );
    assert.ok(images.slice(DIMENSION).every((image) => image === 0n));
    for (const image of images.slice(0, DIMENSION)) {
      assert.is.not(image, 0n);
      all.add(image);
    }
    assert.is(seen.sender.length, 2 + Math.ceil(total / 16_384));
  }
  assert.is(all.size, 4 * DIMENSION);
});

test('no row has what another has: streams go on from stretch to stretch', async () => {
  const { c } = await halves(20_000, true);
  const pieces = range(20_000).map((i) => Buffer.from(c.subarray(16 * i, 16 * i + 16)).toString('hex'));
  assert.is(new Set(pieces).size, 20_000);
});

test('who knows all leaves knows those of the other, who lacks a random one in each column', async () => {
  const all: Uint8Array[] = [];
  for (let turn = 0; turn < 2; turn++) {
    const { wires } = pairOf('receiver', 'sender', {});
    const [keys, most] = await Promise.all([
      allLeaves(wires.receiver, Uint8Array.of(1, 2)),
      mostLeaves(wires.sender, 2),
    ]);
    assert.equal(most.beside, Uint8Array.of(1, 2));
    const leaf = (from: Uint8Array, j: number, x: number): string =>
      Buffer.from(from.subarray(32 * (4 * j + x), 32 * (4 * j + x + 1))).toString('hex');
    const counts = [0, 0, 0, 0];
    for (const [j, d] of most.missing.entries()) {
      counts[d]!++;
      assert.is(leaf(most.keys, j, 0), '00'.repeat(32));
      for (const x of [1, 2, 3]) assert.is(leaf(most.keys, j, x), leaf(keys, j, x ^ d));
    }
    // 64 of each in the mean, with a deviation of 7.
    assert.ok(
      counts.every((count) => count > 15),
      counts.join(),
    );
    assert.is(new Set(range(1024).map((i) => leaf(keys, i >> 2, i & 3))).size, 1024);
    all.push(most.missing);
  }
  assert.ok(range(256).filter((j) => all[0]![j] === all[1]![j]).length < 120);
});

test('images of bits are of rank 71, and half of their bits are set: every number takes part with all of d', async () => {
  const { images } = await halves(1);
  const set = images.slice(0, DIMENSION).reduce((sum, image) => sum + ones(image), 0);
  // Of 9,088 bits, with a deviation of 48.
  assert.ok(Math.abs(set - 64 * DIMENSION) < 400, `${set}`);
  const rows = [...images.slice(0, DIMENSION)];
  let rank = 0;
  for (let bit = 0n; bit < 128n; bit++) {
    const pivot = rows.findIndex((row, i) => i >= rank && (row >> bit) & 1n);
    if (pivot < 0) continue;
    [rows[rank], rows[pivot]] = [rows[pivot]!, rows[rank]!];
    for (let i = rank + 1; i < rows.length; i++) if ((rows[i]! >> bit) & 1n) rows[i]! ^= rows[rank]!;
    rank++;
  }
  assert.is(rank, DIMENSION);
});

test.run();
