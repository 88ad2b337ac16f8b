/** Two sets meet by transfers, without a dealer: what comes out, what is sent and seen, and messages of another form. */
import * as assert from 'uvu/assert';
import { correlationFor } from '../../src/psi/form.ts';
import { recordBytes, shapeOf } from '../../src/psi/shape.ts';
import { transferred } from '../../src/psi/transferred.ts';
import { rejection, suite } from '../link/helpers.ts';
import { type Change, chi, commonBy, meetBy, meetsAny, pairOf, range, type Settings } from './helpers.ts';

const test = suite('psi/transferred');
const meet = (x: number[], y: number[], settings?: Settings) => meetBy(transferred, x, y, settings);

const common = commonBy(meet);

test('the intersection of sets of any sizes', () => meetsAny(common, 8, 5));

test('uneven, equal, without a common one, one element', async () => {
  assert.equal(await common([500], range(0, 1000)), [500]);
  assert.equal(await common(range(0, 1000), [500]), [500]);
  assert.equal(await common(range(0, 1000), range(0, 1000).reverse()), range(0, 1000));
  assert.equal(await common(range(0, 1000), range(1000, 2000)), []);
  assert.equal(await common([7], [7]), [7]);
  assert.equal(await common([7], [8]), []);
});

/** What is sent but for the set: answered points, sums of leaves with b, and a seed; points. */
const ABOVE = { receiver: 512 * 32 + 2 * 512 * 32 + 16 + 32, sender: 512 * 32 };

test('20,000 with 30,000, over several stretches: the result, and bytes and messages as they are counted', async () => {
  const { receiver, sender, sent, seen } = await meet(range(0, 20_000), range(10_000, 40_000));
  assert.is(receiver.length, 10_000);
  assert.ok(receiver.every((row, i) => row === sender![i]! + 10_000));
  const { total } = shapeOf(20_000);
  assert.ok(total > 16_384);
  const rows = 128 * Math.ceil(total / 128);
  assert.equal(sent, {
    receiver: ABOVE.receiver + 32 * rows + 30_000 / 8,
    sender: ABOVE.sender + 9 * 30_000,
  });
  // Points, leaves, the seed, two stretches, what was met; points, records.
  assert.equal([seen.sender.length, seen.receiver.length], [6, 2]);
});

test('with a dealer its correlation is taken; without one that of transfers, but for sets that are small together', () => {
  const dealer = pairOf('left', 'right', {}).wires.left;
  assert.is.not(correlationFor(dealer, 1e6, 1e6), transferred);
  assert.ok(correlationFor(dealer, 1, 1));
  for (const [own, theirs] of [
    [1e6, 1e6],
    [1, 1500],
    [1500, 1],
  ] as const)
    assert.is(correlationFor(undefined, own, theirs), transferred);
  assert.is(correlationFor(undefined, 1499, 1), undefined);
});

test('messages of another form are errors at who gets them, and the other one is told', async () => {
  const [x, y] = [range(0, 50), range(25, 75)];
  const cut =
    (at: number): Change =>
    (b, i) =>
      i === at ? b.subarray(1) : b;
  const filled =
    (at: number, value: number): Change =>
    (b, i) =>
      i === at ? new Uint8Array(b.length).fill(value) : b;
  const cases = [
    [{ toReceiver: cut(0) }, 'SERIALIZATION', /sender sent 16383 bytes as masked identifiers, where 16384/],
    [{ toReceiver: filled(0, 0) }, 'SERIALIZATION', /sender sent a point of small order/],
    [{ toReceiver: cut(1) }, 'SERIALIZATION', /bytes as records/],
    [{ toReceiver: filled(1, 1) }, 'SERIALIZATION', /records that are not in order/],
    [{ toSender: cut(0) }, 'SERIALIZATION', /bytes as masked identifiers/],
    [{ toSender: filled(0, 0) }, 'SERIALIZATION', /receiver sent a point of small order/],
    [{ toSender: cut(1) }, 'SERIALIZATION', /bytes as sums of leaves/],
    [{ toSender: cut(2) }, 'SERIALIZATION', /receiver sent 31 bytes as a seed/],
    [{ toSender: cut(3) }, 'SERIALIZATION', /bytes as an encoded set/],
    [{ toSender: filled(4, 255) }, 'SERIALIZATION', /says to have met more records than there are/],
  ] as const;
  for (const [settings, code, text] of cases) {
    const error = await rejection(meet(x, y, settings));
    assert.is(error.code, code, error.message);
    assert.match(error.message, text);
  }
});

test('points, sums or columns that are others lead to no common rows, never to wrong ones', async () => {
  const noise =
    (at: number): Change =>
    (b, i) =>
      i === at ? crypto.getRandomValues(new Uint8Array(b.length)) : b;
  for (const settings of [
    { toReceiver: noise(0) },
    { toSender: noise(0) },
    { toSender: noise(1) },
    { toSender: noise(3) },
  ])
    assert.equal((await meet(range(0, 50), range(0, 50), settings)).receiver, []);
});

test('what a party sees does not depend on what only the other has', async () => {
  // The sender: sums of leaves, a seed and columns, all uniform. Points are left out: their highest bit is 0.
  for (const x of [range(0, 2000), range(5000, 7000), range(0, 2000).map((i) => i * 1_000_003)]) {
    const { seen } = await meet(x, range(0, 3000), { both: false });
    for (const messages of [seen.sender.slice(1, 3), seen.sender.slice(3)])
      assert.ok(Math.abs(chi(messages) - 255) < 150, `uniform: ${chi(messages)}`);
  }
  // The receiver: records outside of the intersection, the lowest three bytes of each.
  for (const y of [range(2000, 12_000), range(50_000, 60_000)]) {
    const { seen, receiver } = await meet(range(0, 2000), y, { both: false });
    assert.equal(receiver, []);
    const length = recordBytes(2000, y.length);
    const lowest = range(0, y.length).map((i) =>
      seen.receiver[1]!.slice(length * (i + 1) - 3, length * (i + 1)),
    );
    assert.ok(Math.abs(chi(lowest) - 255) < 150, `uniform: ${chi(lowest)}`);
  }
});

test.run();
