/** Two sets meet: what comes out, what is sent, and what a party sees, which says nothing of what only the other has. */
import * as assert from 'uvu/assert';
import { recordBytes, shapeOf } from '../../src/psi/shape.ts';
import { rejection, suite } from '../link/helpers.ts';
import { chi, commonBy, meet, meetsAny, range } from './helpers.ts';

const test = suite('psi/oprf');

const common = commonBy(meet);

test('the intersection of sets of any sizes', () => meetsAny(common, 5, 30));

test('uneven, equal, without a common one, one element', async () => {
  assert.equal(await common([500], range(0, 1000)), [500]);
  assert.equal(await common(range(0, 1000), [500]), [500]);
  assert.equal(await common([-1], range(0, 1000)), []);
  assert.equal(await common(range(0, 1000), range(0, 1000).reverse()), range(0, 1000));
  assert.equal(await common(range(0, 1000), range(1000, 2000)), []);
  assert.equal(await common([7], [7]), [7]);
  assert.equal(await common([7], [8]), []);
});

test('20,000 with 30,000: the result, and the bytes as they are counted on the link', async () => {
  const { receiver, sender, sent, dealt } = await meet(range(0, 20_000), range(10_000, 40_000));
  assert.is(receiver.length, 10_000);
  assert.ok(receiver.every((row, i) => row === sender![i]! + 10_000));
  const columns = Math.ceil(1.1 * 20_000) + 224;
  // 40 bits, and 14.3 + 14.9 for the pairs.
  assert.equal(sent, { receiver: 32 + 16 * columns + 30_000 / 8, sender: 9 * 30_000 });
  assert.is(dealt, 64 + 16 * columns);
});

test('sizes: bins of at most 2^20 keys with room for those that come by chance', () => {
  assert.equal(shapeOf(1), { bins: 1, columns: 226, total: 226 });
  assert.is(shapeOf(2 ** 20).bins, 1);
  const { bins, columns, total } = shapeOf(1e7);
  assert.is(bins, 10);
  assert.ok((columns - 224) / 1.1 <= 2 ** 20 && (columns - 224) / 1.1 >= 1e6 + 8_000);
  assert.is(total, bins * columns);
  assert.equal([recordBytes(1, 1), recordBytes(1e6, 1e6), recordBytes(4e7, 4e7)], [5, 10, 12]);
});

test('messages of another form are errors at who gets them, and the other one is told', async () => {
  const [x, y] = [range(0, 50), range(25, 75)];
  const cut = (at: number) => (b: Uint8Array, i: number) => (i === at ? b.subarray(1) : b);
  const filled = (at: number, value: number) => (b: Uint8Array, i: number) =>
    i === at ? new Uint8Array(b.length).fill(value) : b;
  const cases = [
    [{ toSender: cut(0) }, /receiver sent 31 bytes as a seed, where 32 were due/],
    [{ toSender: cut(1) }, /bytes as an encoded set/],
    [{ toSender: cut(2) }, /bytes as what was met/],
    [{ toSender: filled(2, 255) }, /says to have met more records than there are/],
    [{ toReceiver: cut(0) }, /sender sent \d+ bytes as records/],
    [{ toReceiver: filled(0, 1) }, /sender sent records that are not in order/],
  ] as const;
  for (const [settings, text] of cases) {
    const error = await rejection(meet(x, y, settings));
    assert.is(error.code, 'SERIALIZATION', error.message);
    assert.match(error.message, text);
  }
});

test('an encoded set that is none of the sender leads to no common rows, never to wrong ones', async () => {
  const noise = (b: Uint8Array, i: number) =>
    i === 1 ? crypto.getRandomValues(new Uint8Array(b.length)) : b;
  assert.equal((await meet(range(0, 50), range(0, 50), { toSender: noise })).receiver, []);
});

test('what a party sees does not depend on what only the other has', async () => {
  // What the sender gets: a seed and elements, uniform whatever the receiver's set is; then bits, which say what it learns.
  for (const x of [range(0, 2000), range(5000, 7000), range(0, 2000).map((i) => i * 1_000_003)]) {
    const { seen } = await meet(x, range(0, 3000), { both: false });
    assert.is(seen.sender.length, 2);
    assert.ok(Math.abs(chi(seen.sender) - 255) < 150, `uniform: ${chi(seen.sender)}`);
  }
  // What the receiver gets: records of which those outside of the intersection are uniform, in the order of their values.
  for (const y of [
    range(2000, 12_000),
    range(50_000, 60_000),
    range(0, 10_000).map((i) => -1 - i * 1_000_003),
  ]) {
    const { seen, receiver } = await meet(range(0, 2000), y, { both: false });
    assert.equal(receiver, []);
    const length = recordBytes(2000, y.length);
    // The leading bytes rise; the lowest three of each record are as they came.
    const lowest = seen.receiver.flatMap((bytes) =>
      range(0, bytes.length / length).map((i) => bytes.slice(length * (i + 1) - 3, length * (i + 1))),
    );
    assert.ok(Math.abs(chi(lowest) - 255) < 150, `uniform: ${chi(lowest)}`);
  }
});

test('the order of the result is none of the tables, and another one each time', async () => {
  const x = range(0, 500);
  const first = (await meet(x, x)).receiver;
  const second = (await meet(x, x)).receiver;
  const fixed = (a: number[], b: number[]) => a.filter((row, i) => row === b[i]).length;
  assert.ok(fixed(first, x) < 20 && fixed(second, x) < 20 && fixed(first, second) < 20);
  assert.equal(
    first.toSorted((a, b) => a - b),
    x,
  );
});

test.run();
