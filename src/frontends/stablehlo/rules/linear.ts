/** @file Linear algebra: StableHLO's own operations, and what JAX calls by name on its CPU (LAPACK) and elsewhere. */
import { fail } from '../../../errors.ts';
import type { BaseArray } from '../../../ir/trace/array.ts';
import type { Attribute, Operation } from '../module.ts';
import { orthogonal, reflected } from './reflections.ts';
import { sortKeysOf } from './regions.ts';
import {
  type Context,
  constantOf,
  dtypeOf,
  flag,
  input,
  np,
  publicNumber,
  type Rule,
  type Rules,
  range,
  resultOf,
  text,
  unsupported,
} from './rule.ts';

/** Each matrix of a stack by itself, with what else there is for each: vectors, in arrays that have the stack's axes in front. */
const perMatrix = (
  x: BaseArray,
  f: (m: BaseArray, ...others: readonly BaseArray[]) => BaseArray[],
  ...others: readonly BaseArray[]
): BaseArray[] => {
  if (x.ndim === 2) return f(x, ...others);
  const lead = x.shape.slice(0, -2);
  const n = lead.reduce((a, b) => a * b, 1);
  const flat = [x, ...others].map((y) => np.reshape(y, [n, ...y.shape.slice(lead.length)]));
  const all = range(n).map((i) => {
    const [m, ...rest] = flat.map((y) => np.slice(y, i)) as [BaseArray, ...BaseArray[]];
    return f(m, ...rest);
  });
  const first = all[0] ?? [];
  return first.map((_, k) => {
    const stacked = np.stack(all.map((r) => r[k] as BaseArray));
    return np.reshape(stacked, [...lead, ...stacked.shape.slice(1)]);
  });
};
const perPair = (x: BaseArray, y: BaseArray, f: (a: BaseArray, b: BaseArray) => BaseArray): BaseArray => {
  if (x.ndim === 2) return f(x, y);
  const lead = x.shape.slice(0, -2);
  const n = lead.reduce((a, b) => a * b, 1);
  const [fx, fy] = [x, y].map((z) => np.reshape(z, [n, ...z.shape.slice(-2)])) as [BaseArray, BaseArray];
  const stacked = np.stack(range(n).map((i) => f(np.slice(fx, i), np.slice(fy, i))));
  return np.reshape(stacked, [...lead, ...stacked.shape.slice(1)]);
};

const transposed = (x: BaseArray): BaseArray => np.swapaxes(x, -1, -2);

/** Rows of the solution of T X = B from the first down (lower) or from the last up, one product a row. */
const substitute = (t: BaseArray, b: BaseArray, lower: boolean, unit: boolean): BaseArray => {
  const n = t.shape[0] as number;
  const inverse = unit ? undefined : np.reciprocal(np.diag(t));
  const rows: BaseArray[] = new Array(n);
  for (const i of lower ? range(n) : range(n).reverse()) {
    const done = lower ? range(i) : range(n).slice(i + 1);
    let row = np.slice(b, i);
    if (done.length > 0) {
      const factors = np.slice(t, i, lower ? [0, i] : [i + 1, n]);
      row = np.subtract(row, np.matmul(factors, np.stack(done.map((k) => rows[k] as BaseArray))));
    }
    rows[i] = inverse ? np.multiply(row, np.slice(inverse, i)) : row;
  }
  return np.stack(rows);
};

interface Triangular {
  readonly left: boolean;
  readonly lower: boolean;
  readonly transpose: boolean;
  readonly unit: boolean;
}
const solveTriangular = (
  a: BaseArray,
  b: BaseArray,
  { left, lower, transpose, unit }: Triangular,
): BaseArray =>
  perPair(a, b, (m, y) => {
    // X A = B is A' X' = B'.
    const turned = left === transpose;
    const [t, isLower] = turned ? [transposed(m), !lower] : [m, lower];
    return left ? substitute(t, y, isLower, unit) : transposed(substitute(t, transposed(y), isLower, unit));
  });

const triangularSolve: Rule = (op, inputs) =>
  solveTriangular(input(inputs, 0, op), input(inputs, 1, op), {
    left: flag(op, 'left_side'),
    lower: flag(op, 'lower'),
    transpose: ['TRANSPOSE', 'ADJOINT'].includes(text(op, 'transpose_a')),
    unit: flag(op, 'unit_diagonal'),
  });

const cholesky = (x: BaseArray, lower: boolean): BaseArray =>
  perMatrix(x, (m) => {
    const l = np.linalg.cholesky(m);
    return [lower ? l : transposed(l)];
  })[0] as BaseArray;

