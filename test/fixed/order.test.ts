/** Sorting, shuffling, chance and secret places on secrets, against plain data; their rounds and bytes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { evalOp } from '../../src/ir/ops/eager.ts';
import type { Attrs, Tensor } from '../../src/ir/ops/graph.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { apply, applyNamed, currentTrace } from '../../src/ir/trace/tracer.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';

const fxp = (shape: readonly number[], make: (i: number) => number): Tensor => {
  const n = shape.reduce((a, b) => a * b, 1);
  return { shape, dtype: 'fxp', data: Float64Array.from({ length: n }, (_, i) => make(i)) };
};
const int32 = (shape: readonly number[], ...x: number[]): Tensor => ({
  shape,
  dtype: 'int32',
  data: Int32Array.from(x),
});
const rough = (): number => Math.round((Math.random() - 0.5) * 60) / 4;

const one: Tensor = { shape: [], dtype: 'fxp', data: Float64Array.of(1) };

/** The first operand under a mask that every party shares: a product with a secret 1. */
const run = (
  op: string,
  ins: readonly Tensor[],
  attrs: Attrs,
  { field = 'FM128' as FieldName, parties = 2 } = {},
) => {
  const last = ins.length;
  const program = (...all: BaseArray[]): unknown => {
    const [x, ...rest] = all.slice(0, last);
    if (x!.dtype !== 'fxp') return applyNamed(op, all.slice(0, last), attrs);
    const scale = apply('broadcast', [all[last]!], { shape: [...x!.shape] });
    return applyNamed(op, [apply('mul', [x!, scale]), ...rest], attrs);
  };
  return simulate(program as (...x: never[]) => unknown, [...ins, one], {
    ring,
    field: FIELDS[field],
    parties,
  });
};

const matches = (
  op: string,
  ins: readonly Tensor[],
  attrs: Attrs,
  options?: Parameters<typeof run>[3],
): void => {
  const want = evalOp(op, ins, attrs);
  const got = run(op, ins, attrs, options).results[0]!;
  assert.equal(got.shape, want.shape, op);
  assert.is(got.dtype, want.dtype, op);
  assert.equal(
    Array.from(got.data as Float64Array),
    Array.from(want.data as Float64Array),
    `${op} ${JSON.stringify(attrs)}`,
  );
};

for (const op of ['sort', 'argsort']) {
  test(`${op}: sizes, ties, axes, directions, fields, parties`, () => {
    for (const [field, parties] of [
      ['FM128', 2],
      ['FM64', 3],
    ] as const) {
      for (const descending of [false, true]) {
        for (const n of [0, 1, 2, 3, 8, 9, 30, 200])
          matches(op, [fxp([n], rough)], { axis: 0, descending }, { field, parties });
        for (const axis of [0, 1, 2])
          matches(op, [fxp([3, 11, 2], rough)], { axis, descending }, { field, parties });
        matches(op, [fxp([40], () => 7)], { axis: 0, descending }, { field, parties });
        matches(op, [fxp([40], (i) => 40 - i)], { axis: 0, descending }, { field, parties });
      }
    }
  });
}

test('sort of integers up to the ends of their dtype', () => {
  const ends = int32([9], 2147483647, -2147483648, 0, -1, 1, 2147483647, -2147483648, 5, 4);
  for (const field of ['FM128', 'FM64'] as const)
    for (const op of ['sort', 'argsort']) matches(op, [ends], { axis: 0, descending: false }, { field });
  const big: Tensor = {
    shape: [5],
    dtype: 'uint64',
    data: BigUint64Array.of(2n ** 64n - 1n, 0n, 2n ** 63n, 7n, 2n ** 63n),
  };
  // At FM64 keys as wide as the ring leave no room for places: a network.
  for (const field of ['FM128', 'FM64'] as const)
    for (const descending of [true, false])
      for (const op of ['sort', 'argsort']) matches(op, [big], { axis: 0, descending }, { field });
});

test('numbers too large for places beside them are in order to the last bits that their keys keep', () => {
  // 2^119 and more, raw: keys give up 7 bits of 64 of them, and neighbours differ by just that much.
  const n = 64;
  const places = Float64Array.from({ length: n }, (_, i) => (i * 37) % n);
  const far = (sign: number) => fxp([n], () => sign * 1.5 * 2 ** 93);
  // Half of the bits that go are there: what borrows of them must not move.
  const near = fxp([n], (i) => (places[i]! + 0.5) * 2 ** -19);
  const order = (x: BaseArray, y: BaseArray): BaseArray =>
    applyNamed('argsort', [apply('add', [x, y])], { axis: 0, descending: false });
  for (const sign of [1, -1])
    for (let turn = 0; turn < 3; turn++) {
      const { results } = simulate(order as never, [far(sign), near], {
        ring,
        field: FIELDS.FM128,
        parties: 2,
      });
      const got = Array.from(results[0]!.data as Float64Array, (i) => places[Number(i)]!);
      assert.equal(
        got,
        Array.from({ length: n }, (_, i) => i),
      );
    }
});

