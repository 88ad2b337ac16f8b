/** Identifiers become digests: the same for the same, different for all others, and errors that say where. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { Id } from '../../src/psi/ids.ts';
import { readIds } from '../../src/psi/ids.ts';
import { rejection, suite } from '../link/helpers.ts';
import { read } from './helpers.ts';

const test = suite('psi/ids');

const digests = async (ids: unknown): Promise<string[]> => {
  const { memory, digests: at, count } = await read(ids);
  return Array.from({ length: count }, (_, i) => Buffer.from(memory.bytes(at + 16 * i, 16)).toString('hex'));
};

test('known answers: BLAKE3 of type, length and bytes; above a block, of SHA-512', async () => {
  // Made with the Python packages blake3 and hashlib: blake3(b'\x01\x03ann').hexdigest()[:32] and so on.
  assert.equal(await digests(['ann', 5, -1n, 'é', 'x'.repeat(100)]), [
    'd73c87a6023841766bdd1d62612cacb5',
    '324759d7ef24de3c34ea71e0c6fa2be1',
    '245230d82bda07e985b192d1c66b8bb6',
    '8f38f2259cc4ca86f9f3a6135d39c457',
    '946fb28bf45df7b961fb236add63bb57',
  ]);
});

test('different identifiers have different digests, and the same have the same', async () => {
  const id = fc.oneof(
    fc.string({ minLength: 1, maxLength: 80, unit: 'grapheme' }),
    fc.string({ minLength: 1, maxLength: 80 }),
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
  );
  const name = (x: Id): string => `${typeof x === 'string' ? 't' : 'n'}${x}`;
  await fc.assert(
    fc.asyncProperty(fc.array(id, { minLength: 1, maxLength: 40 }), async (ids) => {
      const { first, count } = await read(ids, 'alice', 'first');
      const names = ids.map(name);
      const want = names.flatMap((text, i) => (names.indexOf(text) === i ? [i] : []));
      assert.equal([Array.from(first), count], [want, want.length]);
    }),
    { seed: 4, numRuns: 100 },
  );
});

test('rows of several columns are compared as a whole: no two ways to cut a text meet', async () => {
  const rows = (...columns: Id[][]) => digests(columns);
  const [[a], [b], [c], [d], [e]] = (await Promise.all([
    rows(['ab'], ['c']),
    rows(['a'], ['bc']),
    rows(['abc']),
    rows(['ab'], ['c'], ['c']),
    rows(['c'], ['ab']),
  ])) as [string[], string[], string[], string[], string[]];
  assert.is(new Set([a, b, c, d, e]).size, 5);
  assert.equal(await rows(['ab', 'x'], ['c', 'y']), [a, ...(await rows(['x'], ['y']))]);
});

test('columns of any kind of numbers mean the same', async () => {
  const want = await digests([1, 2, 3]);
  for (const column of [
    Int32Array.of(1, 2, 3),
    Float64Array.of(1, 2, 3),
    BigInt64Array.of(1n, 2n, 3n),
    [1n, 2, 3n],
  ])
    assert.equal(await digests(column), want);
  assert.equal(await digests([]), []);
});

test('normalize changes identifiers and leaves rows out', async () => {
  const normalize = (id: unknown) => (id === '' || id === null ? null : String(id).trim().toLowerCase());
  const { first, count, groups } = await readIds(['Ann', '', 'BEA ', null, 'ann'], {
    party: 'alice',
    duplicates: 'product',
    normalize,
  });
  assert.equal([Array.from(first), count], [[0, 2], 2]);
  assert.equal(
    [Array.from(groups!.starts), Array.from(groups!.rows)],
    [
      [0, 2, 3],
      [0, 4, 2],
    ],
  );
});

test('what is no identifier is an error with party and row', async () => {
  const bad: readonly (readonly [unknown, RegExp, number?])[] = [
    [['a', ''], /row 1 of alice has an empty identifier/, 1],
    [['a', null], /row 1 of alice has no identifier/, 1],
    [[1, 2, undefined], /row 2 of alice has no identifier/, 2],
    [[1.5], /row 0 of alice has a number that is not whole/, 0],
    [[Number.NaN], /not whole/, 0],
    [[2 ** 53], /below 2\^53/, 0],
    [[1n << 63n], /more than 64 bits/, 0],
    [['a', '\ud800'], /half of a pair/, 1],
    [[{}], /an object as identifier/, 0],
    [['a', 'b', 'a'], /rows 0 and 2 of alice have the same identifier/, 2],
    [[['a', 'b'], ['c']], /columns of 2 and 1 rows/],
    [[['a'], 'b'], /a column 1 that is "b"/],
    ['abc', /are "abc", not a list/],
    [undefined, /are undefined, not a list/],
    [new DataView(new ArrayBuffer(8)), /not a list/],
  ];
  for (const [ids, text, row] of bad) {
    const error = await rejection(read(ids));
    assert.is(error.code, 'INVALID_ARGUMENT');
    assert.match(error.message, text);
    assert.is(error.info.party, 'alice');
    if (row !== undefined) assert.is(error.info.row, row, error.message);
  }
});

test.run();
