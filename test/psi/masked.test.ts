/** Two sets meet without a dealer: rows, sizes, what is sent, and messages of another form. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type Learns, meetMasked } from '../../src/psi/masked.ts';
import { rejection, suite } from '../link/helpers.ts';
import { type Change, chi, pairOf, read } from './helpers.ts';

const test = suite('psi/masked');
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

const meet = async (
  x: readonly number[],
  y: readonly number[],
  [left, right]: readonly [Learns, Learns] = ['rows', 'rows'],
  change: { left?: Change; right?: Change } = {},
) => {
  const [a, b] = [await read(x, 'left'), await read(y, 'right')];
  const { wires, seen, sent, closing } = pairOf('left', 'right', change);
  const [p, q] = await Promise.all([
    closing(
      'left',
      meetMasked({ set: a, theirs: b.count, peer: wires.left!, learns: left, peerLearns: right }),
    ),
    closing(
      'right',
      meetMasked({ set: b, theirs: a.count, peer: wires.right!, learns: right, peerLearns: left }),
    ),
  ]);
  const ids = (found: typeof p, of: readonly number[]) =>
    typeof found === 'object' ? Array.from(found, (i) => of[i]!) : found;
  return { left: ids(p, x), right: ids(q, y), seen, sent: sent() };
};

const rising = (ids: unknown): number[] => (ids as number[]).toSorted((a, b) => a - b);

test('rows at both, in one order; at one; the size alone', async () => {
  const sets = fc.uniqueArray(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(sets, sets, async (x, y) => {
      const want = x.filter((id) => y.includes(id));
      const both = await meet(x, y);
      assert.equal(rising(both.left), rising(want));
      assert.equal(both.left, both.right);
      const one = await meet(x, y, ['nothing', 'rows']);
      assert.equal([one.left, rising(one.right)], [undefined, rising(want)]);
      const size = await meet(x, y, ['size', 'nothing']);
      assert.equal([size.left, size.right], [want.length, undefined]);
    }),
    { seed: 8, numRuns: 8 },
  );
});

test('uneven, equal, one element; bytes as they are counted on the link', async () => {
  assert.equal((await meet([500], range(0, 1000))).left, [500]);
  assert.equal((await meet([-5], range(0, 1000))).right, []);
  assert.equal((await meet([7], [7], ['size', 'size'])).right, 1);
  const { left, sent } = await meet(range(0, 600), range(0, 600).reverse());
  assert.equal(rising(left), range(0, 600));
  // 40 bits and 2 times 9.2 for the pairs.
  assert.equal(sent, { left: (32 + 8) * 600, right: (32 + 8) * 600 });
});

test('what comes is uniform whatever the other set is, but for the highest bit of points', async () => {
  for (const y of [range(1000, 1600), range(0, 600).map((i) => i * 1_000_003)]) {
    const { seen } = await meet([-1], y, ['size', 'nothing']);
    const points = seen.left.slice(0, -1).map((bytes) => bytes.filter((_, i) => i % 32 !== 31));
    assert.ok(Math.abs(chi(points) - 255) < 150, `${chi(points)}`);
  }
});

test('a size is found in records that come in the order of their values, not of rows', async () => {
  const { seen } = await meet(range(0, 50), range(25, 75), ['size', 'nothing']);
  const records = Buffer.from(seen.left.at(-1)!);
  const length = records.length / 50;
  const texts = range(0, 50).map((i) => records.subarray(length * i, length * (i + 1)).toString('hex'));
  assert.equal(texts, texts.toSorted());
});

test('messages of another form are errors at who gets them', async () => {
  const [x, y] = [range(0, 50), range(25, 75)];
  const cut =
    (at: number): Change =>
    (b, i) =>
      i === at ? b.subarray(1) : b;
  const zeros: Change = (b, i) => (i === 0 ? new Uint8Array(b.length) : b);
  const same: Change = (b, i) => (i === 1 ? new Uint8Array(b.length) : b);
  const cases = [
    [{ left: cut(0) }, ['rows', 'rows'], /right sent \d+ bytes as masked identifiers/],
    [{ left: cut(1) }, ['rows', 'rows'], /right sent \d+ bytes as records/],
    [{ right: zeros }, ['rows', 'rows'], /left sent a point of small order/],
    [{ left: same }, ['size', 'nothing'], /records that are not in order/],
  ] as const;
  for (const [change, learns, text] of cases) {
    const error = await rejection(meet(x, y, learns, change));
    assert.is(error.code, 'SERIALIZATION', error.message);
    assert.match(error.message, text);
  }
});

test.run();