test('sortBy: values in the order of keys', () => {
  for (const parties of [2, 3]) {
    for (const axis of [0, 1])
      matches(
        'sortBy',
        [fxp([6, 7], rough), fxp([6, 7], rough)],
        { axis, descending: axis === 0 },
        { parties },
      );
  }
});

test('ten thousand numbers: under 120 rounds', () => {
  const x = fxp([10_000], Math.random);
  const { results, stats } = run('sort', [x], { axis: 0, descending: false });
  assert.ok(stats.rounds < 120, `${stats.rounds} rounds`);
  const rounded = Float64Array.from(x.data as Float64Array, (v) => Math.round(v * 2 ** 26) / 2 ** 26).sort();
  (results[0]!.data as Float64Array).forEach((v, i) => {
    assert.ok(Math.abs(v - rounded[i]!) <= 2 ** -26);
  });
});

test('a shuffle keeps the elements, and every order is as likely', () => {
  const counts = new Map<string, number>();
  for (const parties of [2, 3]) {
    for (let i = 0; i < 150; i++) {
      const { results, stats } = run('shuffle', [fxp([3], (j) => j)], { axis: 0, draw: 0 }, { parties });
      const key = Array.from(results[0]!.data as Float64Array).join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
      assert.is(stats.rounds, 1 + parties);
    }
  }
  assert.equal([...counts.keys()].sort(), ['012', '021', '102', '120', '201', '210']);
  // 50 of each are expected, with a standard deviation of 6.5.
  for (const count of counts.values()) assert.ok(count > 10 && count < 90, [...counts].join(' '));
});

test('a shuffle moves whole parts in 2 rounds, and costs 48 bytes an element', () => {
  const x = fxp([50, 4], (i) => i);
  const { results, stats } = run('shuffle', [x], { axis: 0, draw: 0 });
  const rows = Array.from({ length: 50 }, (_, i) =>
    Array.from((results[0]!.data as Float64Array).slice(4 * i, 4 * i + 4)),
  );
  for (const row of rows) assert.equal(row, [row[0], row[0]! + 1, row[0]! + 2, row[0]! + 3]);
  assert.equal(
    rows.map((r) => r[0]! / 4).sort((a, b) => a - b),
    [...Array(50).keys()],
  );
  assert.not.equal(
    rows.map((r) => r[0]! / 4),
    [...Array(50).keys()],
  );
  // The product with 1 comes first; 32 bytes are coins. The last party has no turn.
  const sent = [stats.sent[0]![1]!, stats.sent[1]![0]!].map((bytes) => (bytes - 32) / 200 - 16);
  assert.equal([stats.rounds - 1, ...sent], [2, 32, 16]);
});

test('random bits: two draws differ, and are balanced', () => {
  const program = () => [0, 1].map((draw) => currentTrace()!.emit('randomBits', [], { shape: [1000], draw }));
  const { results, stats } = simulate(program, [], { ring, field: FIELDS.FM128, parties: 3 });
  const [a, b] = results.map((r) => Array.from(r.data as Uint8Array));
  assert.not.equal(a, b);
  for (const bits of [a!, b!]) {
    const ones = bits.reduce((s, v) => s + v, 0);
    assert.ok(ones > 380 && ones < 620, `${ones} of 1000`);
  }
  assert.equal([stats.rounds, stats.sent[0]![1]], [1, 250]);
});

test('lookup: every axis and place, secret and public arrays, bools', () => {
  for (const [field, parties] of [
    ['FM128', 2],
    ['FM64', 3],
  ] as const) {
    const x = fxp([3, 5, 4], rough);
    for (const axis of [0, 1, 2]) {
      const places = int32([2, 3], 0, 2, 1, 2, 0, 1);
      matches('lookup', [x, places], { axis }, { field, parties });
    }
    for (const n of [1, 2, 7, 8, 9, 100]) {
      const places = int32([n], ...Array(n).keys());
      matches('lookup', [fxp([n], rough), places], { axis: 0 }, { field, parties });
    }
    const bools: Tensor = { shape: [4], dtype: 'bool', data: Uint8Array.of(1, 0, 0, 1) };
    matches('lookup', [bools, int32([5], 0, 1, 2, 3, 0)], { axis: 0 }, { field, parties });
  }
  const { stats } = simulate(
    (x: BaseArray, i: BaseArray) => apply('lookup', [x, i], { axis: 0 }),
    [fxp([100], rough), int32([10], 1, 2, 3, 4, 5, 6, 7, 8, 9, 99)],
    { ring, field: FIELDS.FM128, parties: 2 },
  );
  assert.equal([stats.rounds, stats.sent[0]![1]], [1, 160]);
});