/** Numbers that a LAPACK call has besides its arrays: letters, as codes. */
const option = (op: Operation, name: string): string => {
  const config = op.attributes.get('mhlo.backend_config') ?? op.attributes.get('backend_config');
  const value: Attribute | undefined =
    typeof config === 'object' && 'kind' in config && config.kind === 'dictionary'
      ? config.entries.get(name)
      : undefined;
  return typeof value === 'number' ? String.fromCharCode(value) : String(value);
};

const done = (x: BaseArray): BaseArray => np.zeros(x.shape.slice(0, -2), 'int32');

/** P A = L U, pivots chosen by size: L below, U above, and the rows that were exchanged, from 1 as LAPACK counts. */
const lu = (a: BaseArray): BaseArray[] => {
  const [m, n] = a.shape as [number, number];
  let now = a;
  const pivots: BaseArray[] = [];
  for (const k of range(Math.min(m, n))) {
    const column = np.abs(np.slice(now, [k, m], k));
    const at = np.add(np.argmax(column, 0), k);
    pivots.push(np.astype(np.add(at, 1), 'int32'));
    const isPivot = np.astype(np.equal(np.arange(m), at), 'float64');
    const isFirst = np.astype(np.equal(np.arange(m), k), 'float64');
    const row = np.matmul(isPivot, now);
    const old = np.slice(now, k);
    const change = np.subtract(
      np.outer(isFirst, np.subtract(row, old)),
      np.outer(isPivot, np.subtract(row, old)),
    );
    now = np.add(now, change);
    if (k + 1 >= m) continue;
    const factors = np.divide(np.slice(now, [k + 1, m], k), np.slice(row, k));
    const below = np.slice(now, [k + 1, m], [k + 1, n]);
    const rest = np.subtract(below, np.outer(factors, np.slice(row, [k + 1, n])));
    const lower = np.concatenate(
      [np.slice(now, [k + 1, m], [0, k]), np.reshape(factors, [m - k - 1, 1]), rest],
      1,
    );
    now = np.concatenate([np.slice(now, [0, k + 1]), lower], 0);
  }
  return [now, np.stack(pivots)];
};

type Call = (op: Operation, inputs: readonly BaseArray[], context: Context) => BaseArray[];

/** Singular values, and the vectors where they are wanted. */
const singular: Call = (op, [x]) => {
  const a = x as BaseArray;
  const mode = option(op, 'mode');
  const [m, n] = a.shape.slice(-2);
  if (mode === 'A' && m !== n)
    return unsupported(op, 'singular vectors beyond those of the values: full_matrices=False has none');
  const [u, s, v] = perMatrix(a, (y) => [...np.linalg.svd(y)]) as [BaseArray, BaseArray, BaseArray];
  const none = (i: number): BaseArray => np.zeros([...resultOf(op, i).shape]);
  return mode === 'N' ? [a, s, none(2), none(3), done(a)] : [a, s, u, v, done(a)];
};

const CALLS: Readonly<Record<string, Call>> = {
  potrf: (op, [x]) => {
    const a = x as BaseArray;
    return [cholesky(a, option(op, 'uplo') === 'L'), done(a)];
  },
  trsm: (op, [a, b]) => [
    solveTriangular(a as BaseArray, b as BaseArray, {
      left: option(op, 'side') === 'L',
      lower: option(op, 'uplo') === 'L',
      transpose: option(op, 'trans_x') !== 'N',
      unit: option(op, 'diag') === 'U',
    }),
  ],
  getrf: (_, [x]) => [...perMatrix(x as BaseArray, lu), done(x as BaseArray)],
  syevd: (_, [x]) => {
    const a = x as BaseArray;
    const [values, vectors] = perMatrix(a, (m) => [...np.linalg.eigh(m)]) as [BaseArray, BaseArray];
    return [vectors, values, done(a)];
  },
  geqrf: (_, [x]) => perMatrix(x as BaseArray, reflected),
  orgqr: (_, [x, factors]) =>
    perMatrix(x as BaseArray, (m, t) => [orthogonal(m, t as BaseArray)], factors as BaseArray),
  gesdd: singular,
  gtsv: (_, [lower, diagonal, upper, b]) => {
    const solve = (y: BaseArray, ...bands: readonly BaseArray[]): BaseArray[] => {
      const [l, d, u] = bands as [BaseArray, BaseArray, BaseArray];
      const n = d.shape[0] as number;
      const beside = [np.diag(np.slice(l, [1, n]), -1), np.diag(np.slice(u, [0, n - 1]), 1)];
      return [np.linalg.solve(n === 1 ? np.diag(d) : beside.reduce((x, z) => np.add(x, z), np.diag(d)), y)];
    };
    const bands = [lower, diagonal, upper] as BaseArray[];
    return [...bands, ...perMatrix(b as BaseArray, solve, ...bands), done(b as BaseArray)];
  },
};

