/** The range guard on functions: they use all of the ring inside, and nothing of it is told; sums of products keep all their bits. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type SimulateOptions, simulate } from '../../src/ir/run/simulate.ts';
import type { ArrayInput, BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { FIELD_NAMES, ring } from '../gates/harness.ts';
import type { Fn } from './world.ts';

const test = suite('ir: guard, functions');

type Options = Partial<Omit<SimulateOptions, 'field'>> & { readonly field?: FieldName };

const guarded = (fn: Fn, inputs: readonly ArrayInput[], { field: name = 'FM128', ...o }: Options = {}) =>
  simulate(
    fn as never,
    inputs.map((x) => NDArray.from(x)),
    { ring, field: FIELDS[name], parties: 2, rangeGuard: true, ...o },
  );

/** Programs that are right, with numbers that fill the ring inside of functions. */
interface Right {
  readonly fn: Fn;
  readonly inputs: readonly ArrayInput[];
  readonly fields?: readonly FieldName[];
  readonly fractions?: readonly number[];
}

const RIGHT: Readonly<Record<string, Right>> = {
  mod: {
    fn: (x, y) => np.mod(x!, y!),
    inputs: [
      [0, 5, -7.5, 3],
      [1, 3, 2, 0.5],
    ],
  },
  'a remainder by 0': {
    fn: (x, y) => np.mod(x!, y!),
    inputs: [
      [0, 5],
      [0, 0],
    ],
  },
  floorDivide: {
    fn: (x, y) => np.floorDivide(x!, y!),
    inputs: [
      [1, 0, -7],
      [1, 2, 3],
    ],
  },
  divide: {
    fn: (x, y) => np.divide(x!, y!),
    inputs: [
      [1, 0, -7, 900],
      [1, 2, 3, 0.5],
    ],
  },
  'divide by 0': {
    fn: (x, y) => np.divide(x!, y!),
    inputs: [
      [1, 0, -7],
      [0, 0, 0],
    ],
  },
  reciprocal: { fn: (x) => np.reciprocal(x!), inputs: [[0, 1, -3, 900]] },
  roots: { fn: (x) => [np.sqrt(x!), np.rsqrt(x!), np.cbrt(x!), np.log(x!)], inputs: [[0, 1, 3, 900, -2]] },
  hypot: {
    fn: (x, y) => np.hypot(x!, y!),
    inputs: [
      [0, 1, -3, 900],
      [0, 900, 4, 900],
    ],
  },
  angles: {
    fn: (x, y) => [np.arctan(x!), np.arctan2(x!, y!), np.arcsinh(x!)],
    inputs: [
      [0, 1, -3, 900],
      [0, 0, 0, 900],
    ],
    fractions: [40, 48],
  },
  exp: { fn: (x) => np.exp(x!), inputs: [[0, 1, -3, 9, -900]] },
  expm1: { fn: (x) => [np.expm1(x!), np.sinh(x!), np.cosh(x!)], inputs: [[0, 1, -3, 4]] },
  softSign: { fn: (x) => np.nn.softSign(x!), inputs: [[0, 1, -3, 900]] },
  sinc: { fn: (x) => np.sinc(x!), inputs: [[0, 1, -3.5, 9]] },
  'a group without rows': {
    fn: (x) => np.groupMean(np.array([0, 0, 2]), x!, 4),
    inputs: [[1, 2, 3]],
  },
  'groups of secret keys': {
    fn: (k, x) => [np.groupMean(k!, x!, 4), np.groupVar(k!, x!, 4)],
    inputs: [NDArray.from([0, 0, 2], 'int32'), [1, 2, 3]],
  },
  det: {
    fn: (x) => [np.linalg.det(x!), np.linalg.slogdet(x!)[1]!],
    inputs: [
      NDArray.from([
        [2, 1, 0],
        [1, 3, 1],
        [0, 1, 4],
      ]),
    ],
    fields: ['FM128'],
    fractions: [32, 48],
  },
  'a singular matrix': {
    fn: (x) => np.linalg.det(x!),
    inputs: [
      NDArray.from([
        [0, 1],
        [0, 1],
      ]),
    ],
  },
  // At FM32 a guard takes products inside of a rotation for what left the range: an error, though the result is right.
  svdvals: {
    fn: (x) => np.linalg.svdvals(x!),
    inputs: [
      NDArray.from([
        [2, 1],
        [1, 3],
      ]),
    ],
    fields: ['FM128', 'FM64'],
  },
  rint: { fn: (x) => [np.rint(x!), np.round(x!), np.trunc(x!)], inputs: [[2700, -0.5, 1.5]] },
  hardSigmoid: {
    fn: (x) => [np.nn.hardSigmoid(x!), np.nn.hardSwish(np.multiply(x!, 1e-9))],
    inputs: [[7e8, -7e8, 0]],
    fields: ['FM128', 'FM64'],
  },
  activations: {
    fn: (x) => [np.nn.silu(x!), np.nn.mish(x!), np.nn.gelu(x!), np.nn.softplus(x!)],
    inputs: [[9.7e10, -9.7e10, 0]],
    fields: ['FM128', 'FM64'],
  },
  standardize: { fn: (x) => np.nn.standardize(x!), inputs: [[0, -0.0015, 3, 3]] },
  'a vector of length 0': { fn: (x) => np.nn.layerNorm(x!), inputs: [[2, 2, 2]] },
  'powers with secret whole exponents': {
    fn: (x, y) => np.power(x!, y!),
    inputs: [[2, -3, 7, 0, 1, 2], NDArray.from([5, 3, 0, 2, 60000, -3], 'int32')],
  },
  powers: {
    fn: (x, y) => np.power(x!, y!),
    inputs: [
      [2, 3, 0.5, 7],
      [0.5, -1.5, 3, 0],
    ],
  },
  'whole powers': {
    fn: (x) => [np.power(x!, 4), np.power(x!, -2), np.power(x!, 1.5)],
    inputs: [[2, 3, 0.5, 1]],
  },
  'deviations of nothing': { fn: (x) => [np.std(x!), np.var(x!)], inputs: [[3, 3, 3]] },
};

for (const name of FIELD_NAMES)
  test(`${name}: functions that fill the ring inside are not taken for what left it`, () => {
    for (const costMode of ['bandwidth', 'latency'] as const)
      for (const [what, { fn, inputs, fields = FIELD_NAMES, fractions = [] }] of Object.entries(RIGHT)) {
        if (!fields.includes(name)) continue;
        for (const fraction of [undefined, ...(name === 'FM128' ? fractions : [])]) {
          const { left } = guarded(fn, inputs, { field: name, costMode, ...(fraction && { fraction }) });
          assert.is(left, undefined, `${what} (${costMode}, ${fraction}): ${JSON.stringify(left)}`);
        }
      }
  });

test('products with all their bits stay so: the guard adds no bytes to what takes them', () => {
  for (const fn of [
    (x: BaseArray) => np.sqrt(np.sum(np.square(x))),
    (x: BaseArray) => np.std(x),
    (x: BaseArray) => np.divide(1, np.multiply(x, x)),
  ]) {
    const [plain, watched] = [false, true].map((rangeGuard) =>
      guarded(fn as Fn, [new Array<number>(24).fill(3)], { rangeGuard }),
    );
    assert.is(watched!.stats.rounds, plain!.stats.rounds + 2);
    assert.is(watched!.stats.sent[0]![1]!, plain!.stats.sent[0]![1]! + 8);
  }
});

test.run();
