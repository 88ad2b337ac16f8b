/**
 * @file What of a model is public and what are weights. Public: the graph, shapes, integers, floats that stand alone (epsilon, a scale), and
 * what decides shapes. Weights: float tensors of more than one number, integers that quantised models multiply with, a bias of one number, the coefficients of linear models and support
 * vectors, and of trees everything but how many there are of what.
 */
import { fail } from '../../errors.ts';
import type { NDArray } from '../../numpy/index.ts';
import { isFloatElement } from './elements.ts';
import {
  type Attribute,
  type Attributes,
  type Graph,
  keyOf,
  ML,
  type Model,
  type Node,
  type Tensor,
} from './model.ts';
import { ensembleOf } from './tree-ensembles.ts';

export interface SplitOptions {
  /** Weights that stay public, by name; true: all. */
  readonly open: true | ReadonlySet<string>;
  /** What trees ask of which number of the input, and where answers lead, is public. */
  readonly publicTrees: boolean;
}

export interface Split {
  readonly model: Model;
  readonly weights: ReadonlyMap<string, Tensor>;
}

/** Inputs that decide shapes or places, whatever they are. */
const SHAPING: Readonly<Record<string, readonly number[]>> = {
  Resize: [1, 2],
  Upsample: [1],
  OneHot: [2],
};
/** Inputs that are weights even where they are one number. */
const LEARNED: Readonly<Record<string, readonly number[]>> = {
  Gemm: [1, 2],
  MatMul: [0, 1],
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  BatchNormalization: [1, 2, 3, 4],
  InstanceNormalization: [1, 2],
  GroupNormalization: [1, 2],
  LayerNormalization: [1, 2],
  RMSNormalization: [1],
  PRelu: [1],
};
/** Inputs that are weights where they are whole numbers, of quantised models. */
const QUANTISED: Readonly<Record<string, readonly number[]>> = {
  ConvInteger: [1],
  DequantizeLinear: [0],
  MatMulInteger: [0, 1],
  QLinearConv: [3, 8],
  QLinearMatMul: [0, 3],
};
/** Attributes of ai.onnx.ml that were learned. */
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  LinearClassifier: ['coefficients', 'intercepts'],
  LinearRegressor: ['coefficients', 'intercepts'],
  SVMClassifier: ['coefficients', 'support_vectors', 'rho', 'prob_a', 'prob_b'],
  SVMRegressor: ['coefficients', 'support_vectors', 'rho'],
  Scaler: ['offset', 'scale'],
  Imputer: ['imputed_value_floats'],
};
const TREES = new Set(['TreeEnsembleClassifier', 'TreeEnsembleRegressor', 'TreeEnsemble']);
/** Attributes of trees that stay as they are. */
const KEPT = new Set([
  'classlabels_int64s',
  'classlabels_strings',
  'post_transform',
  'aggregate_function',
  'n_targets',
]);

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Names of values by what uses them. */
interface Uses {
  readonly shaping: Set<string>;
  readonly learned: Set<string>;
  readonly quantised: Set<string>;
}
const usesOf = (graph: Pick<Graph, 'nodes'>, uses: Uses): void => {
  const { shaping, learned, quantised } = uses;
  const products = new Set(graph.nodes.filter(({ op }) => op === 'MatMul').flatMap(({ outputs }) => outputs));
  for (const { op, domain, inputs, attributes } of graph.nodes) {
    if (domain === '') {
      for (const i of SHAPING[op] ?? []) shaping.add(inputs[i] ?? '');
      for (const i of LEARNED[op] ?? []) learned.add(inputs[i] ?? '');
      for (const i of QUANTISED[op] ?? []) quantised.add(inputs[i] ?? '');
      if (op === 'Add' && inputs.some((x) => products.has(x))) for (const x of inputs) learned.add(x);
    }
    for (const a of attributes.values()) if (a.kind === 'graph') usesOf(a.value, uses);
  }
};

