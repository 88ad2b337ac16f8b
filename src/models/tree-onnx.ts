/** @file Trees as ONNX has them: nodes that ask whether a column is not above a number. What a tree never asks is left out. */
import { fail } from '../errors.ts';
import { type Attribute, ML } from '../frontends/onnx/model.ts';
import { describe } from '../names.ts';
import { ints, numbersOf, type Sheet, whole } from './onnx.ts';
import type { Grown } from './trees.ts';

/** Thresholds of all columns, as `binning.fit` gives them, in the order of the features. */
export type Thresholds = readonly (readonly number[])[];

interface Nodes {
  readonly tree: number[];
  readonly id: number[];
  readonly feature: number[];
  readonly value: number[];
  readonly mode: string[];
  readonly yes: number[];
  readonly no: number[];
}

/** How many columns there are. Throws INVALID_ARGUMENT for what is no list of lists of numbers. */
export const columnsOf = (thresholds: Thresholds): number => {
  if (!Array.isArray(thresholds) || !thresholds.every((list) => Array.isArray(list)))
    fail(
      'INVALID_ARGUMENT',
      `toOnnx: trees take the thresholds of all columns, as binning.fit gives them, not ${describe(thresholds)}`,
    );
  for (const [column, list] of thresholds.entries())
    for (const t of list)
      if (typeof t !== 'number' || Number.isNaN(t))
        fail('INVALID_ARGUMENT', `toOnnx: a threshold of column ${column} is ${describe(t)}`, { column });
  return thresholds.length;
};

const questionsOf = (thresholds: Thresholds, wanted: number): (readonly [number, number])[] => {
  const questions = thresholds.flatMap((list, column) => list.map((t) => [column, t] as const));
  return questions.length === wanted
    ? questions
    : fail(
        'SHAPE',
        `toOnnx: ${questions.length} thresholds of ${thresholds.length} columns for trees of ${wanted}`,
        { thresholds: questions.length },
      );
};

/** What rows get of all trees together, [rows, 1]; `leafOf` gives what a leaf adds. */
export const treesOn = (
  sheet: Sheet,
  x: string,
  { splits, leaves }: Grown,
  thresholds: Thresholds,
  leafOf: (value: number, tree: number) => number,
): string => {
  const [wanted, trees] = splits[0]!.shape as [number, number];
  const questions = questionsOf(thresholds, wanted);
  const values = numbersOf(leaves, 'leaves');
  // By level and node, the threshold that it asks of; -1 where all go right.
  const asked = splits.map((split, level) => {
    const bits = numbersOf(split, `level ${level}`);
    const width = split.shape[1]!;
    const found = new Int32Array(width).fill(-1);
    for (const [i, bit] of bits.entries()) if (bit > 0.5) found[i % width] = Math.floor(i / width);
    return found;
  });
  const n: Nodes = { tree: [], id: [], feature: [], value: [], mode: [], yes: [], no: [] };
  const ends = { tree: [] as number[], id: [] as number[], weight: [] as number[] };
  const grow = (tree: number, level: number, at: number, next: { id: number }): number => {
    const width = trees << level;
    const question = level < splits.length ? asked[level]![at]! : undefined;
    if (question === -1) return grow(tree, level + 1, at + width, next);
    const [feature, value] = question === undefined ? [0, 0] : questions[question]!;
    if (value === Number.POSITIVE_INFINITY) return grow(tree, level + 1, at, next);
    const id = next.id++;
    const place = n.id.push(id) - 1;
    n.tree.push(tree);
    n.feature.push(feature);
    n.value.push(value);
    n.mode.push(question === undefined ? 'LEAF' : 'BRANCH_LEQ');
    n.yes.push(0);
    n.no.push(0);
    if (question === undefined) {
      ends.tree.push(tree);
      ends.id.push(id);
      ends.weight.push(leafOf(values[at]!, tree));
      return id;
    }
    n.yes[place] = grow(tree, level + 1, at, next);
    n.no[place] = grow(tree, level + 1, at + width, next);
    return id;
  };
  for (let tree = 0; tree < trees; tree++) grow(tree, 0, tree, { id: 0 });
  const doubles = (name: string, list: readonly number[]): Attribute => ({
    kind: 'tensor',
    value: { name, shape: [list.length], element: 'float64', data: Float64Array.from(list) },
  });
  const sum = sheet.op(
    'TreeEnsembleRegressor',
    [x],
    'of trees',
    {
      nodes_treeids: ints(n.tree),
      nodes_nodeids: ints(n.id),
      nodes_featureids: ints(n.feature),
      nodes_values_as_tensor: doubles('thresholds', n.value),
      nodes_modes: { kind: 'strings', value: n.mode },
      nodes_truenodeids: ints(n.yes),
      nodes_falsenodeids: ints(n.no),
      target_treeids: ints(ends.tree),
      target_nodeids: ints(ends.id),
      target_ids: ints(ends.id.map(() => 0)),
      target_weights_as_tensor: doubles('leaves', ends.weight),
      n_targets: whole(1),
    },
    ML,
  );
  return sheet.asFloat64(sum, 'sum');
};
