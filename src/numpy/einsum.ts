/** @file Contractions: einsum and tensordot as products of matrices, so that only results are opened. */
import { fail } from '../errors.ts';
import { sizeOf } from '../ir/ops/graph.ts';
import { normalAxes } from '../ir/ops/shapes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { type ArrayInput, asArr, convertTo, isBool, promoteAll, reshapeTo } from './core.ts';
import { diagonal } from './diagonal.ts';
import { multiply } from './elementwise.ts';
import { matmul } from './linalg.ts';
import { any, sum } from './reduce.ts';
import { transpose } from './shape.ts';

/** An operand whose axes have names. */
interface Named {
  readonly x: BaseArray;
  readonly labels: readonly string[];
}

const permuted = ({ x, labels }: Named, wanted: readonly string[]): BaseArray =>
  wanted.length === 0
    ? x
    : transpose(
        x,
        wanted.map((l) => labels.indexOf(l)),
      );

/** A label that stands twice in one operand means its diagonal. */
const withoutRepeats = (given: Named): Named => {
  let { x, labels } = given;
  for (;;) {
    const first = labels.findIndex((l, i) => labels.indexOf(l, i + 1) > 0);
    if (first < 0) return { x, labels };
    const second = labels.indexOf(labels[first]!, first + 1);
    x = diagonal(x, 0, first, second);
    labels = [...labels.filter((_, i) => i !== first && i !== second), labels[first]!];
  }
};

/** Sums out the labels that nobody needs. */
const reduced = ({ x, labels }: Named, needed: ReadonlySet<string>): Named => {
  const axes = labels.map((l, i) => (needed.has(l) ? -1 : i)).filter((i) => i >= 0);
  if (axes.length === 0) return { x, labels };
  // As in a product of matrices integers keep their dtype, and wrap.
  const summed = isBool(x) ? any(x, axes) : convertTo(sum(x, axes), x.dtype as 'fxp');
  return { x: summed, labels: labels.filter((l) => needed.has(l)) };
};

/** Two operands into one: labels in both that nobody needs are summed in a matrix product. */
const contract = (a: Named, b: Named, needed: ReadonlySet<string>): Named => {
  const shared = a.labels.filter((l) => b.labels.includes(l));
  const batch = shared.filter((l) => needed.has(l));
  const inner = shared.filter((l) => !needed.has(l));
  const rows = a.labels.filter((l) => !shared.includes(l));
  const columns = b.labels.filter((l) => !shared.includes(l));
  const size = (n: Named, labels: readonly string[]): number[] =>
    labels.map((l) => n.x.shape[n.labels.indexOf(l)]!);
  const labels = [...batch, ...rows, ...columns];
  const shape = [...size(a, batch), ...size(a, rows), ...size(b, columns)];
  const cube = (n: Named, order: readonly string[], split: readonly [readonly string[], readonly string[]]) =>
    reshapeTo(permuted(n, order), [...size(n, batch), sizeOf(size(n, split[0])), sizeOf(size(n, split[1]))]);
  const left = cube(a, [...batch, ...rows, ...inner], [rows, inner]);
  const right = cube(b, [...batch, ...inner, ...columns], [inner, columns]);
  // Without anything to sum, a product of matrices of inner size 1 is the elementwise one.
  const product = inner.length === 0 ? multiply(left, right) : matmul(left, right);
  return { x: reshapeTo(product, shape), labels };
};

const parse = (subscripts: string, operands: number): { ins: string[][]; out: string[] } => {
  if (typeof subscripts !== 'string')
    fail('INVALID_ARGUMENT', "einsum takes its labels first: np.einsum('ij,jk->ik', x, y)");
  const text = subscripts.replaceAll(' ', '');
  const [left, right, ...more] = text.split('->');
  if (more.length > 0 || !/^[A-Za-z]*(,[A-Za-z]*)*$/.test(left!) || !/^[A-Za-z]*$/.test(right ?? ''))
    fail('INVALID_ARGUMENT', `einsum: ${JSON.stringify(subscripts)} is not of the form 'ij,jk->ik'`);
  const ins = left!.split(',').map((s) => [...s]);
  if (ins.length !== operands)
    fail('INVALID_ARGUMENT', `einsum: ${ins.length} lists of labels for ${operands} operands`);
  const all = ins.flat();
  const once = [...new Set(all)].filter((l) => all.indexOf(l) === all.lastIndexOf(l)).sort();
  const out = right === undefined ? once : [...right];
  const bad = out.find((l, i) => !all.includes(l) || out.indexOf(l) !== i);
  if (bad !== undefined)
    fail('INVALID_ARGUMENT', `einsum: output label ${bad} stands twice or in no operand`);
  return { ins, out };
};

