/** A party's side of making: shares of the declared form, each slot once, and none left out. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bits, MaterialLayout, ofOwner, words } from '../../src/dealer/slots.ts';
import type { TesseraError } from '../../src/errors.ts';
import { Maker } from '../../src/making/maker.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Prg } from '../../src/ring/prg.ts';
import { ring } from '../gates/harness.ts';
import { fixed } from './line.ts';

const test = suite('maker');
const field = FIELDS.FM64;
const TABLE = {
  codes: [bits('digitCodes', 9, 2), bits('digitCodes', 9, 2)],
  wrap: words('wrap', 4),
  mine: ofOwner(0, words('ownMask', 4)),
  theirs: ofOwner(1, words('ownMask', 4)),
  u: words('pad', 4),
};

const makerOf = (rank: 0 | 1 = 0, gate = 5): Maker =>
  new Maker(
    { ring, field, rank, prg: new Prg(ring, fixed(rank)), common: new Prg(ring, fixed(7)) },
    gate,
    new MaterialLayout(field, TABLE, true),
  );

const refused = (run: () => void, pattern: RegExp): void =>
  assert.throws(run, (e: TesseraError) => e.code === 'DIVERGED' && pattern.test(e.message));

test('shares of another form, length or number of planes, of no slot and of one slot twice are refused', () => {
  const used = ring.heap.used;
  const m = makerOf();
  refused(() => m.share('wrap', m.words(5)), /slot wrap has another length or form/);
  refused(() => makerOf().share('wrap', m.bits(4)), /wrap has another length or form/);
  refused(() => makerOf().share('codes', m.bits(9, 3), 1), /codes has another length or form/);
  refused(() => makerOf().share('codes', m.bits(8, 2), 1), /codes has another length or form/);
  refused(() => makerOf().share('codes', m.bits(9, 2), 2), /codes\[2\] is not declared/);
  refused(() => makerOf().share('other', m.words(4)), /other is not declared/);
  m.share('codes', m.bits(9, 2), 0);
  refused(() => m.share('codes', m.bits(9, 2), 0), /codes is used twice/);
  m.abandon();
  assert.is(ring.heap.used, used);
});

test('a share that nobody has put is an error in the end, a mask that is not drawn is none', () => {
  const used = ring.heap.used;
  const m = makerOf();
  m.share('codes', m.bits(9, 2), 0);
  m.share('wrap', m.words(4));
  m.share('u', m.words(4));
  refused(() => m.end(), /codes is not used/);
  m.share('codes', m.bits(9, 2), 1);
  m.end();
  assert.is(m.shares.length, 4);
  for (const { array } of m.shares) ring.release(array);
  assert.is(ring.heap.used, used);
});

test('a mask is its owner’s stream, and zero at the other', () => {
  const [first, second] = [makerOf(0), makerOf(1)];
  const [mine, theirs] = [first.wordMask('mine'), first.wordMask('theirs')];
  assert.ok(theirs.zero && ring.u8(theirs).every((byte) => byte === 0));
  assert.ok(!mine.zero && new Set(ring.u8(mine)).size > 8);
  const other = second.wordMask('mine');
  assert.ok(other.zero && ring.u8(other).every((byte) => byte === 0));
  for (const m of [first, second]) m.abandon();
});

test('what refreshes shares is one party’s to add and the other’s to take off, and of its gate alone', () => {
  const drawn = ([0, 1] as const).map((rank) =>
    [5, 6].map((gate) => {
      const m = makerOf(rank, gate);
      const all = m.words(4);
      ring.zero(all);
      m.refresh(all, 'u');
      const bytes = ring.u8(all).slice();
      m.abandon();
      return new BigUint64Array(bytes.buffer);
    }),
  );
  for (const at of [0, 1])
    drawn[0]![at]!.forEach((word, i) => {
      assert.ok(word !== 0n);
      assert.is(BigInt.asUintN(64, word + drawn[1]![at]![i]!), 0n);
      assert.ok(word !== drawn[0]![1 - at]![i]);
    });
});

test.run();
