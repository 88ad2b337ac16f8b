/** Which sigmoid a program gets, and with how many fraction bits numbers are held, is the session's choice. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SigmoidMode } from '../../src/ir/compile/graph-circuit.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';

const MODES: Readonly<Record<SigmoidMode, readonly [of: (x: number) => number, rounds: number]>> = {
  REAL: [(x) => 1 / (1 + Math.exp(-x)), 5],
  MM1: [(x) => 0.5 + x / 8, 0],
  SEG3: [(x) => Math.min(Math.max(0.5 + x / 8, 0), 1), 5],
};

test('sigmoidMode', () => {
  const x = NDArray.from([-20, -4, -1, 0, 0.5, 3, 4.5, 20], 'fxp');
  for (const [mode, [of, rounds]] of Object.entries(MODES)) {
    const options = { ring, field: FIELDS.FM128, parties: 2, sigmoidMode: mode as SigmoidMode };
    const { results, stats } = simulate(np.sigmoid as (...x: never[]) => unknown, [x], options);
    (results[0]!.data as Float64Array).forEach((v, i) => {
      assert.ok(Math.abs(v - of(Number(x.data[i]))) < 2 ** -20, `${mode} at ${x.data[i]}: ${v}`);
    });
    assert.is(stats.rounds, rounds, mode);
  }
});

test('quotients have as many bits as numbers of more fraction bits than usual', () => {
  const [x, y] = [
    [1, -7.25, 3.375, 1000, 2 ** -10, -0.5],
    [3, 0.75, -0.015625, 7, 97, -11],
  ];
  for (const fraction of [44, 52]) {
    const options = { ring, field: FIELDS.FM128, parties: 2, fraction };
    const inputs = [x!, y!].map((list) => NDArray.from(list, 'fxp'));
    const { results } = simulate(np.divide as (...all: never[]) => unknown, inputs, options);
    (results[0]!.data as Float64Array).forEach((q, i) => {
      const want = x![i]! / y![i]!;
      const off = Math.abs(q - want);
      assert.ok(off <= 2 ** -40 * Math.abs(want) + 4 * 2 ** -fraction, `${x![i]} / ${y![i]}: off by ${off}`);
    });
  }
});

test('functions hold for any number of fraction bits, odd ones too', () => {
  const functions: Readonly<
    Record<string, readonly [(x: np.BaseArray) => np.BaseArray, (x: number) => number]>
  > = {
    sqrt: [np.sqrt, Math.sqrt],
    rsqrt: [np.rsqrt, (v) => 1 / Math.sqrt(v)],
    cbrt: [np.cbrt, Math.cbrt],
    reciprocal: [np.reciprocal, (v) => 1 / v],
    log: [np.log, Math.log],
    exp: [np.exp, Math.exp],
    sin: [np.sin, Math.sin],
    hypot: [(v) => np.hypot(v, 2), (v) => Math.hypot(v, 2)],
    mish: [np.nn.mish, (v) => v * Math.tanh(Math.log1p(Math.exp(v)))],
    arcsinh: [(v) => np.arcsinh(np.multiply(v, 4)), (v) => Math.asinh(4 * v)],
    arctan: [np.arctan, Math.atan],
    arcsin: [(v) => np.arcsin(np.multiply(v, 0.25)), (v) => Math.asin(v / 4)],
    silu: [np.nn.silu, (v) => v / (1 + Math.exp(-v))],
  };
  const x = NDArray.from([0.25, 0.5, 1, 2, 3.25, 3.75], 'fxp');
  for (const [field, fraction] of [
    ['FM128', 20],
    ['FM128', 25],
    ['FM128', 40],
    ['FM64', 17],
    ['FM64', 20],
    ['FM32', 9],
  ] as const) {
    for (const [name, [fn, of]] of Object.entries(functions)) {
      const options = { ring, field: FIELDS[field], parties: 2, fraction };
      const { results } = simulate(fn as (...x: never[]) => unknown, [x], options);
      // What the function and what a unit in the last place of x and of the result may do.
      const allowed = { FM128: 2 ** -20, FM64: 2 ** -14, FM32: 2 ** -7 }[field] + 4 * 2 ** -fraction;
      (results[0]!.data as Float64Array).forEach((v, i) => {
        const want = of(x.data[i] as number);
        const error = Math.abs(v - want) / Math.max(1, Math.abs(want));
        assert.ok(error < allowed, `${name} at ${x.data[i]}, ${field}, ${fraction} bits: ${v}, not ${want}`);
      });
    }
  }
});

test.run();
