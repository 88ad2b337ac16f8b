/** @file Functions of functions: gradients, and batching over a new axis. */
import { fail } from '../errors.ts';
import { dtypeName } from '../ir/ops/dtypes.ts';
import { shapeText } from '../ir/ops/shapes.ts';
import { type ArrayInput, BaseArray } from '../ir/trace/array.ts';
import { isFloat, linearize } from '../ir/trace/grad.ts';
import { isTensor, NDArray } from '../ir/trace/ndarray.ts';
import { type Flat, flatten, type TreeDef, unflatten } from '../ir/trace/pytree.ts';
import { recordFunction, replay, stopGradient as stop, typeOfArray } from '../ir/trace/replay.ts';
import { asArr } from './core.ts';
import { optionsOf } from './options.ts';

// biome-ignore lint/suspicious/noExplicitAny: a user's function has parameters of its own kind
export type AnyFunction = (...args: any[]) => unknown;

export const isLeaf = (x: unknown): boolean => x instanceof BaseArray || isTensor(x) || ArrayBuffer.isView(x);

export interface GradOptions {
  /** Which arguments to differentiate by; the first when left out. A list gives a list of gradients. */
  readonly argnums?: number | readonly number[];
  /** The function returns [loss, aux]: aux is handed through. */
  readonly hasAux?: boolean;
}

const readOptions = (options: GradOptions | number | readonly number[] | undefined): Required<GradOptions> =>
  typeof options === 'object' && !Array.isArray(options)
    ? optionsOf('np.grad', options as GradOptions, { argnums: 0, hasAux: false })
    : { argnums: (options as number | readonly number[] | undefined) ?? 0, hasAux: false };

const floatLeaf = (x: unknown, path: string): BaseArray => {
  const array = asArr(x as ArrayInput);
  return isFloat(array)
    ? array
    : fail(
        'DTYPE',
        `np.grad differentiates by float64 arrays, not by ${dtypeName(array.dtype)}${path === '' ? '' : ` at ${path}`}: convert with np.astype`,
      );
};

/** The leaves of the results of a user's function, as arrays. */
const readResult = (result: unknown): { arrays: BaseArray[]; def: TreeDef } => {
  const { leaves, def } = flatten(result, isLeaf);
  return { arrays: leaves.map((x) => asArr(x as ArrayInput)), def };
};

interface Differentiated {
  readonly outs: readonly BaseArray[];
  readonly def: TreeDef;
  /** Gradients by the chosen arguments, as trees like them, given those by the float64 results. */
  readonly back: (cts: readonly BaseArray[]) => unknown[];
}

/** Runs `fn` forward and keeps the way back. */
const differentiate = (
  fn: AnyFunction,
  args: readonly unknown[],
  argnums: readonly number[],
): Differentiated => {
  const bad = argnums.find((n) => !Number.isInteger(n) || n < 0 || n >= args.length);
  if (bad !== undefined)
    fail('INVALID_ARGUMENT', `argnums ${bad}: the function was given ${args.length} arguments`);
  const trees: Flat[] = argnums.map((n) => flatten(args[n], isLeaf));
  const inputs = trees.flatMap((t) => t.leaves.map((x, i) => floatLeaf(x, t.paths[i]!)));
  const cut = (list: readonly BaseArray[]): unknown[] => {
    let from = 0;
    return trees.map((t) => {
      from += t.leaves.length;
      return unflatten(t.def, list.slice(from - t.leaves.length, from));
    });
  };
  let def: TreeDef | undefined;
  const { graph, captured } = recordFunction(
    inputs.map(typeOfArray),
    (xs) => {
      const given = cut(xs);
      const result = readResult(
        fn(...args.map((x, i) => (argnums.includes(i) ? given[argnums.indexOf(i)] : x))),
      );
      def = result.def;
      return result.arrays;
    },
    true,
  );
  const { forward, backward } = linearize(
    graph,
    graph.ins.map((_, i) => i < inputs.length),
  );
  const made = replay(forward, [...inputs, ...captured]);
  const outs = made.slice(0, graph.outs.length);
  const residuals = made.slice(graph.outs.length);
  return { outs, def: def!, back: (cts) => cut(replay(backward, [...residuals, ...cts])) };
};

