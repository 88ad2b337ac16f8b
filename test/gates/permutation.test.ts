/** Permutations from streams: every one as likely as another, whatever the length; and what a shuffle does with them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Scratch } from '../../src/dealer/scratch.ts';
import { move, permutations, streamBytes } from '../../src/gates/permutation.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Prg } from '../../src/ring/prg.ts';
import { raw, ring, runCase, seedsOf } from './harness.ts';

const test = suite('gates: permutation');

const drawn = (lanes: number, n: number): Int32Array => {
  const s = new Scratch(ring, FIELDS.FM64);
  const stream = s.bytes(streamBytes(lanes, n));
  new Prg(ring, seedsOf(1)[0]!).fill(stream, 0, 0);
  const out = permutations(s, stream, lanes, n);
  s.end();
  return out;
};

test('all orders of few elements are as likely (6 deviations: once in 10^8)', () => {
  for (const [n, orders] of [
    [2, 2],
    [3, 6],
    [4, 24],
  ] as const) {
    const lanes = 2400;
    const from = drawn(lanes, n);
    const counts = new Map<string, number>();
    for (let lane = 0; lane < lanes; lane++) {
      const order = [...from.subarray(lane * n, (lane + 1) * n)].map((v) => v - lane * n);
      assert.equal(
        [...order].sort(),
        Array.from({ length: n }, (_, i) => i),
      );
      const key = String(order);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    assert.is(counts.size, orders);
    const mean = lanes / orders;
    for (const [order, count] of counts)
      assert.ok(Math.abs(count - mean) < 6 * Math.sqrt(mean), `${order}: ${count} of ${lanes}`);
  }
});

test('words that would favour some places are passed over', () => {
  const s = new Scratch(ring, FIELDS.FM64);
  const stream = s.bytes(streamBytes(1, 3));
  const of = (...words: readonly number[]): number[] => {
    ring.zero(stream);
    ring.u8(stream).set(new Uint8Array(Uint32Array.from(words).buffer));
    return [...permutations(s, stream, 1, 3)];
  };
  const most = 2 ** 32 - 1;
  // 2^32 is 1 mod 3: its largest number would make place 0 of three likelier than the others.
  assert.equal(of(most, 1, 1), of(1, 1));
  assert.equal(of(most, most, most, 2, 0), of(2, 0));
  assert.equal(
    of(most - 1, most),
    of(2, 1),
    'that is all: half of all numbers are as good as the other half',
  );
  s.end();
});

test('of many elements each comes to any place as often, and lanes differ', () => {
  const [lanes, n] = [64, 256];
  const from = drawn(lanes, n);
  let [fixed, sum] = [0, 0];
  for (let lane = 0; lane < lanes; lane++) {
    for (let i = 0; i < n; i++) {
      const at = from[lane * n + i]! - lane * n;
      if (at === i) fixed += 1;
      sum += at * i;
    }
  }
  // One fixed point a lane, and no correlation of places.
  assert.ok(fixed > 20 && fixed < 130, `${fixed} fixed points`);
  const mean = ((n - 1) / 2) ** 2;
  assert.ok(Math.abs(sum / (lanes * n) / mean - 1) < 0.02);
  assert.not.equal(
    [...from.subarray(0, n)],
    [...from.subarray(n, 2 * n)].map((v) => v - n),
  );
});

test('elements move whole, at every width', () => {
  for (const field of Object.values(FIELDS)) {
    const s = new Scratch(ring, field);
    const [src, dst] = [s.words(3), s.words(3)];
    ring.u8(src).set(Uint8Array.from({ length: 3 * field.bytes }, (_, i) => i + 1));
    move(s, dst, src, Int32Array.of(2, 0, 1));
    const size = field.bytes;
    const whole = [...ring.u8(src)];
    assert.equal([...ring.u8(dst)], [...whole.slice(2 * size), ...whole.slice(0, 2 * size)]);
    s.end();
  }
});

test('a shuffle moves what it is given, columns together, and twice in different ways', () => {
  const n = 64;
  const x = Array.from({ length: n }, (_, i) => BigInt(i));
  for (const parties of [2, 3]) {
    const shuffled = () =>
      runCase({
        field: 'FM64',
        parties,
        inputs: [raw(x), raw(x.map((v) => v * 3n))],
        build: (c, a, b) => c.emit('shuffle', [a!, b!], { lanes: 1, n }, [a!, b!]),
      }).raw;
    const [one, two] = [shuffled(), shuffled()];
    for (const [a, b] of [one, two] as [bigint[], bigint[]][]) {
      assert.equal(
        [...a].sort((u, v) => Number(u - v)),
        x,
      );
      assert.equal(
        b,
        a.map((v) => 3n * v),
      );
      assert.ok(a.filter((v, i) => v === BigInt(i)).length < 12, 'elements that stay');
    }
    assert.not.equal(one[0], two[0]);
  }
});

test.run();
