/** Hypothesis tests beside scipy and statsmodels, in the clear and on secrets. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import {
  chiSquarePValue,
  chiSquareTest,
  logRankTest,
  mannWhitneyTest,
  normalPValue,
  tTest,
  tTestPValue,
} from '../../src/models/statistics.ts';
import { throws } from '../numpy/both.ts';
import { FM128, fixtures, run } from './both.ts';

const test = suite('models: statistics');
const data = fixtures.tests as unknown as Readonly<Record<string, number[]>>;
const tails = fixtures.tails as unknown as Readonly<Record<string, number[][]>>;
const { a, b, times, seen, group } = data as Readonly<
  Record<'a' | 'b' | 'times' | 'seen' | 'group', number[]>
>;

const close = (got: number, want: number, what: string, tolerance = 1e-4): void =>
  assert.ok(Math.abs(got - want) <= tolerance * Math.max(1, Math.abs(want)), `${what}: ${got}, not ${want}`);

/** What `fn` gives by name, in the order of its leaves. */
const namesOf = (fn: (...xs: BaseArray[]) => object, inputs: readonly unknown[]): string[] =>
  Object.keys(fn(...inputs.map((x) => NDArray.from(x as never)))).sort();

for (const way of [undefined, FM128]) {
  const how = way ? 'on secrets' : 'in the clear';
  const numbers = (
    fn: (...xs: BaseArray[]) => object,
    ...inputs: readonly unknown[]
  ): Record<string, number> => {
    const names = namesOf(fn, inputs);
    const { results } = run(fn, inputs as never, way);
    return Object.fromEntries(names.map((name, i) => [name, Number(results[i]!.item())]));
  };

  for (const by of [1, 1e-3, 1e4])
    test(`Student's t ${how}, values times ${by}`, () => {
      const [x, y] = [a.map((v) => v * by), b.map((v) => v * by)];
      for (const [name, equalVar] of [
        ['t', true],
        ['welch', false],
      ] as const) {
        const { statistic, df } = numbers((p, q) => tTest(p!, q!, { equalVar }), x, y);
        const [t, freedom, p] = data[name]!;
        close(statistic!, t!, name);
        close(df!, freedom!, `${name}, df`);
        close(tTestPValue(statistic!, df!), p!, `${name}, p`);
      }
    });

  test(`chi-square ${how}`, () => {
    const { statistic, df } = numbers((t) => chiSquareTest(t!), data.counts);
    close(statistic!, data.chiSquare![0]!, 'statistic');
    assert.is(df, data.chiSquare![1]);
    close(chiSquarePValue(statistic!, df!), data.chiSquare![2]!, 'p');
  });

  test(`Mann and Whitney ${how}`, () => {
    const { statistic, z } = numbers((x, y) => mannWhitneyTest(x!, y!), a, b);
    assert.is(statistic, data.mannWhitney![0]);
    close(normalPValue(z!), data.mannWhitney![1]!, 'p');
  });

  test(`log-rank ${how}`, () => {
    const { statistic } = numbers((t, e, g) => logRankTest(t!, e!, g!), times, seen, group);
    close(statistic!, data.logRank![0]!, 'statistic');
    close(chiSquarePValue(statistic!, 1), data.logRank![1]!, 'p');
  });
}

test('tails are those of scipy to nine digits', () => {
  const same = (got: number, want: number, what: string): void =>
    assert.ok(Math.abs(got - want) <= 1e-9 * want + 1e-300, `${what}: ${got}, not ${want}`);
  for (const [t, df, p] of tails.student!) same(tTestPValue(t!, df!), p!, `t ${t}, ${df}`);
  for (const [x, df, p] of tails.chiSquare!) same(chiSquarePValue(x!, df!), p!, `chi-square ${x}, ${df}`);
  for (const [z, p] of tails.normal!) same(normalPValue(z!), p!, `z ${z}`);
});

test('what does not fit is an error', () => {
  throws(() => tTest([1], [1, 2]), 'SHAPE', '2 rows at least');
  throws(() => chiSquareTest([[1, 2]]), 'SHAPE', 'two rows');
  throws(() => logRankTest([1, 2, 3], [1, 0], [0, 1, 1]), 'SHAPE', 'target');
});

test.run();