test('blocks at secret corners, clamped into the array', () => {
  for (const [field, parties] of [
    ['FM128', 2],
    ['FM64', 3],
  ] as const) {
    const x = fxp([4, 5], rough);
    const u = fxp([2, 3], rough);
    for (const [i, j] of [
      [0, 0],
      [2, 2],
      [1, 2],
      [-3, 100],
      [2147483647, -2147483648],
    ] as const) {
      const at = [int32([], i), int32([], j)];
      matches('sliceAt', [x, ...at], { size: [2, 3] }, { field, parties });
      matches('updateAt', [x, u, ...at], {}, { field, parties });
    }
  }
});

/** Both ends of a dtype, ties, and numbers that differ in their highest or lowest bits alone. */
const wide = (dtype: 'int64' | 'uint64' | 'int32', n: number): Tensor => {
  const bits = dtype === 'int32' ? 32n : 64n;
  const signed = dtype !== 'uint64';
  const [least, most] = signed ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
  const some = [least, most, least + 1n, most - 1n, 0n, 1n, 5n, 5n, (most / 3n) * 2n, 1n << (bits / 2n)];
  if (signed) some.push(-1n, -5n, -(1n << (bits / 2n)), least / 3n);
  const list = Array.from({ length: n }, (_, i) => some[(i * 7 + (i >> 3)) % some.length]!);
  const data =
    dtype === 'int32'
      ? Int32Array.from(list, Number)
      : dtype === 'int64'
        ? BigInt64Array.from(list)
        : BigUint64Array.from(list);
  return { shape: [n], dtype, data };
};

test('integers as wide as the field are sorted by parts, with ties in their order', () => {
  for (const [dtype, field] of [
    ['int64', 'FM64'],
    ['uint64', 'FM64'],
    ['int64', 'FM128'],
    ['int32', 'FM32'],
  ] as const)
    for (const descending of [false, true])
      for (const parties of [2, 3]) {
        const x = wide(dtype, 100);
        matches('sort', [x], { axis: 0, descending }, { field, parties });
        matches('argsort', [x], { axis: 0, descending }, { field, parties });
        matches('sort', [{ ...x, shape: [5, 20] }], { axis: 1, descending }, { field, parties });
        matches('argsort', [{ ...x, shape: [20, 5] }], { axis: 0, descending }, { field, parties });
      }
  const x = wide('int64', 100);
  const values = fxp([100], (i) => i);
  matches('sortBy', [x, values], { axis: 0, descending: false }, { field: 'FM64' });
  const rounds = (n: number): number =>
    run('sort', [wide('int64', n)], { axis: 0, descending: false }, { field: 'FM64' }).stats.rounds;
  // A network has 28 layers of 6 for 100 elements.
  assert.ok(rounds(100) < 100, String(rounds(100)));
});

test('a place that its dtype has wrapped is the wrapped one', () => {
  const uint8 = (...x: number[]): Tensor => ({ shape: [x.length], dtype: 'uint8', data: Uint8Array.from(x) });
  const x = fxp([600], (i) => i);
  const first = (a: BaseArray): BaseArray =>
    apply('reshape', [apply('slice', [a], { start: [0], step: [1], size: [1] })], { shape: [] });
  const program = (x: BaseArray, y: BaseArray, a: BaseArray, b: BaseArray): unknown => {
    const at = apply('add', [a, b]);
    return [
      apply('lookup', [x, at], { axis: 0 }),
      apply('scatterAdd', [x, at, y]),
      apply('sliceAt', [x, first(at)], { size: [2] }),
    ];
  };
  const y = fxp([2], () => 1000);
  const ins = [x, y, uint8(250, 3), uint8(10, 4)];
  const { results } = simulate(program as (...x: never[]) => unknown, ins, {
    ring,
    field: FIELDS.FM128,
    parties: 2,
  });
  assert.equal(Array.from(results[0]!.data as Float64Array), [4, 7]);
  const sums = Array.from(results[1]!.data as Float64Array);
  assert.equal(
    sums.flatMap((v, i) => (v === i ? [] : [i])),
    [4, 7],
  );
  assert.equal(Array.from(results[2]!.data as Float64Array), [4, 5]);
});

test('scatterAdd adds at equal places too', () => {
  for (const parties of [2, 3]) {
    matches('scatterAdd', [fxp([6], rough), int32([4], 5, 0, 5, 2), fxp([4], rough)], {}, { parties });
    matches(
      'scatterAdd',
      [fxp([3, 2], rough), int32([4], 2, 0, 2, 2), fxp([4, 2], rough)],
      {},
      { parties, field: 'FM64' },
    );
  }
});

test.run();
