/** Which sigmoid a program gets is the session's choice. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SigmoidMode } from '../../src/ir/circuit.ts';
import { NDArray } from '../../src/ir/ndarray.ts';
import { simulate } from '../../src/ir/simulate.ts';
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

test.run();
