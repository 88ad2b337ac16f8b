/**
 * @file Runs a function on plain arrays, and again as a recorded program before and after the passes: all agree. Passes may
 * change the last bits of real numbers, and nothing else.
 */
import * as assert from 'uvu/assert';
import { type ErrorCode, TesseraError } from '../../src/errors.ts';
import { optimize } from '../../src/ir/compile/passes/optimize.ts';
import { run } from '../../src/ir/ops/evaluate.ts';
import type { Tensor } from '../../src/ir/ops/graph.ts';
import type { ArrayInput, BaseArray, NestedNumbers } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { flatten } from '../../src/ir/trace/pytree.ts';
import { trace } from '../../src/ir/trace/tracer.ts';

type Fn = (...xs: BaseArray[]) => unknown;

const describe = (t: Tensor): unknown => ({
  shape: t.shape,
  dtype: t.dtype,
  data: [...(t.data as Float64Array)],
});

const sameTo = (got: Tensor, want: Tensor): void => {
  const [g, w] = [describe(got), describe(want)];
  if (want.dtype !== 'fxp' || want.data.some((v) => !Number.isFinite(v))) {
    assert.equal(g, w);
    return;
  }
  assert.equal([got.shape, got.dtype], [want.shape, want.dtype]);
  for (const [k, x] of (got.data as Float64Array).entries()) {
    const y = Number(want.data[k]);
    assert.ok(
      Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(y)),
      `after the passes, element ${k}: ${x}, not ${y}`,
    );
  }
};

/** The leaves of what `fn` gives for these arrays. */
export const both = (fn: Fn, ...inputs: readonly ArrayInput[]): NDArray[] => {
  const arrays = inputs.map((x) => NDArray.from(x));
  const now = flatten(fn(...arrays), (x) => x instanceof NDArray).leaves as NDArray[];
  const types = arrays.map(({ shape, dtype }) => ({ shape, dtype, secret: true }));
  const { graph } = trace(fn as (...args: never[]) => unknown, types);
  assert.equal(run(graph, arrays).map(describe), now.map(describe));
  const passed = run(optimize(graph), arrays);
  assert.is(passed.length, now.length);
  for (const [i, got] of passed.entries()) sameTo(got, now[i]!);
  return now;
};

/** The one result as nested numbers. */
export const value = (fn: Fn, ...inputs: readonly ArrayInput[]): NestedNumbers =>
  both(fn, ...inputs)[0]!.toArray();

/** Both ways throw a TesseraError of this code whose message holds this text. */
export const throwsBoth = (fn: Fn, inputs: readonly ArrayInput[], code: ErrorCode, text: string): void => {
  const arrays = inputs.map((x) => NDArray.from(x));
  const types = arrays.map(({ shape, dtype }) => ({ shape, dtype, secret: true }));
  throws(() => fn(...arrays), code, text);
  throws(() => trace(fn as (...args: never[]) => unknown, types), code, text);
};

export const throws = (fn: () => unknown, code: ErrorCode, text: string): void => {
  try {
    fn();
  } catch (e) {
    assert.instance(e, TesseraError, `${(e as Error).stack}`);
    assert.is((e as TesseraError).code, code, (e as Error).message);
    assert.ok(
      (e as Error).message.includes(text),
      `${JSON.stringify((e as Error).message)} lacks ${JSON.stringify(text)}`,
    );
    return;
  }
  assert.unreachable(`no error; ${code} with ${text} was expected`);
};