const needScalar = (loss: BaseArray | undefined): void => {
  if (loss === undefined || loss.ndim !== 0 || !isFloat(loss))
    fail(
      'SHAPE',
      'np.grad takes a function with one real number for result, not ' +
        (loss === undefined ? 'nothing' : `${dtypeName(loss.dtype)} of shape ${shapeText(loss.shape)}`) +
        ': reduce it with np.sum or np.mean',
    );
};

const zeroOf = (x: BaseArray): BaseArray =>
  NDArray.from({ shape: x.shape, dtype: 'fxp', data: new Float64Array(x.size) });

/**
 * A function that gives [value, gradient] of `fn`, whose result is one float64 number (with hasAux: [number, aux], and
 * the value is [number, aux]). The gradient is a tree like the argument. Throws SHAPE for another result, DTYPE for
 * integer arguments, UNSUPPORTED, naming the op, where something has no gradient.
 * @example
 * np.valueAndGrad((x) => np.sum(np.square(x)))(np.array([1, 3])) // [10, [2, 6]]
 */
export const valueAndGrad =
  <const R = [BaseArray, BaseArray]>(fn: AnyFunction, options?: GradOptions | number | readonly number[]) =>
  (...args: readonly unknown[]): R => {
    const { argnums, hasAux } = readOptions(options);
    const list = typeof argnums === 'number' ? [argnums] : argnums;
    const { outs, def, back } = differentiate(fn, args, list);
    const shaped = def.kind === 'array' && def.items.length === 2 && def.items[0]!.kind === 'leaf';
    if (hasAux ? !shaped : def.kind !== 'leaf')
      fail('SHAPE', `np.grad takes a function that returns ${hasAux ? '[number, aux]' : 'one real number'}`);
    needScalar(outs[0]);
    const cts = outs.filter(isFloat).map((x, i) => (i === 0 ? NDArray.from(1) : zeroOf(x)));
    const grads = back(cts);
    return [unflatten(def, outs), typeof argnums === 'number' ? grads[0] : grads] as R;
  };

/**
 * As np.valueAndGrad, the gradient alone (with hasAux: [gradient, aux]). Throws SHAPE for a function that gives no
 * scalar.
 * @example
 * np.grad((x) => np.sum(np.square(x)))(np.array([1, 3])) // [2, 6]
 */
export const grad =
  <const R = BaseArray>(fn: AnyFunction, options?: GradOptions | number | readonly number[]) =>
  (...args: readonly unknown[]): R => {
    const [value, gradient] = valueAndGrad<[unknown, unknown]>(fn, options)(...args);
    return (readOptions(options).hasAux ? [gradient, (value as unknown[])[1]] : gradient) as R;
  };

/**
 * [result, back]: `back` takes gradients by the result (a tree like it) and gives those by each argument.
 * @example
 * const [y, back] = np.vjp((x) => np.square(x), np.array([1, 3]))
 * back(np.array([1, 10])) // [[2, 60]]
 */
export const vjp = (fn: AnyFunction, ...args: readonly unknown[]): [unknown, (cts: unknown) => unknown[]] => {
  const { outs, def, back } = differentiate(
    fn,
    args,
    args.map((_, i) => i),
  );
  return [
    unflatten(def, outs),
    (cts) => {
      const given = readResult(cts).arrays;
      return back(given.filter((_, i) => isFloat(outs[i]!)));
    },
  ];
};

/**
 * x itself, through which no gradient flows: for np.grad it is a constant.
 * @example
 * np.grad((x) => np.multiply(np.stopGradient(x), x))(np.array(3)) // 3
 */
export const stopGradient = (x: ArrayInput): BaseArray => stop(asArr(x));
