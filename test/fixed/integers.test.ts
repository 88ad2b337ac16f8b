/** Integers are exact on secrets: against the plain interpreter at the ends of every dtype and at random points. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { alloc, bitsOf, intRange, isBig, kindOf, type UserDType } from '../../src/ir/ops/dtypes.ts';
import { evalOp } from '../../src/ir/ops/eager.ts';
import type { Tensor } from '../../src/ir/ops/graph.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { apply, applyNamed } from '../../src/ir/trace/tracer.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';

const DTYPES = ['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64'] as const;

const tensor = (dtype: UserDType, values: readonly bigint[]): Tensor => {
  const data = alloc(dtype, values.length);
  values.forEach((v, i) => {
    const wrapped =
      kindOf(dtype) === 'int' ? BigInt.asIntN(bitsOf(dtype), v) : BigInt.asUintN(bitsOf(dtype), v);
    data[i] = isBig(dtype) ? wrapped : Number(wrapped);
  });
  return { shape: [values.length], dtype, data };
};

const random = (bits: number): bigint => {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return BigInt.asUintN(
    bits,
    bytes.reduce((v, b) => (v << 8n) | BigInt(b), 0n),
  );
};

/** Pairs of extremes, and random ones of every size. */
const pairs = (dtype: UserDType): [Tensor, Tensor] => {
  const [lo, hi] = intRange(dtype);
  const ends = [lo, lo + 1n, -1n, 0n, 1n, 2n, 7n, hi - 1n, hi];
  const xs = ends.flatMap((x) => ends.map(() => x));
  const ys = ends.flatMap(() => ends);
  for (let i = 0; i < 40; i++) {
    xs.push(random(1 + (i % bitsOf(dtype))));
    ys.push(random(1 + ((i * 7) % bitsOf(dtype))));
  }
  return [tensor(dtype, xs), tensor(dtype, ys)];
};

const ones = (t: Tensor): Tensor => tensor(t.dtype as UserDType, new Array<bigint>(t.data.length).fill(1n));

type Op = readonly [name: string, arity: 1 | 2, attrs?: Record<string, number>];
const OPS: readonly Op[] = [
  ['add', 2],
  ['sub', 2],
  ['mul', 2],
  ['neg', 1],
  ['less', 2],
  ['equal', 2],
  ['maximum', 2],
  ['minimum', 2],
  ['sign', 1],
  ['abs', 1],
  ['bitAnd', 2],
  ['bitOr', 2],
  ['bitXor', 2],
  ['bitNot', 1],
  ['clip', 1, { lo: 1, hi: 100 }],
];

const same = (got: NDArray | Tensor, want: Tensor, what: string, ins: readonly Tensor[]): void => {
  assert.is(got.dtype, want.dtype, what);
  want.data.forEach((v, i) => {
    if (!Object.is(got.data[i], v))
      throw new Error(`${what} of ${ins.map((t) => t.data[i])}: ${got.data[i]}, not ${v}`);
  });
};

/** Secrets under masks that every party shares: products with a secret 1. */
const run = (
  fn: (...x: BaseArray[]) => unknown,
  ins: readonly Tensor[],
  field: FieldName,
  parties: number,
  lazyIntegers = true,
) => {
  const k = ins.length;
  const program = (...all: BaseArray[]): unknown =>
    fn(...all.slice(0, k).map((x, i) => apply('mul', [x, all[k + i]!])));
  return simulate(program as (...x: never[]) => unknown, [...ins, ...ins.map(ones)], {
    ring,
    field: FIELDS[field],
    parties,
    lazyIntegers,
  });
};

