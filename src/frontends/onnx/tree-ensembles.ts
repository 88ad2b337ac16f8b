/**
 * @file Ensembles of trees as arrays, so that what they ask and where they lead can be secret. Of T trees, each with n questions and l leaves (the
 * most that any of them has):
 *
 *     features   [T n, F]   one-hot: which number of the input a question looks at
 *     thresholds [T, n]     what it is compared with
 *     paths      [T, n, l]  +1 where a leaf is reached only if the answer is no, -1 if yes, 0 if the question is not asked on its way
 *     depths     [T, l]     how many answers have to be yes; 1 with no paths where a tree has no such leaf
 *     leaves     [T l, C]   what a leaf adds to each target
 *
 * A leaf is reached where depths + answers . paths is 0: every answer on its way is as it has to be. So the work is products and two kinds of
 * comparison, whatever the depth; everybody knows T, n, l, F and C, and how many questions are of which kind (<=, <, =), and nobody more.
 */
import { fail } from '../../errors.ts';
import type { Attribute, Attributes, Node } from './model.ts';

/** Kinds of questions that are left once yes and no change places: x <= t, x < t, x = t. */
const KINDS = ['LEQ', 'LT', 'EQ'] as const;
type Kind = (typeof KINDS)[number];

/** What ONNX has: the kind, and whether its answer is turned round. */
const MODES: Readonly<Record<string, readonly [Kind, boolean]>> = {
  BRANCH_LEQ: ['LEQ', false],
  BRANCH_LT: ['LT', false],
  BRANCH_GTE: ['LT', true],
  BRANCH_GT: ['LEQ', true],
  BRANCH_EQ: ['EQ', false],
  BRANCH_NEQ: ['EQ', true],
};
/** The numbers of TreeEnsemble's modes. */
const NUMBERED = ['BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GTE', 'BRANCH_GT', 'BRANCH_EQ', 'BRANCH_NEQ', 'MEMBER'];

interface Question {
  readonly kind: Kind;
  readonly feature: number;
  readonly threshold: number;
  readonly yes: Tree;
  readonly no: Tree;
}
interface Leaf {
  /** [target, weight]. */
  readonly adds: readonly (readonly [number, number])[];
}
type Tree = Question | Leaf;
const isLeaf = (tree: Tree): tree is Leaf => 'adds' in tree;

/** Elements of `paths`: what an ensemble may have at most. */
const MOST = 1 << 27;
/** Questions one below the other. */
const DEEPEST = 1000;

export interface Ensemble {
  readonly trees: number;
  /** How many questions of each kind a tree has. */
  readonly counts: readonly number[];
  readonly leaves: number;
  readonly targets: number;
  /** Of the input, for each question of each tree. */
  readonly features: Int32Array;
  readonly featureCount: number;
  readonly thresholds: Float64Array;
  readonly paths: Int8Array;
  readonly depths: Int32Array;
  readonly values: Float64Array;
}

const unsupported = (node: Node, what: string): never =>
  fail('UNSUPPORTED', `${node.op} at ${node.place}: ${what}`, { op: node.op, place: node.place });

const numbers = (attributes: Attributes, name: string): readonly number[] => {
  const a = attributes.get(name);
  if (a?.kind === 'floats' || a?.kind === 'ints') return a.value;
  if (a?.kind === 'tensor' && a.value.data) return Array.from(a.value.data as ArrayLike<number>, Number);
  return [];
};
const textsOf = (a: Attribute | undefined): readonly string[] => (a?.kind === 'strings' ? a.value : []);
const int = (attributes: Attributes, name: string, otherwise: number): number => {
  const a = attributes.get(name);
  return a?.kind === 'int' ? a.value : otherwise;
};

const modeOf = (node: Node, mode: string | undefined): readonly [Kind, boolean] =>
  mode !== undefined && Object.hasOwn(MODES, mode)
    ? (MODES[mode] as readonly [Kind, boolean])
    : unsupported(node, `a branch of mode ${String(mode)}`);

const question = (
  [kind, turned]: readonly [Kind, boolean],
  feature: number,
  threshold: number,
  yes: Tree,
  no: Tree,
): Question => ({ kind, feature, threshold, yes: turned ? no : yes, no: turned ? yes : no });