const names = (op: Operation, attribute: string): string[] => {
  const list = op.attributes.get(attribute);
  return Array.isArray(list) ? (list as readonly Attribute[]).map((n) => String(n).replace(/^@/, '')) : [];
};

const NAMES: Readonly<Record<string, Call>> = {
  LuDecomposition: (_, [x]) => {
    const [factors, pivots] = perMatrix(x as BaseArray, lu) as [BaseArray, BaseArray];
    return [
      factors,
      np.subtract(pivots, 1),
      permutationOf(np.subtract(pivots, 1), (x as BaseArray).shape.at(-2) as number),
    ];
  },
  Eigh: (_, [x]) => {
    const [values, vectors] = perMatrix(x as BaseArray, (m) => [...np.linalg.eigh(m)]) as [
      BaseArray,
      BaseArray,
    ];
    return [vectors, values];
  },
  Qr: (_, [x]) => perMatrix(x as BaseArray, reflected),
  ProductOfElementaryHouseholderReflectors: (_, [x, factors]) =>
    perMatrix(x as BaseArray, (m, t) => [orthogonal(m, t as BaseArray)], factors as BaseArray),
  // Which is exact here.
  ApproxTopK: (op, [x, places], context) => {
    const a = x as BaseArray;
    const [name] = names(op, 'called_computations');
    const body = context.bodyOf(name ?? '', op.place);
    const [key] = sortKeysOf(body, (value) => constantOf(body, value, context)) ?? [];
    const shape = resultOf(op).shape;
    const axis = range(a.ndim).find((i) => shape[i] !== a.shape[i]) ?? a.ndim - 1;
    if (key?.array !== 0 || !places) return unsupported(op, 'it compares by more than its first array');
    const moved = np.moveaxis(a, axis, a.ndim - 1);
    const signed = key.descending ? moved : np.negative(moved);
    const [best, at] = np.topK(signed, shape[axis] as number);
    const index = np.takeAlongAxis(np.moveaxis(places, axis, a.ndim - 1), at, a.ndim - 1);
    return [key.descending ? best : np.negative(best), np.astype(index, dtypeOf(resultOf(op, 1), op))].map(
      (y) => np.moveaxis(y, a.ndim - 1, axis),
    );
  },
  'mhlo.topk': (op, [x]) => {
    const given = op.attributes.get('mhlo.attributes');
    const entries =
      typeof given === 'object' && 'kind' in given && given.kind === 'dictionary' ? given.entries : undefined;
    const k = entries?.get('k');
    if (typeof k !== 'number' || entries?.get('largest') === false)
      return unsupported(op, 'it takes other elements than the largest ones, or says not how many');
    const [values, places] = np.topK(x as BaseArray, k);
    return [values, np.astype(places, dtypeOf(resultOf(op, 1), op))];
  },
  // What JAX asks of sizes that were left open.
  shape_assertion: (op, [holds]) => {
    if (publicNumber(holds) === 1) return [];
    return fail('SHAPE', text(op, 'error_message', 'sizes do not fit').split('\n')[0] as string);
  },
  Sharding: (_, inputs) => [...inputs],
  annotate_device_placement: (_, inputs) => [...inputs],
};

/** Exchanges of rows, one after another, as the order that they make. */
const permutationOf = (pivots: BaseArray, n: number): BaseArray => {
  let order: BaseArray = np.arange(n, undefined, 1, 'int32');
  for (const k of range(pivots.shape[0] as number)) {
    const at = np.slice(pivots, k);
    const [here, there] = [np.equal(np.arange(n), k), np.equal(np.arange(n), at)];
    const value = np.sum(np.multiply(order, np.astype(there, 'int32')));
    order = np.where(here, value, np.where(there, np.slice(order, k), order));
  }
  return order;
};

const customCall: Rule = (op, inputs, context) => {
  const name = text(op, 'call_target_name').replace(/^@/, '');
  const lapack = /^lapack_[sd]([a-z]+)_ffi$/.exec(name)?.[1];
  const call =
    lapack !== undefined && Object.hasOwn(CALLS, lapack)
      ? CALLS[lapack]
      : Object.hasOwn(NAMES, name)
        ? NAMES[name]
        : undefined;
  return call
    ? call(op, inputs, context)
    : unsupported(
        op,
        `nothing is known of ${JSON.stringify(name)}, which another machine's library would do`,
      );
};

export const linear: Rules = {
  cholesky: (op, inputs) => cholesky(input(inputs, 0, op), flag(op, 'lower')),
  triangular_solve: triangularSolve,
  custom_call: customCall,
};
