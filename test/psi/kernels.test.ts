/** Kernels of sets against other implementations: published vectors, numbers of any size, and what a store must give back. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { SetMemory } from '../../src/ring/set-memory.ts';
import { suite } from '../link/helpers.ts';

const test = suite('psi/kernels');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Bytes that a seed determines. */
const bytesOf = (memory: SetMemory, n: number, seed: number): number => {
  const at = memory.take(n);
  memory.stream(at, n, new Uint8Array(32).fill(seed), 0);
  return at;
};

test('digests are those of BLAKE3, as published, for inputs of up to a block', async () => {
  const memory = await SetMemory.create();
  // The authors' test vectors: bytes 0, 1, 2 ... 250, 0 ...; the first half of 32 bytes.
  const vectors: readonly (readonly [number, string])[] = [
    [0, 'af1349b9f5f9a1a6a0404dea36dcc949'],
    [1, '2d3adedff11b61f14c886e35afa03673'],
    [2, '7b7015bb92cf0b318037702a6cdd81de'],
    [3, 'e1be4d7a8ab5560aa4199eea339849ba'],
    [8, '2351207d04fc16ade43ccab08600939c'],
    [63, 'e9bc37a594daad83be9470df7f7b3798'],
    [64, '4eed7141ea4a5cd4b788606bd23f46e2'],
  ];
  const n = vectors.length;
  const [blocks, lengths, out] = [memory.take(64 * n), memory.take(n), memory.take(16 * n)];
  memory.bytes(blocks, 64 * n).fill(0);
  for (const [i, [length]] of vectors.entries()) {
    memory.bytes(lengths, n)[i] = length;
    for (let k = 0; k < length; k++) memory.bytes(blocks, 64 * n)[64 * i + k] = k;
  }
  memory.kernels.digestBlocks(out, blocks, lengths, n);
  for (const [i, [length, want]] of vectors.entries())
    assert.is(hex(memory.bytes(out + 16 * i, 16)), want, `${length} bytes`);
});

const ALL = 1n << 128n;

/** Bit by bit. */
const product = (a: bigint, b: bigint): bigint => {
  let sum = 0n;
  for (let i = 127n; i >= 0n; i--) {
    sum <<= 1n;
    if (sum >= ALL) sum ^= ALL | 0x87n;
    if ((b >> i) & 1n) sum ^= a;
  }
  return sum;
};

const element = (memory: SetMemory, at: number): bigint =>
  BigInt(`0x${hex(memory.bytes(at, 16).slice().reverse())}`);

test('products in GF(2^128) are those of numbers, for every element of a call', async () => {
  const memory = await SetMemory.create();
  const n = 32;
  const [factor, tables, out] = [memory.take(16), memory.take(8192), memory.take(16 * n)];
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.integer({ min: 1, max: 255 }),
      (key, seed) => {
        const [a, b] = [bytesOf(memory, 16 * n, seed), bytesOf(memory, 16 * n, 255 - seed)];
        memory.bytes(factor, 16).set(key);
        memory.kernels.prepareFactor(tables, factor);
        memory.kernels.multiplyAdd(out, a, b, tables, n);
        for (let i = 0; i < n; i++)
          assert.is(
            element(memory, out + 16 * i),
            product(element(memory, a + 16 * i), element(memory, factor)) ^ element(memory, b + 16 * i),
          );
      },
    ),
    { seed: 1, numRuns: 20 },
  );
  // x^127 times x^2 is x^129, which is x^8 + x^3 + x^2 + x.
  memory.bytes(factor, 16).fill(0)[0] = 4;
  memory.kernels.prepareFactor(tables, factor);
  const [a, zero] = [memory.take(256), memory.take(256)];
  memory.bytes(a, 256).fill(0)[15] = 128;
  memory.bytes(zero, 256).fill(0);
  memory.kernels.multiplyAdd(out, a, zero, tables, 16);
  assert.is(element(memory, out), 0b1_0000_1110n);
});