export const split = (model: Model, { open, publicTrees }: SplitOptions): Split => {
  const weights = new Map<string, Tensor>();
  const uses: Uses = { shaping: new Set(), learned: new Set(), quantised: new Set() };
  const { shaping, learned, quantised } = uses;
  usesOf(model.graph, uses);
  for (const f of model.functions.values()) usesOf(f, uses);
  const widths = new Map(model.graph.inputs.map(({ name, shape }) => [name, shape?.at(-1) ?? -1]));

  const opened = new Set<string>();
  const isOpen = (name: string): boolean => {
    if (open === true) return true;
    if (open.has(name)) opened.add(name);
    return open.has(name);
  };
  /** A tensor that is given later, under a name that no other has. */
  const taken = (tensor: Tensor): Tensor => {
    if (tensor.data === undefined || isOpen(tensor.name)) return tensor;
    let weight = tensor.name;
    for (let n = 2; weights.has(weight); n++) weight = `${tensor.name}.${n}`;
    weights.set(weight, tensor);
    return { ...tensor, weight, data: undefined };
  };
  const isWeight = ({ name, shape, element }: Tensor): boolean =>
    (isFloatElement(element) || quantised.has(name)) &&
    sizeOf(shape) > 0 &&
    !shaping.has(name) &&
    (sizeOf(shape) > 1 || (learned.has(name) && shape.length > 0));

  const attributeTensor = (
    node: Node,
    key: string,
    shape: readonly number[],
    element: string,
    data: NDArray['data'],
  ): [string, Attribute] => {
    const name = `${node.name || node.outputs[0] || node.op}.${key}`;
    return [key, { kind: 'tensor', value: taken({ name, shape, element, data }) }];
  };

  const treeAttributes = (node: Node): Attributes => {
    const e = ensembleOf(node);
    const width = widths.get(node.inputs[0] ?? '') ?? -1;
    const f = width >= e.featureCount ? width : e.featureCount;
    const n = e.counts.reduce((a, b) => a + b, 0);
    const kept = [...node.attributes].filter(([key]) => KEPT.has(key));
    const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
    const base = node.attributes.get('base_values') ?? node.attributes.get('base_values_as_tensor');
    const baseValues =
      base?.kind === 'floats'
        ? Float64Array.from(base.value)
        : base?.kind === 'tensor' && base.value.data
          ? Float64Array.from(base.value.data as ArrayLike<number>)
          : undefined;
    // How a binary classifier with one column of scores is meant depends on the signs of what its leaves hold.
    const scored = new Set(
      Array.from({ length: e.targets }, (_, c) => c).filter((c) =>
        e.values.some((v, i) => v !== 0 && i % e.targets === c),
      ),
    );
    const isPositive = e.values.every((v) => v >= 0);
    const features = (): [string, Attribute] => {
      const places = { name: '', shape: [e.trees * n], element: 'int32', data: e.features };
      if (publicTrees || open === true) return ['features', { kind: 'tensor', value: places }];
      const hot = new Int8Array(e.trees * n * f);
      for (const [i, at] of e.features.entries()) hot[i * f + at] = 1;
      return attributeTensor(node, 'features', [e.trees * n, f], 'int8', hot);
    };
    const structure = (
      key: string,
      shape: readonly number[],
      element: string,
      data: NDArray['data'],
    ): [string, Attribute] =>
      publicTrees
        ? [key, { kind: 'tensor', value: { name: '', shape, element, data } }]
        : attributeTensor(node, key, shape, element, data);
    return new Map([
      ...kept,
      ['counts', ints(e.counts)],
      ['scored', ints([...scored])],
      ['positive', { kind: 'int', value: isPositive ? 1 : 0 }],
      features(),
      attributeTensor(node, 'thresholds', [e.trees, n], 'float64', e.thresholds),
      structure('paths', [e.trees, n, e.leaves], 'int8', e.paths),
      structure('depths', [e.trees, e.leaves], 'int32', e.depths),
      attributeTensor(node, 'leaves', [e.trees * e.leaves, e.targets], 'float64', e.values),
      ...(baseValues && baseValues.length > 0
        ? [attributeTensor(node, 'base_values', [baseValues.length], 'float64', baseValues)]
        : []),
    ] as [string, Attribute][]);
  };

  const splitAttributes = (node: Node): Attributes => {
    const { op, domain, attributes } = node;
    if (domain === ML && TREES.has(op) && !attributes.has('paths')) return treeAttributes(node);
    const own = domain === ML ? (ATTRIBUTES[op] ?? []) : [];
    return new Map(
      [...attributes].map(([key, a]): [string, Attribute] => {
        if (a.kind === 'graph') return [key, { kind: 'graph', value: splitGraph(a.value) }];
        if (own.includes(key) && a.kind === 'floats' && a.value.length > 0)
          return attributeTensor(node, key, [a.value.length], 'float64', Float64Array.from(a.value));
        const output = node.outputs[0] ?? '';
        if (
          keyOf(domain, op) === 'Constant' &&
          a.kind === 'floats' &&
          a.value.length > 1 &&
          !shaping.has(output)
        ) {
          const data = Float64Array.from(a.value);
          return [
            key,
            {
              kind: 'tensor',
              value: taken({ name: output, shape: [data.length], element: 'float64', data }),
            },
          ];
        }
        if (keyOf(domain, op) === 'Constant' && a.kind === 'tensor') {
          const named = { ...a.value, name: output };
          return [key, { kind: 'tensor', value: isWeight(named) ? taken(named) : a.value }];
        }
        return [key, a];
      }),
    );
  };
  const splitNode = (node: Node): Node => ({ ...node, attributes: splitAttributes(node) });
  const splitGraph = (graph: Graph): Graph => ({
    ...graph,
    tensors: graph.tensors.map((t) => (isWeight(t) ? taken(t) : t)),
    nodes: graph.nodes.map(splitNode),
  });
  const functions = new Map(
    [...model.functions].map(([key, f]) => [key, { ...f, nodes: f.nodes.map(splitNode) }]),
  );
  const graph = splitGraph(model.graph);
  const unknown = open === true ? undefined : [...open].find((name) => !opened.has(name));
  if (unknown !== undefined) {
    const list = weights.size > 8 ? `${weights.size} others` : [...weights.keys()].join(', ') || 'none';
    fail('INVALID_ARGUMENT', `public: the model has no weight ${JSON.stringify(unknown)}: it has ${list}`);
  }
  return { model: { ...model, graph, functions }, weights };
};