for (const field of ['FM128', 'FM64'] as const) {
  for (const dtype of DTYPES) {
    test(`${dtype} in ${field}`, () => {
      const [x, y] = pairs(dtype);
      const parties = 2 + (DTYPES.indexOf(dtype) % 2);
      const { results } = run(
        (a, b) => OPS.map(([op, arity, attrs]) => applyNamed(op, arity === 2 ? [a!, b!] : [a!], attrs ?? {})),
        [x, y],
        field,
        parties,
      );
      OPS.forEach(([op, arity, attrs], i) => {
        const ins = arity === 2 ? [x, y] : [x];
        same(results[i]!, evalOp(op, ins, attrs), `${op} ${dtype} ${field}`, ins);
      });
    });

    test(`${dtype} shifts in ${field}`, () => {
      const [x] = pairs(dtype);
      const bits = BigInt(bitsOf(dtype));
      const amounts = [0n, 1n, 3n, bits / 2n, bits - 1n, bits, 100n, -1n];
      const by = tensor(
        dtype,
        Array.from({ length: x.data.length }, (_, i) => amounts[i % amounts.length]!),
      );
      const number = (v: bigint) => NDArray.from(tensor(dtype, new Array<bigint>(x.data.length).fill(v)));
      const { results } = run(
        (a, b) => [
          apply('shiftLeft', [a!, b!]),
          apply('shiftRight', [a!, b!]),
          ...amounts.flatMap((s) => [
            apply('shiftLeft', [a!, number(s)]),
            apply('shiftRight', [a!, number(s)]),
          ]),
        ],
        [x, by],
        field,
        2,
      );
      same(results[0]!, evalOp('shiftLeft', [x, by]), `left ${dtype}`, [x, by]);
      same(results[1]!, evalOp('shiftRight', [x, by]), `right ${dtype}`, [x, by]);
      amounts.forEach((s, i) => {
        same(results[2 + 2 * i]!, evalOp('shiftLeft', [x, number(s)]), `left by ${s}`, [x]);
        same(results[3 + 2 * i]!, evalOp('shiftRight', [x, number(s)]), `right by ${s}`, [x]);
      });
    });

    test(`${dtype} division in ${field}`, () => {
      const [x, y] = pairs(dtype);
      const { results } = run(
        (a, b) => [apply('floorDivide', [a!, b!]), apply('remainder', [a!, b!])],
        [x, y],
        field,
        2,
      );
      same(results[0]!, evalOp('floorDivide', [x, y]), 'floorDivide', [x, y]);
      same(results[1]!, evalOp('remainder', [x, y]), 'remainder', [x, y]);
    });
  }
}

test('sums that left their dtype are wrapped before they are compared, converted or handed on', () => {
  for (const field of ['FM128', 'FM64'] as const) {
    const [x, y] = pairs('int8');
    const program = (a?: BaseArray, b?: BaseArray) => {
      const s = apply('add', [apply('mul', [a!, b!]), a!]);
      return [
        s,
        apply('less', [s, b!]),
        apply('convert', [s], { dtype: 'int32' }),
        apply('convert', [s], { dtype: 'fxp' }),
      ];
    };
    const { results } = run(program, [x, y], field, 3, false);
    const s = evalOp('add', [evalOp('mul', [x, y]), x]);
    same(results[0]!, s, 'sum', [x, y]);
    same(results[1]!, evalOp('less', [s, y]), 'less', [x, y]);
    same(results[2]!, evalOp('convert', [s], { dtype: 'int32' }), 'int32', [x, y]);
    same(results[3]!, evalOp('convert', [s], { dtype: 'fxp' }), 'fxp', [x, y]);
  }
});

test('the least integer divided by -1 wraps for whoever reads it', () => {
  const [x, y] = [tensor('int8', [-128n, -128n, 7n]), tensor('int8', [-1n, 1n, -2n])];
  const program = (a?: BaseArray, b?: BaseArray) => {
    const q = apply('floorDivide', [a!, b!]);
    return [q, apply('convert', [q], { dtype: 'int32' })];
  };
  const { results } = run(program, [x, y], 'FM128', 2, false);
  assert.equal(
    results.map((r) => Array.from(r.data as Int8Array)),
    [
      [-128, -128, -4],
      [-128, -128, -4],
    ],
  );
});

/** Rounds, and bits an element from one party to another, of int64, int32 and int8 at FM128. */
const COSTS: readonly (readonly [op: string, ...costs: (readonly [rounds: number, bits: number])[]])[] = [
  ['add', [0, 0], [0, 0], [0, 0]],
  ['less', [3, 34], [3, 16], [2, 3]],
  ['equal', [2, 8], [2, 8], [2, 8]],
  ['maximum', [4, 162], [4, 144], [3, 131]],
  ['bitAnd', [6, 428], [6, 268], [4, 154]],
  ['shiftLeft', [9, 972], [8, 808], [6, 526]],
];

test('rounds and bytes', () => {
  (['int64', 'int32', 'int8'] as const).forEach((dtype, j) => {
    for (const [op, ...costs] of COSTS) {
      const [rounds, bits] = costs[j]!;
      const n = 1024;
      const x = tensor(dtype, new Array<bigint>(n).fill(5n));
      const options = { ring, field: FIELDS.FM128, parties: 2 };
      const { stats } = simulate((a, b) => applyNamed(op, [a, b], {}), [x, x], options);
      assert.is(stats.rounds, rounds, `${op} ${dtype}`);
      assert.is((stats.sent[0]![1]! * 8) / n, bits, `${op} ${dtype}`);
    }
  });
});

test.run();
