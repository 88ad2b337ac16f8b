/** What parties write down of an SPU's objects, and by which name they know parts of one dump. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tensor } from '../../src/ir/ops/graph.ts';
import { exportEntries } from '../../src/ir/run/export.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';

const field = FIELDS.FM64;

const words = (...x: number[]) => {
  const a = ring.alloc(field, x.length);
  ring.encode(a, Float64Array.from(x), 0);
  return a;
};

test('the name of a dump is that of its masked and of its public values, at every rank', () => {
  const step = (n: number): Tensor => ({ shape: [], dtype: 'int64', data: BigInt64Array.of(BigInt(n)) });
  const [c, other, r, s] = [words(10, 20), words(10, 21), words(1, 2), words(3, 4)];
  const id = (rank: number, n: number, masked = c): string =>
    exportEntries(ring, field, rank, [{ c: masked, r: rank === 0 ? r : s }, step(n)]).id;
  assert.is(id(0, 7), id(1, 7));
  assert.is.not(id(0, 7), id(0, 7, other));
  // The same secrets beside another public value: a part of that dump would be taken for one of this.
  assert.is.not(id(0, 7), id(1, 8));
  for (const a of [c, other, r, s]) ring.release(a);
});

test('parts of a dump add up to the values, and one of them alone is a share', () => {
  const [c, r, s] = [words(10, 20), words(1, 2), words(3, -4)];
  const parts = [r, s].map((mask, rank) => {
    const { shares } = exportEntries(ring, field, rank, [{ c, r: mask }]);
    const share = ring.alloc(field, 2);
    ring.readWire(share, shares[0] as Uint8Array, 0);
    return share;
  });
  const read = (a: (typeof parts)[0]): number[] => {
    const out = new Float64Array(2);
    ring.decode(out, a, 0);
    return [...out];
  };
  assert.equal(parts.map(read), [
    [9, 18],
    [-3, 4],
  ]);
  for (const a of [c, r, s, ...parts]) ring.release(a);
});

test.run();