/**
 * Einstein's summation, as NumPy without '...': 'ij,jk->ik'. Operands are contracted from left to right, each pair in one
 * matrix product; integers keep their dtype and wrap. Throws INVALID_ARGUMENT for other text, SHAPE when sizes of a label differ.
 * @example
 * np.einsum('ij,j->i', np.array([[1, 2], [3, 4]]), np.array([10, 1])) // [12, 34]
 * np.einsum('ii->i', np.array([[1, 2], [3, 4]])) // [1, 4]
 */
export const einsum = (subscripts: string, ...operands: readonly ArrayInput[]): BaseArray => {
  const { ins, out } = parse(subscripts, operands.length);
  const arrays = promoteAll(operands.map(asArr));
  const sizes = new Map<string, number>();
  const named = arrays.map((x, i): Named => {
    const labels = ins[i]!;
    if (labels.length !== x.ndim)
      fail('SHAPE', `einsum: operand ${i} has ${x.ndim} axes, and ${labels.length} labels`);
    for (const [k, l] of labels.entries()) {
      const known = sizes.get(l) ?? x.shape[k]!;
      if (known !== x.shape[k]) fail('SHAPE', `einsum: label ${l} is ${known} and ${x.shape[k]}`);
      sizes.set(l, known);
    }
    return withoutRepeats({ x, labels });
  });
  const neededAfter = (i: number): Set<string> =>
    new Set([...out, ...named.slice(i + 1).flatMap((n) => n.labels)]);
  let result = reduced(named[0]!, neededAfter(0));
  for (let i = 1; i < named.length; i++) {
    const needed = neededAfter(i);
    const next = reduced(named[i]!, new Set([...needed, ...result.labels]));
    result = contract(result, next, needed);
    result = reduced(result, needed);
  }
  return permuted(result, out);
};

/**
 * Sums over the last `axes` axes of x and the first of y, or over the given pairs of axes.
 * @example
 * np.tensordot(np.array([[1, 2], [3, 4]]), np.array([1, 1]), 1) // [3, 7]
 */
export const tensordot = (
  x: ArrayInput,
  y: ArrayInput,
  axes: number | readonly [number | readonly number[], number | readonly number[]] = 2,
): BaseArray => {
  const [a, b] = promoteAll([asArr(x), asArr(y)]) as [BaseArray, BaseArray];
  const list = (v: number | readonly number[], rank: number): number[] => {
    normalAxes(v, rank);
    return (typeof v === 'number' ? [v] : [...v]).map((i) => (i < 0 ? i + rank : i));
  };
  if (typeof axes !== 'number' && axes.length !== 2)
    fail(
      'INVALID_ARGUMENT',
      `tensordot: axes are a number or a pair of lists, not a list of ${(axes as readonly unknown[]).length}`,
    );
  const [left, right] =
    typeof axes === 'number'
      ? [Array.from({ length: axes }, (_, i) => a.ndim - axes + i), Array.from({ length: axes }, (_, i) => i)]
      : [list(axes[0], a.ndim), list(axes[1], b.ndim)];
  if (left.length !== right.length || left.some((l, i) => a.shape[l] !== b.shape[right[i]!]))
    fail('SHAPE', 'tensordot: shape-mismatch for sum');
  const names = (rank: number, from: string): string[] =>
    Array.from({ length: rank }, (_, i) => `${from}${i}`);
  const p = names(a.ndim, 'a');
  const q = names(b.ndim, 'b');
  for (const [i, l] of left.entries()) q[right[i]!] = p[l]!;
  const needed = new Set([
    ...p.filter((_, i) => !left.includes(i)),
    ...q.filter((_, i) => !right.includes(i)),
  ]);
  return contract({ x: a, labels: p }, { x: b, labels: q }, needed).x;
};
