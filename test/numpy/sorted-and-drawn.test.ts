/** Sorts of random secrets; secret randomness: in range, spread out, new at each draw, numbered alike by all parties. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { optimize } from '../../src/ir/compile/passes/optimize.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import { trace } from '../../src/ir/trace/tracer.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';
import { throws } from './both.ts';
import { secretly } from './secretly.ts';

const { random } = np;

const ring = await Ring.create();

const numbers = (x: BaseArray): number[] => Array.from((x as NDArray).data as Float64Array, Number);

test('sorting random secrets: values and places of one sort', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 12 }), (xs) => {
      secretly((x) => [np.sort(x), np.argsort(x)], [xs], { FM128: 0, fields: ['FM128'], parties: [2] });
    }),
    { numRuns: 10 },
  );
});

const runSecret = (fn: () => unknown, field: 'FM128' | 'FM64', parties: number): NDArray[] =>
  simulate(fn as never, [], { ring, field: FIELDS[field], parties }).results;

test('secret randomness: in range, spread out, new at each draw, a permutation each time', () => {
  const draws = (): unknown => [
    random.secretUniform([200], -1, 3),
    random.secretUniform([200], -1, 3),
    random.secretBits([300]),
    random.secretPermutation(20),
    random.secretShuffle([
      [1, 2],
      [3, 4],
      [5, 6],
    ]),
    np.fori(0, 2, (i, c) => np.dynamicUpdateSlice(c, random.secretUniform([1, 4]), [i, 0]), np.zeros([2, 4])),
  ];
  for (const [field, parties] of [
    ['FM128', 2],
    ['FM64', 3],
  ] as const)
    for (const got of [runSecret(draws, field, parties), draws() as NDArray[]]) {
      const [u, v, bits, order, rows, turns] = got.map(numbers) as [
        number[],
        number[],
        number[],
        number[],
        number[],
        number[],
      ];
      const mean = (x: number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
      assert.ok(u.every((x) => x >= -1 && x <= 3));
      // Six standard deviations of the mean.
      assert.ok(Math.abs(mean(u) - 1) < 0.5 && Math.abs(mean(bits) - 0.5) < 0.18);
      assert.not.equal(u, v);
      assert.equal(
        order.toSorted((a, b) => a - b),
        Array.from({ length: 20 }, (_, i) => i),
      );
      assert.equal(
        [rows[0]!, rows[2]!, rows[4]!].toSorted((a, b) => a - b),
        [1, 3, 5],
      );
      assert.ok([0, 2, 4].every((i) => rows[i + 1] === rows[i]! + 1));
      assert.not.equal(turns.slice(0, 4), turns.slice(4));
    }
  throws(() => random.secretUniform([1], 2, 1), 'RANGE', 'lo <= hi');
});

test('what is drawn is never a constant of the program', () => {
  const loop = (): unknown => np.fori(0, 2, (_i, c) => np.add(c, random.secretUniform([2])), np.zeros([2]));
  const shuffled = (): unknown => random.secretShuffle([1, 2, 3]);
  const slope = (): unknown =>
    np.grad((x: BaseArray) => np.sum(x.mul(random.secretUniform([2]))))(np.ones([2]));
  const many = (): unknown => np.vmap((x: BaseArray) => x.add(random.secretUniform([])))(np.ones([2]));
  for (const program of [loop, shuffled, slope, many]) {
    const graph = optimize(trace(program as never, []).graph);
    assert.ok(
      graph.outs.every((id) => graph.types[id]!.secret),
      `${program}`,
    );
  }
  // A shuffle in a loop moves anew in each turn, also what stands outside of it.
  const turns = trace(
    ((x: BaseArray) => np.fori(0, 2, (_i, c) => np.add(c, random.secretShuffle(x)), np.zeros([3]))) as never,
    [{ shape: [3], dtype: 'fxp', secret: true }],
  ).graph;
  assert.equal(
    turns.nodes.map((n) => n.op).filter((op) => op === 'shuffle'),
    [],
  );
  const [grad] = runSecret(slope, 'FM128', 2);
  assert.ok(numbers(grad!).every((x) => x >= 0 && x <= 1));
});

test('draws are numbered alike by everybody, and are not merged', () => {
  const program = (): unknown => [random.secretBits([2]), random.secretBits([2])];
  const draws = [1, 2].map(() =>
    optimize(trace(program as never, []).graph).nodes.map((n) => [
      n.op,
      n.op === 'randomBits' && n.attrs.draw,
    ]),
  );
  assert.equal(draws[0], [
    ['randomBits', 0],
    ['randomBits', 1],
  ]);
  assert.equal(draws[1], draws[0]);
});

test.run();
