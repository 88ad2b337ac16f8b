/** Functions that are said to be right for any x: near, far and a quarter of the ring away, in every cost mode and ring. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { simulate } from '../../src/ir/run/simulate.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import * as math from '../../src/ring/math/index.ts';
import { ring } from '../gates/harness.ts';

const FNS: readonly (readonly [string, (x: np.BaseArray) => np.BaseArray, (x: number) => number])[] = [
  ['sigmoid', np.sigmoid, math.sigmoid],
  ['tanh', np.tanh, math.tanh],
  ['erf', np.erf, math.erf],
  ['softplus', np.nn.softplus, math.softplus],
  ['silu', np.nn.silu, math.silu],
  ['mish', np.nn.mish, math.mish],
  ['gelu', (x) => np.nn.gelu(x, false), math.gelu],
  ['relu', np.nn.relu, (x) => Math.max(x, 0)],
  ['logSigmoid', np.nn.logSigmoid, (x) => -math.softplus(-x)],
  ['1 / (1 + exp(-x))', (x) => np.divide(1, np.add(1, np.exp(np.negative(x)))), math.sigmoid],
];

for (const field of ['FM128', 'FM64', 'FM32'] as const) {
  for (const [parties, costMode] of [
    [2, 'bandwidth'],
    [3, 'bandwidth'],
    [2, 'latency'],
  ] as const) {
    test(`${field}, ${parties} parties, ${costMode}`, () => {
      const end = 2 ** (FIELDS[field].bits - 3 - FIELDS[field].fraction);
      const far = [25, 50, 1e3, 1e5, 2 ** 20, 1e9, 1e12, end].filter((v) => v <= end);
      const x = [-31, -20, -7.5, -1, -0.125, 0, 0.5, 3, 16, ...far, ...far.map((v) => -v)];
      const allowed = { FM128: 2 ** -20, FM64: 2 ** -11, FM32: 2 ** -5 }[field];
      for (const [name, fn, of] of FNS) {
        const given = { ring, field: FIELDS[field], parties, costMode };
        const { results } = simulate(fn as never, [np.array(x) as np.NDArray], given);
        Array.from(results[0]!.data, Number).forEach((got, i) => {
          assert.ok(Math.abs(got - of(x[i]!)) <= allowed, `${name}(${x[i]}) = ${got}, not ${of(x[i]!)}`);
        });
      }
    });
  }
}

for (const field of ['FM128', 'FM64'] as const)
  test(`${field}, by keys of as few bits as a promised range takes: at its ends, and in it`, () => {
    const allowed = { FM128: 2 ** -20, FM64: 2 ** -11 }[field];
    for (const [lo, hi] of [
      [-30, 30],
      [-100, 0.5],
      [-2, 200],
      [-3, 3],
      [20, 60],
    ] as const) {
      const x = Array.from({ length: 33 }, (_, i) => lo + ((hi - lo) * i) / 32);
      for (const [name, fn, of] of FNS.slice(0, 7)) {
        const given = { ring, field: FIELDS[field], parties: 2, costMode: 'latency' } as const;
        const program = (v: np.BaseArray): np.BaseArray => fn(np.within(v, lo, hi));
        const { results } = simulate(program as never, [np.array(x) as np.NDArray], given);
        Array.from(results[0]!.data, Number).forEach((got, i) => {
          const want = of(x[i]!);
          assert.ok(
            Math.abs(got - want) <= allowed * Math.max(1, Math.abs(want)),
            `${name}(${x[i]}) in [${lo}, ${hi}] = ${got}, not ${want}`,
          );
        });
      }
    }
  });

test.run();
