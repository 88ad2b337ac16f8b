/** @file Pooling over windows and over all of space. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { type Call, int64s, np, product, type Rule, type Rules, range } from '../call.ts';
import { checkedShape } from './shapes.ts';
import { countsOf, type Windows, windowsOf } from './windows.ts';

const spaceOf = (x: BaseArray): number[] => x.shape.slice(2);
const windowOf = (call: Call): readonly number[] =>
  call.ints('kernel_shape') ?? call.malformed('it has no kernel_shape');

const average: Rule = (call) => {
  const x = call.input(0);
  const window = windowOf(call);
  const w = windowsOf(call, spaceOf(x), window);
  const all = np.nn.avgPool(x, window, { stride: w.stride, padding: w.pads, dilation: w.dilation });
  const counts = countsOf(spaceOf(x), window, w, call.flag('count_include_pad'));
  const n = product(window);
  if (counts.every((c) => c === n)) return all;
  return np.multiply(all, np.reshape(np.asarray(counts.map((c) => n / Math.max(1, c))), w.out));
};

/** Where each element of each window lies in its flattened plane, or -1; [places][elements]. */
const placesOf = (
  space: readonly number[],
  window: readonly number[],
  w: Windows,
  columns: boolean,
): number[][] => {
  const step = space.map((_, i) => (columns ? product(space.slice(0, i)) : product(space.slice(i + 1))));
  const lists = (sizes: readonly number[]): number[][] =>
    sizes.reduce<number[][]>((all, n) => all.flatMap((l) => range(n).map((i) => [...l, i])), [[]]);
  const entries = lists(window);
  return lists(w.out).map((out) =>
    entries.map((entry) =>
      entry.reduce((flat, e, i) => {
        const at =
          (out[i] as number) * (w.stride[i] as number) +
          e * (w.dilation[i] as number) -
          (w.pads[i] as [number, number])[0];
        return flat < 0 || at < 0 || at >= (space[i] as number) ? -1 : flat + at * (step[i] as number);
      }, 0),
    ),
  );
};

const largest: Rule = (call) => {
  const x = call.input(0);
  const window = windowOf(call);
  const space = spaceOf(x);
  const w = windowsOf(call, space, window);
  const best = np.nn.maxPool(x, window, { stride: w.stride, padding: w.pads, dilation: w.dilation });
  if (!call.wants(1)) return best;
  // The place of the first largest element; what lies in the padding is another of the same window.
  const [n, c] = x.shape as [number, number];
  const plane = product(space);
  const places = placesOf(space, window, w, false);
  const inside = places.flatMap((list) => list.map((at) => (at < 0 ? (list.find((v) => v >= 0) ?? 0) : at)));
  const parts = np.reshape(np.take(np.reshape(x, [n, c, plane]), inside, 2), [
    n,
    c,
    places.length,
    product(window),
  ]);
  const at = np.argmax(parts, -1);
  const told = call.flag('storage_order') ? placesOf(space, window, w, true) : places;
  const table = np.reshape(
    int64s(told.flatMap((list) => list.map((v) => (v < 0 ? (list.find((p) => p >= 0) ?? 0) : v)))),
    [1, 1, places.length, product(window)],
  );
  const found = np.sum(np.where(np.equal(np.expandDims(at, -1), np.arange(product(window))), table, 0), -1);
  const planes = np.reshape(int64s(range(n * c).map((i) => i * plane)), [n, c, 1]);
  return [best, np.reshape(np.astype(np.add(found, planes), 'int64'), [...best.shape])];
};

/** (sum of |x|^p)^(1/p). */
const norm = (total: (powers: BaseArray) => BaseArray, x: BaseArray, p: number): BaseArray => {
  if (p === 1) return total(np.abs(x));
  if (p === 2) return np.sqrt(total(np.square(x)));
  return np.power(total(np.power(np.abs(x), p)), 1 / p);
};

const lp: Rule = (call) => {
  const x = call.input(0);
  const window = windowOf(call);
  const w = windowsOf(call, spaceOf(x), window);
  const how = { stride: w.stride, padding: w.pads, dilation: w.dilation };
  return norm((y) => np.multiply(np.nn.avgPool(y, window, how), product(window)), x, call.int('p', 2));
};

const overall =
  (f: (x: BaseArray, how: { axis: number[]; keepdims: boolean }) => BaseArray): Rule =>
  (call) => {
    const x = call.input(0);
    return f(x, { axis: range(x.ndim).slice(2), keepdims: true });
  };

const overallNorm: Rule = (call) => {
  const x = call.input(0);
  const how = { axis: range(x.ndim).slice(2), keepdims: true };
  return norm((y) => np.sum(y, how), x, call.int('p', 2));
};

/** Numbers go back to where a pooling found them; elsewhere are zeros. */
const unpool: Rule = (call) => {
  const [x, at] = [call.input(0), call.input(1)];
  const window = windowOf(call);
  const n = window.length;
  const stride = call.ints('strides') ?? window.map(() => 1);
  const pads = call.ints('pads') ?? new Array<number>(2 * n).fill(0);
  const own = spaceOf(x).map(
    (size, i) =>
      (size - 1) * (stride[i] as number) +
      (window[i] as number) -
      (pads[i] as number) -
      (pads[n + i] as number),
  );
  const shape = checkedShape(call, call.places(2, 'its shape') ?? [...x.shape.slice(0, 2), ...own]);
  const inner = [...x.shape.slice(0, 2), ...own];
  const total = product(inner);
  const flat = np.scatterAdd(np.zeros([total]), np.ravel(at), np.ravel(x));
  if (product(shape) === total) return np.reshape(flat, shape);
  const placed = np.reshape(flat, inner);
  return np.pad(placed, shape.map((size, i) => [0, size - (inner[i] as number)]) as never);
};

export const pools: Rules = {
  AveragePool: average,
  GlobalAveragePool: overall((x, how) => np.mean(x, how)),
  GlobalLpPool: overallNorm,
  GlobalMaxPool: overall((x, how) => np.max(x, how)),
  LpPool: lp,
  MaxPool: largest,
  MaxUnpool: unpool,
};
