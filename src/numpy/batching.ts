/** @file np.vmap: a function of one example made a function of many. */
import { fail } from '../errors.ts';
import { sizeOf } from '../ir/ops/graph.ts';
import { normalAxis } from '../ir/ops/shapes.ts';
import type { ArrayInput, BaseArray } from '../ir/trace/array.ts';
import { flatten, type TreeDef, unflatten } from '../ir/trace/pytree.ts';
import { recordFunction, typeOfArray } from '../ir/trace/replay.ts';
import { batch } from '../ir/trace/vmap.ts';
import { asArr, axisOf, broadcast, type OneAxis, spread } from './core.ts';
import { argumentsOf } from './options.ts';
import { expandDims, moveaxis, reshape } from './shape.ts';
import { type AnyFunction, isLeaf } from './transform.ts';

/** The axis of an argument that counts examples; null: all examples share it. */
export type MappedAxis = number | null;

interface Mapped {
  readonly x: BaseArray;
  /** The example axis has been moved to the front. */
  readonly batched: boolean;
}

/** Leaves of the mapped arguments; arguments with axis null are handed over as they are. */
const readArguments = (args: readonly unknown[], axes: readonly MappedAxis[]) => {
  const trees = args.map((arg, i) => (axes[i] === null ? undefined : flatten(arg, isLeaf)));
  const leaves = trees.flatMap((t, i): Mapped[] =>
    t === undefined
      ? []
      : t.leaves.map((leaf, k) => {
          const x = asArr(leaf as ArrayInput);
          if (x.ndim === 0)
            fail('SHAPE', `np.vmap: argument ${i}${t.paths[k]} is a scalar: give it axis null to share it`);
          return { x: moveaxis(x, normalAxis(axes[i]!, x.ndim), 0), batched: true };
        }),
  );
  const sizes = new Set(leaves.map(({ x }) => x.shape[0]!));
  if (sizes.size !== 1)
    fail(
      sizes.size === 0 ? 'INVALID_ARGUMENT' : 'SHAPE',
      sizes.size === 0
        ? 'np.vmap: at least one argument has to be mapped'
        : `np.vmap: mapped arguments differ in their number of examples: ${[...sizes].join(', ')}`,
    );
  const rebuild = (list: readonly BaseArray[]): unknown[] => {
    let from = 0;
    return trees.map((t, i) => {
      if (t === undefined) return args[i];
      from += t.leaves.length;
      return unflatten(t.def, list.slice(from - t.leaves.length, from));
    });
  };
  return { leaves, size: [...sizes][0]!, rebuild };
};

/**
 * A function that applies `fn` to each example: mapped arguments (trees of arrays) are cut along `inAxes` (one for all, or
 * one an argument; null shares an argument), results are stacked along `outAxes`. `fn` is recorded once and runs on the
 * whole batch, in as many rounds as for one. Throws SHAPE when the numbers of examples differ.
 * @example
 * np.vmap((x: sf.NDArray) => np.sum(np.square(x)))(np.array([[1, 2], [3, 4]])) // [5, 25]
 */
export const vmap =
  <const R = BaseArray>(fn: AnyFunction, inAxes: MappedAxis | readonly MappedAxis[] = 0, outAxes = 0) =>
  (...args: readonly unknown[]): R => {
    const axes: readonly MappedAxis[] =
      typeof inAxes === 'number' || inAxes === null ? args.map(() => inAxes as MappedAxis) : inAxes;
    if (axes.length !== args.length)
      fail('INVALID_ARGUMENT', `np.vmap: ${axes.length} axes for ${args.length} arguments`);
    const { leaves, size, rebuild } = readArguments(args, axes);
    let def: TreeDef | undefined;
    const example = leaves.map(({ x }) => {
      const t = typeOfArray(x);
      return { ...t, shape: t.shape.slice(1) };
    });
    const { graph, captured } = recordFunction(example, (xs) => {
      const result = flatten(fn(...rebuild(xs)), isLeaf);
      def = result.def;
      return result.leaves.map((x) => asArr(x as ArrayInput));
    });
    const inputs: Mapped[] = [...leaves, ...captured.map((x) => ({ x, batched: false }))];
    const outs = batch(graph, inputs, size).map(({ x, batched }) =>
      moveaxis(
        batched ? x : broadcast(x, [size, ...x.shape]),
        0,
        normalAxis(outAxes, x.ndim + (batched ? 0 : 1)),
      ),
    );
    return unflatten(def!, outs) as R;
  };

/**
 * `fn` of each lane along an axis, all at once; what it gives stands in place of the lane.
 * @example
 * np.applyAlongAxis((lane) => np.max(lane), 1, np.array([[1, 5], [7, 2]])) // [5, 7]
 */
export const applyAlongAxis = (
  fn: (lane: BaseArray) => ArrayInput,
  axis: OneAxis,
  x: ArrayInput,
): BaseArray => {
  const at = axisOf('np.applyAlongAxis', axis, -1);
  const a = moveaxis(x, at, -1);
  const lead = a.shape.slice(0, -1);
  const lanes = reshape(a, [sizeOf(lead), a.shape.at(-1)!]);
  const made = asArr(vmap(fn as never)(lanes as never) as ArrayInput);
  const out = reshape(made, [...lead, ...made.shape.slice(1)]);
  return made.ndim === 2 ? moveaxis(out, -1, at) : out;
};

/**
 * `fn(x, axis)` over one axis after another; an axis that `fn` takes away stays as 1.
 * @example
 * np.applyOverAxes(np.sum, np.array([[1, 2], [3, 4]]), [0, 1]) // [[10]]
 */
export const applyOverAxes = (
  fn: (x: BaseArray, axis: number) => BaseArray,
  x: ArrayInput,
  axes: number | readonly number[] | { readonly axes: number | readonly number[] },
): BaseArray => {
  const a = asArr(x);
  const given = argumentsOf<{ axes: number | readonly number[] }>('np.applyOverAxes', { axes }, { axes: [] });
  return [given.axes].flat().reduce<BaseArray>((now, axis) => {
    const at = normalAxis(axis as number, a.ndim);
    const made = fn(now, at);
    if (made.ndim !== now.ndim && made.ndim !== now.ndim - 1)
      fail('SHAPE', `applyOverAxes: of ${now.ndim} axes the function made ${made.ndim}`);
    return made.ndim === now.ndim ? made : expandDims(made, at);
  }, a);
};

/**
 * A function of numbers made one of arrays, which broadcast; it is recorded once and runs on all elements at once.
 * @example
 * np.vectorize((x, y) => np.add(np.multiply(x, y), 1))(np.array([1, 2, 3]), 10) // [11, 21, 31]
 */
export const vectorize =
  (fn: (...xs: BaseArray[]) => ArrayInput) =>
  (...xs: readonly ArrayInput[]): BaseArray => {
    const wide = spread(xs.map(asArr));
    const [first] = wide;
    if (first === undefined)
      return fail('INVALID_ARGUMENT', 'vectorize: the function was given no arguments');
    const made = vmap(fn as never)(...wide.map((x) => reshape(x, [first.size])));
    return reshape(made, [...first.shape, ...made.shape.slice(1)]);
  };