/** Trees as TreeEnsembleClassifier and TreeEnsembleRegressor have them: nodes by the number of their tree and their own. */
const treesById = (node: Node): Tree[] => {
  const { attributes: a } = node;
  const kind = node.op === 'TreeEnsembleClassifier' ? 'class' : 'target';
  const [trees, ids, features, values, yes, no] = [
    'nodes_treeids',
    'nodes_nodeids',
    'nodes_featureids',
    'nodes_values',
    'nodes_truenodeids',
    'nodes_falsenodeids',
  ].map((name) => numbers(a, name)) as [number[], number[], number[], number[], number[], number[]];
  const thresholds = values.length > 0 ? values : numbers(a, 'nodes_values_as_tensor');
  const modes = textsOf(a.get('nodes_modes'));
  if ([ids, features, thresholds, yes, no, modes].some((list) => list.length !== trees.length))
    return unsupported(node, 'lists of nodes that differ in length');
  const key = (tree: number, id: number): string => `${tree},${id}`;
  const places = new Map(trees.map((tree, i) => [key(tree, ids[i] as number), i]));
  const adds = new Map<string, [number, number][]>();
  const [ofTree, ofNode, targets, weights] = [
    `${kind}_treeids`,
    `${kind}_nodeids`,
    `${kind}_ids`,
    `${kind}_weights`,
  ].map((name) => numbers(a, name)) as [number[], number[], number[], number[]];
  const held = weights.length > 0 ? weights : numbers(a, `${kind}_weights_as_tensor`);
  for (const [i, tree] of ofTree.entries()) {
    const at = key(tree, ofNode[i] as number);
    const list = adds.get(at) ?? [];
    list.push([targets[i] as number, held[i] as number]);
    adds.set(at, list);
  }
  const seen = new Set<number>();
  const build = (tree: number, id: number, depth: number): Tree => {
    if (depth > DEEPEST) return unsupported(node, `tree ${tree} is more than ${DEEPEST} deep`);
    const i = places.get(key(tree, id));
    if (i === undefined) return unsupported(node, `tree ${tree} has no node ${id}`);
    if (modes[i] === 'LEAF') return { adds: adds.get(key(tree, id)) ?? [] };
    if (seen.has(i)) return unsupported(node, `tree ${tree} leads to its node ${id} twice`);
    seen.add(i);
    return question(
      modeOf(node, modes[i]),
      features[i] as number,
      thresholds[i] as number,
      build(tree, yes[i] as number, depth + 1),
      build(tree, no[i] as number, depth + 1),
    );
  };
  const roots = new Map<number, number>();
  // The root is the node that no other leads to.
  const reached = new Set(
    trees.flatMap((tree, i) =>
      modes[i] === 'LEAF' ? [] : [key(tree, yes[i] as number), key(tree, no[i] as number)],
    ),
  );
  for (const [i, tree] of trees.entries())
    if (!roots.has(tree) && !reached.has(key(tree, ids[i] as number))) roots.set(tree, ids[i] as number);
  if (roots.size < new Set(trees).size) return unsupported(node, 'a tree without a root');
  return [...roots].map(([tree, id]) => build(tree, id, 0));
};

/** Trees as TreeEnsemble has them: questions and leaves are lists of their own. */
const treesByPlace = (node: Node): Tree[] => {
  const { attributes: a } = node;
  const [features, splits, modes, yes, yesIsLeaf, no, noIsLeaf, targets, weights, roots, members] = [
    'nodes_featureids',
    'nodes_splits',
    'nodes_modes',
    'nodes_truenodeids',
    'nodes_trueleafs',
    'nodes_falsenodeids',
    'nodes_falseleafs',
    'leaf_targetids',
    'leaf_weights',
    'tree_roots',
    'membership_values',
  ].map((name) => numbers(a, name)) as number[][] as [
    number[],
    number[],
    number[],
    number[],
    number[],
    number[],
    number[],
    number[],
    number[],
    number[],
    number[],
  ];
  // The values of each membership end with NaN.
  const sets: number[][] = [];
  let set: number[] = [];
  for (const v of members) {
    if (!Number.isNaN(v)) set.push(v);
    else {
      sets.push(set);
      set = [];
    }
  }
  let setCount = 0;
  const setOf = modes.map((mode) => (NUMBERED[mode] === 'MEMBER' ? sets[setCount++] : undefined));
  let budget = MOST >> 6;
  const leafOf = (i: number): Leaf =>
    targets[i] === undefined || weights[i] === undefined
      ? unsupported(node, `there is no leaf ${i}`)
      : { adds: [[targets[i] as number, weights[i] as number]] };
  const build = (i: number, above: ReadonlySet<number>): Tree => {
    const [mode, feature] = [modes[i], features[i]];
    if (mode === undefined || feature === undefined) return unsupported(node, `there is no node ${i}`);
    if (above.has(i)) return unsupported(node, `node ${i} leads to itself`);
    if (--budget < 0 || above.size > DEEPEST) return unsupported(node, 'trees of too many nodes');
    const inner = new Set(above).add(i);
    const next = (places: number[], leaf: number[]): Tree =>
      leaf[i] ? leafOf(places[i] as number) : build(places[i] as number, inner);
    const [whenYes, whenNo] = [next(yes, yesIsLeaf), next(no, noIsLeaf)];
    // A member is one of several numbers: a question for each.
    if (NUMBERED[mode] === 'MEMBER')
      return (setOf[i] ?? []).reduceRight<Tree>(
        (rest, value) => ({ kind: 'EQ', feature, threshold: value, yes: whenYes, no: rest }),
        whenNo,
      );
    return question(modeOf(node, NUMBERED[mode]), feature, splits[i] as number, whenYes, whenNo);
  };
  return roots.map((root) => build(root, new Set()));
};

