/** What comes from the other party may be anything: typed errors, no hang at who finds it, memory comes back. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TesseraError } from '../../src/errors.ts';
import type { ProductRequest, ProductShape } from '../../src/making/cross-terms.ts';
import { productLengths } from '../../src/making/cross-terms.ts';
import { FIELDS, type Field } from '../../src/ring/field.ts';
import type { Ring } from '../../src/ring/ring.ts';
import { type Pair, pair, someShares } from './lattice-support.ts';

const test = suite('lattice messages');

const request = (ring: Ring, field: Field, shape: ProductShape): ProductRequest => {
  const [x, y, out] = productLengths(shape).map((n) => someShares(ring, field, n));
  const zero = [false, false] as const;
  return { x: { own: x!, zero }, y: { own: y!, zero }, shape, out: out! };
};
const slots: ProductShape = { kind: 'elementwise', length: 20 };
const matrices: ProductShape = { kind: 'matmul', batch: 1, m: 20, k: 30, n: 25 };

/** Party 1 sends message `which` as `alter` makes it; what party 0 says of it. */
const provoke = async (
  both: Pair,
  shape: ProductShape,
  which: number,
  alter: (message: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
): Promise<TesseraError> => {
  const { rings, makers, ends } = both;
  const sent = ends[1].messages.length;
  ends[1].alter = (message, i) => (i - sent === which ? alter(message) : message);
  // Party 1 waits for ever for what party 0 does not send any more.
  void makers[1].make([request(rings[1], FIELDS.FM64, shape)], ends[1]).catch(() => {});
  const one = request(rings[0], FIELDS.FM64, shape);
  const used = rings[0].heap.used;
  try {
    await makers[0].make([one], ends[0]);
  } catch (e) {
    makers[0].close();
    assert.ok(rings[0].heap.used <= used, 'memory comes back');
    return e as TesseraError;
  }
  return assert.unreachable(`nothing was wrong with message ${which}`) as never;
};

/** All bits of one number set: above its modulus. */
const tooLarge =
  (at: number) =>
  (message: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
    message.fill(255, at, at + 8);
const shorter = (message: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => message.slice(0, -1);
const longer = (message: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
  new Uint8Array(message.length + 1);

// Message 0 is the public key, then come ciphertexts, then answers: party 1 encrypts in the second block, or all of its matrix.
for (const [what, shape, last] of [
  ['slots', { kind: 'elementwise', length: 5000 }, 3],
  ['matrices', matrices, 2],
] as const) {
  test(`${what}: numbers above their modulus, in a key, a ciphertext, an answer, at either end`, async () => {
    for (const which of [0, 1, last])
      for (const place of [32, -16]) {
        const error = await provoke(await pair(), shape, which, (message) =>
          tooLarge(place < 0 ? message.length + place : place)(message),
        );
        assert.is(error.code, 'SERIALIZATION', `${which}: ${error.message}`);
        assert.match(error.message, /not below its modulus/);
      }
  });

  test(`${what}: messages of another length`, async () => {
    for (const which of [0, 1, last])
      for (const alter of [shorter, longer]) {
        const error = await provoke(await pair(), shape, which, alter);
        assert.is(error.code, 'SERIALIZATION', `${which}: ${error.message}`);
        assert.match(error.message, /a message has \d+ bytes, not \d+/);
      }
  });
}

test('a line that breaks, either way: its error, and no batch after it', async () => {
  const cut = (): Promise<never> => Promise.reject(new Error('cut'));
  for (const way of ['send', 'receive'] as const) {
    const { rings, makers, ends } = await pair();
    const one = request(rings[0], FIELDS.FM64, slots);
    const used = rings[0].heap.used;
    // The other end's key has come.
    ends[1].send(new Uint8Array(32 + 4 * 13_824));
    for (const says of [/cut/, /failed/])
      try {
        await makers[0].make([one], { ...ends[0], [way]: cut });
        assert.unreachable();
      } catch (e) {
        assert.match((e as Error).message, says);
      }
    makers[0].close();
    assert.is(rings[0].heap.used, used);
  }
});

test('one batch at a time; arrays that do not fit', async () => {
  const { rings, makers, ends } = await pair();
  const one = request(rings[0], FIELDS.FM64, slots);
  const going = Promise.all(
    ([0, 1] as const).map((i) =>
      makers[i].make([i === 0 ? one : request(rings[1], FIELDS.FM64, slots)], ends[i]),
    ),
  );
  assert.throws(() => makers[0].close(), /being made/);
  for (const [batch, code] of [
    [[one], 'CLOSED'],
    [[{ ...one, shape: { kind: 'elementwise', length: 21 } as const }], 'SHAPE'],
  ] as const)
    try {
      await makers[0].make(batch, ends[0]);
      assert.unreachable();
    } catch (e) {
      assert.is((e as TesseraError).code, code);
    }
  await going;
  for (const maker of makers) maker.close();
  try {
    await makers[0].make([], ends[0]);
    assert.unreachable();
  } catch (e) {
    assert.match((e as TesseraError).message, /closed/);
  }
});

test.run();