/** Encodes n keys in bins and reads them back; whether all have their values. */
const roundTrip = async (n: number, bins: number, seed: number, twice = false) => {
  const memory = await SetMemory.create();
  const { kernels } = memory;
  const columns = Math.ceil((1.1 * n) / bins) + 224 + (bins > 1 ? 200 : 0);
  const total = bins * columns;
  const digests = bytesOf(memory, 16 * n, seed);
  if (twice) memory.bytes(digests, 16 * n).copyWithin(0, 16, 32);
  const key = bytesOf(memory, 32, 255 - seed);
  const [placed, order, ends] = [memory.take(4 * n), memory.take(4 * n), memory.take(4 * total)];
  kernels.places(placed, digests, n, key, bins, columns);
  kernels.orderByPlace(order, ends, placed, n, total);
  const store = bytesOf(memory, 16 * (total + 224), 7);
  const table = memory.take((kernels.entryBytes() >>> 0) * columns);
  let from = 0;
  for (let bin = 0; bin < bins; bin++) {
    const end = memory.words(ends, total)[(bin + 1) * columns - 1]!;
    const at = store + 16 * bin * columns;
    if (!kernels.solve(at, table, digests, order, from, end, key, bins, columns, bin * columns))
      return undefined;
    from = end;
  }
  const [out, hashed] = [memory.take(16 * n), memory.take(16 * n)];
  kernels.decodeBand(out, hashed, store, digests, order, n, key, bins, columns);
  // Some that are not in it.
  const [strange, own] = [memory.take(16 * 64), memory.take(16 * 64)];
  const aliens = bytesOf(memory, 16 * 64, seed + 100);
  const line = memory.take(4 * 64);
  memory.words(line, 64).set(Array.from({ length: 64 }, (_, i) => i));
  kernels.decodeBand(strange, own, store, aliens, line, 64, key, bins, columns);
  const differ = Array.from(
    { length: 64 },
    (_, i) => hex(memory.bytes(strange + 16 * i, 16)) !== hex(memory.bytes(own + 16 * i, 16)),
  );
  const ordered = Array.from(memory.words(order, n));
  const places = Array.from(memory.words(placed, n));
  return {
    same: hex(memory.bytes(out, 16 * n)) === hex(memory.bytes(hashed, 16 * n)),
    distinct: new Set(Array.from({ length: n }, (_, i) => hex(memory.bytes(hashed + 16 * i, 16)))).size,
    differ: differ.every(Boolean),
    rising: ordered.every((k, i) => i === 0 || places[ordered[i - 1]!]! <= places[k]!),
  };
};

test('a store gives each key its value, and others something else', async () => {
  for (const [n, bins] of [
    [1, 1],
    [2, 1],
    [3, 1],
    [5, 1],
    [100, 1],
    [1000, 1],
    [20_000, 1],
    [10_000, 7],
  ] as const)
    assert.equal(
      await roundTrip(n, bins, (n % 150) + 1),
      { same: true, distinct: n, differ: true, rising: true },
      `${n} keys in ${bins} bins`,
    );
});

test('a key that stands there twice has no solution', async () => {
  assert.is(await roundTrip(50, 1, 3, true), undefined);
});

/** Records as numbers of `length` bytes. */
const pack = (numbers: readonly bigint[], length: number): Uint8Array =>
  Uint8Array.from(numbers.flatMap((x) => [...Buffer.from(x.toString(16).padStart(2 * length, '0'), 'hex')]));

test('records are cut, sorted, packed, unpacked and met, at every length', async () => {
  const memory = await SetMemory.create();
  const { kernels } = memory;
  fc.assert(
    fc.property(
      fc.integer({ min: 5, max: 16 }),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 0, max: 18 }),
      (length, n, bits) => {
        const top = memory.used;
        const values = bytesOf(memory, 16 * n, n % 256);
        const key = bytesOf(memory, 32, length);
        const [records, sorted, index] = [memory.take(16 * n), memory.take(16 * n), memory.take(4 * n)];
        kernels.hashValues(records, values, n, key, length);
        kernels.sortRecords(sorted, index, records, 0, n, memory.take(4 * ((1 << bits) + 1)), bits);
        const packed = memory.take(length * n + 16);
        kernels.packRecords(packed, sorted, n, length);
        const text = Array.from({ length: n }, (_, i) => hex(memory.bytes(packed + length * i, length)));
        assert.equal(text, text.toSorted());
        assert.is(new Set(text).size, n);
        assert.is(new Set(memory.words(index, n)).size, n);
        const again = memory.take(16 * n);
        assert.is(kernels.unpackRecords(again, packed, n, length), 1);
        assert.is(hex(memory.bytes(again, 16 * n)), hex(memory.bytes(sorted, 16 * n)));
        if (n > 1) {
          memory.bytes(packed, length).set(memory.bytes(packed + length, length));
          assert.is(kernels.unpackRecords(again, packed, n, length), 0, 'two that are equal');
        }
        memory.release(top);
      },
    ),
    { seed: 2, numRuns: 60 },
  );
});

test('what two rising lists have in common', async () => {
  const memory = await SetMemory.create();
  const { kernels } = memory;
  const lists = fc.uniqueArray(fc.bigInt({ min: 0n, max: 400n }), { minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(lists, lists, fc.boolean(), (a, b, high) => {
      const top = memory.used;
      const rising = [a, b].map((list) =>
        list.toSorted((x, y) => (x < y ? -1 : 1)).map((x) => (high ? x << 64n : x)),
      );
      const [first, second] = rising.map((list) => {
        const packed = memory.take(16 * list.length + 16);
        memory.bytes(packed, 16 * list.length).set(pack(list, 16));
        const out = memory.take(16 * list.length);
        assert.is(kernels.unpackRecords(out, packed, list.length, 16), 1);
        return out;
      }) as [number, number];
      const [found, bits] = [memory.take(4 * 80), memory.take(10)];
      const count = kernels.meet(found, bits, first, a.length, second, b.length) >>> 0;
      const common = rising[0]!.filter((x) => rising[1]!.includes(x));
      assert.equal(
        Array.from(memory.words(found, count), (i) => rising[0]![i]),
        common,
      );
      const marked = memory.bytes(bits, 10);
      assert.equal(
        rising[1]!.filter((_, j) => (marked[j >> 3]! >> (j & 7)) & 1),
        common,
      );
      memory.release(top);
    }),
    { seed: 3, numRuns: 100 },
  );
});

test.run();