/** All leaves of a tree with the questions on their way, and the questions. */
const walk = (
  tree: Tree,
  node: Node,
): { readonly questions: Question[]; readonly leaves: { leaf: Leaf; way: [number, boolean][] }[] } => {
  const questions: Question[] = [];
  const leaves: { leaf: Leaf; way: [number, boolean][] }[] = [];
  const visit = (at: Tree, way: [number, boolean][]): void => {
    if (leaves.length + questions.length > MOST >> 6 || way.length > MOST >> 14)
      unsupported(node, 'trees of too many nodes');
    if (isLeaf(at)) {
      leaves.push({ leaf: at, way });
      return;
    }
    const own = questions.push(at) - 1;
    visit(at.yes, [...way, [own, true]]);
    visit(at.no, [...way, [own, false]]);
  };
  visit(tree, []);
  return { questions, leaves };
};

const targetCount = (node: Node): number => {
  const { attributes: a } = node;
  if (node.op === 'TreeEnsembleClassifier')
    return Math.max(textsOf(a.get('classlabels_strings')).length, numbers(a, 'classlabels_int64s').length);
  return int(a, 'n_targets', 1);
};

/** The arrays of an ensemble. Throws UNSUPPORTED where its lists do not make trees, or make too large ones. */
export const ensembleOf = (node: Node): Ensemble => {
  const roots = node.op === 'TreeEnsemble' ? treesByPlace(node) : treesById(node);
  if (roots.length === 0) return unsupported(node, 'there are no trees');
  const walked = roots.map((tree) => walk(tree, node));
  const counts: number[] = KINDS.map((kind) =>
    Math.max(...walked.map(({ questions }) => questions.filter((q) => q.kind === kind).length)),
  );
  const n = Math.max(
    1,
    counts.reduce((x, y) => x + y, 0),
  );
  if (!counts.some((count) => count > 0)) counts[0] = 1;
  const l = Math.max(...walked.map(({ leaves }) => leaves.length));
  const [trees, targets] = [roots.length, targetCount(node)];
  if (trees * n * l > MOST)
    return unsupported(node, `${trees} trees of ${n} questions and ${l} leaves are too large to be hidden`);
  const features = new Int32Array(trees * n);
  const thresholds = new Float64Array(trees * n);
  const paths = new Int8Array(trees * n * l);
  const depths = new Int32Array(trees * l).fill(1);
  const values = new Float64Array(trees * l * targets);
  for (const [t, { questions, leaves }] of walked.entries()) {
    const starts: number[] = KINDS.map((_, k) => counts.slice(0, k).reduce((x, y) => x + y, 0));
    const at = questions.map(({ kind, feature, threshold }) => {
      const k = KINDS.indexOf(kind);
      const place = starts[k] as number;
      starts[k] = place + 1;
      features[t * n + place] = feature;
      thresholds[t * n + place] = threshold;
      return place;
    });
    for (const [i, { leaf, way }] of leaves.entries()) {
      depths[t * l + i] = way.filter(([, yes]) => yes).length;
      for (const [q, yes] of way) paths[(t * n + (at[q] as number)) * l + i] = yes ? -1 : 1;
      for (const [target, weight] of leaf.adds) {
        if (!(target >= 0 && target < targets)) return unsupported(node, `there is no target ${target}`);
        const place = (t * l + i) * targets + target;
        values[place] = (values[place] as number) + weight;
      }
    }
  }
  const featureCount = features.reduce((most, f) => Math.max(most, f + 1), 1);
  if (features.some((f) => f < 0) || featureCount > 1 << 20)
    return unsupported(node, 'a number of the input that there is not');
  return { trees, counts, leaves: l, targets, features, featureCount, thresholds, paths, depths, values };
};
