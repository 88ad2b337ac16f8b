/** @file Runs a function on secrets, all parties in one process, for every field and number of parties, and compares. */
import * as assert from 'uvu/assert';
import type { LockstepStats } from '../../src/ir/run/lockstep.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { ArrayInput, BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { flatten } from '../../src/ir/trace/pytree.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';

const ring = await Ring.create();

export interface Secretly {
  /** Largest difference, relative above 1. By default 2^-18 at FM128 and 2^-10 at FM64. */
  readonly FM128?: number;
  readonly FM64?: number;
  readonly fields?: readonly ('FM128' | 'FM64')[];
  readonly parties?: readonly number[];
}

type Fn = (...xs: BaseArray[]) => unknown;

const isArray = (x: unknown): boolean => x instanceof NDArray;

/** Inputs as the field rounds them, so that the reference sees the same numbers. */
const rounded = (x: NDArray, fraction: number): NDArray =>
  x.dtype === 'fxp'
    ? new NDArray(
        x.shape,
        'fxp',
        (x.data as Float64Array).map((v) => Math.round(v * 2 ** fraction) / 2 ** fraction),
      )
    : x;

/** A secret 1 is multiplied in, so that the shares of the masks are not those of a fresh input. */
const remasked = (x: BaseArray, one: BaseArray): BaseArray => (x.dtype === 'fxp' ? x.mul(one) : x);

/** Throws unless `fn` gives on secrets what it gives in the clear. Returns what it cost last. */
export const secretly = (fn: Fn, inputs: readonly ArrayInput[], options: Secretly = {}): LockstepStats => {
  let last: LockstepStats | undefined;
  for (const name of options.fields ?? (['FM128', 'FM64'] as const)) {
    const tolerance = options[name] ?? { FM128: 2 ** -18, FM64: 2 ** -10 }[name];
    const arrays = inputs.map((x) => rounded(NDArray.from(x), FIELDS[name].fraction));
    const want = flatten(fn(...arrays), isArray).leaves as NDArray[];
    for (const parties of options.parties ?? [2, 3]) {
      const { results, stats } = simulate(
        ((one: BaseArray, ...xs: BaseArray[]) => fn(...xs.map((x) => remasked(x, one)))) as never,
        [NDArray.from(1), ...arrays],
        { ring, field: FIELDS[name], parties },
      );
      last = stats;
      assert.is(results.length, want.length);
      for (const [i, got] of results.entries()) {
        const w = want[i]!;
        assert.equal([got.shape, got.dtype], [w.shape, w.dtype], `${name}, ${parties} parties`);
        for (let k = 0; k < w.data.length; k++) {
          const [x, y] = [Number(got.data[k]), Number(w.data[k])];
          const allowed = w.dtype === 'fxp' ? tolerance * Math.max(1, Math.abs(y)) : 0;
          assert.ok(
            Math.abs(x - y) <= allowed,
            `${name}, ${parties} parties, result ${i}[${k}]: ${x} instead of ${y} (off by ${Math.abs(x - y)})`,
          );
        }
      }
    }
  }
  return last!;
};
