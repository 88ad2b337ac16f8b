/** @file `sf.onnx`: a model of PyTorch, scikit-learn, XGBoost and what else writes ONNX, as a function over `np`. */
import { fail } from '../errors.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { describe } from '../names.ts';
import * as np from '../numpy/index.ts';
import { optionsOf } from '../numpy/options.ts';
import { elementOf } from './onnx/elements.ts';
import { operationsOf, runModel } from './onnx/interpret.ts';
import { type Graph, ML, type Model, ONNX, OPEN, type Port, type Tensor, weightName } from './onnx/model.ts';
import { readModel } from './onnx/reader.ts';
import { split } from './onnx/split.ts';
import { writeModel } from './onnx/writer.ts';
import { counted, flatForms, type Operations } from './operations.ts';
import { type ProgramArray, portText, taken } from './ports.ts';
import { bytesOf, type ProgramSource } from './program-source.ts';

export interface OnnxOptions {
  /** Weights that are public, by name; true: all of them. */
  readonly public?: boolean | readonly string[] | undefined;
  /** 'public': what trees ask of which number of the input, and where answers lead. Thresholds and leaves stay secret. */
  readonly structure?: 'public' | undefined;
}

export interface OnnxArray extends ProgramArray {
  readonly name: string;
}

/** A function over `np` of weights and inputs, both by name: for `spu(model)`, a call in the clear, `np.grad`, `np.vmap`. */
export interface OnnxModel extends Operations {
  (
    weights: Readonly<Record<string, unknown>>,
    inputs: Readonly<Record<string, unknown>>,
  ): Record<string, BaseArray>;
  readonly inputs: readonly OnnxArray[];
  readonly outputs: readonly OnnxArray[];
  /** What `weights` has to hold. */
  readonly parameters: readonly OnnxArray[];
  /** The weights of the file; none of a skeleton, which has them not. */
  readonly weights: Readonly<Record<string, np.NDArray>>;
  /** The file without its weights: what everybody may have. */
  readonly skeleton: Uint8Array;
  /** Texts of the model. Where it takes or gives texts, they are places in this list. */
  readonly words: readonly string[];
  /** What is public and what is a weight. */
  toString(): string;
}

const NOTHING = { public: undefined, structure: undefined };

const OPSETS: Readonly<Record<string, readonly [number, number]>> = { [ONNX]: [7, 28], [ML]: [1, 6] };

const checkOpsets = (model: Model): void => {
  for (const [domain, version] of model.opsets) {
    const known = Object.hasOwn(OPSETS, domain) ? OPSETS[domain] : undefined;
    if (known && (version < known[0] || version > known[1]))
      fail(
        'UNSUPPORTED',
        `the model is of opset ${version} of ${domain === ONNX ? 'ai.onnx' : domain}: those from ${known[0]} to ${known[1]} are read`,
      );
  }
};

/** A ZipMap's list of maps is an array here. */
const outputOf = (port: Port, { nodes }: Graph): OnnxArray => {
  const maker = nodes.find(({ outputs }) => outputs.includes(port.name));
  return maker?.op === 'ZipMap'
    ? { name: port.name, shape: [OPEN, OPEN], dtype: 'float64' }
    : portOf(port, 'output');
};

const portOf = ({ name, element, shape, kind }: Port, what: string): OnnxArray => {
  if (kind !== 'tensor' && kind !== 'nothing')
    return fail('UNSUPPORTED', `${what} ${JSON.stringify(name)} of the model is a ${kind}, not an array`);
  const { dtype } = elementOf(element ?? 'float32', `${what} ${JSON.stringify(name)}`);
  return { name, shape: shape ?? [], dtype };
};

/** Tensors of the file that are given at the call, in its order, each once. */
const parametersOf = (model: Model): OnnxArray[] => {
  const found = new Map<string, OnnxArray>();
  const add = (t: Tensor): void => {
    if (t.data !== undefined) return;
    const name = weightName(t);
    found.set(name, {
      name,
      shape: t.shape,
      dtype: elementOf(t.element, `weight ${JSON.stringify(name)}`).dtype,
    });
  };
  const walk = ({ tensors, nodes }: Pick<Graph, 'tensors' | 'nodes'>): void => {
    tensors.forEach(add);
    for (const { attributes } of nodes)
      for (const a of attributes.values()) {
        if (a.kind === 'tensor') add(a.value);
        if (a.kind === 'graph') walk(a.value);
      }
  };
  walk(model.graph);
  for (const { nodes } of model.functions.values()) walk({ tensors: [], nodes });
  return [...found.values()];
};

const asNDArray = ({ shape, element, data }: Tensor): np.NDArray => {
  const { dtype } = elementOf(element, element);
  return new np.NDArray(
    [...shape],
    (dtype === 'float64' ? 'fxp' : dtype) as 'fxp',
    data as np.NDArray['data'],
  );
};

/** Arrays by name: each that is asked for, and no other. */
const named = (
  given: unknown,
  wanted: readonly OnnxArray[],
  what: string,
  isRanked: (name: string) => boolean,
): Map<string, BaseArray> => {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return fail('INVALID_ARGUMENT', `the ${what} of a model are an object by name, not ${describe(given)}`);
  const all = given as Readonly<Record<string, unknown>>;
  const names = new Set(wanted.map(({ name }) => name));
  const unknown = Object.keys(all).find((name) => !names.has(name));
  const list = wanted.length > 8 ? `${wanted.length} others` : [...names].join(', ') || 'none';
  if (unknown !== undefined)
    fail('INVALID_ARGUMENT', `the model has no ${what} ${JSON.stringify(unknown)}: it has ${list}`);
  return new Map(
    wanted.map((array) => {
      const path = `${what} ${JSON.stringify(array.name)}`;
      const x = Object.hasOwn(all, array.name) ? all[array.name] : undefined;
      if (x === undefined || x === null) return fail('INVALID_ARGUMENT', `${path} are missing`);
      const shape = isRanked(array.name) ? array.shape : np.asarray(x as np.ArrayInput).shape;
      return [array.name, taken(x, { ...array, shape }, path, 'model')];
    }),
  );
};

/** See src/onnx.ts. */
export const onnx = async (source: ProgramSource, options?: OnnxOptions): Promise<OnnxModel> => {
  const { public: open, structure } = optionsOf<OnnxOptions, typeof NOTHING>('sf.onnx', options, NOTHING);
  if (structure !== undefined && structure !== 'public')
    fail('INVALID_ARGUMENT', `sf.onnx: structure is 'public', not ${describe(structure)}`);
  if (open !== undefined && typeof open !== 'boolean' && !Array.isArray(open))
    fail('INVALID_ARGUMENT', `sf.onnx: public is a list of names or true, not ${describe(open)}`);
  const read = readModel(await bytesOf('sf.onnx', source));
  checkOpsets(read);
  const openNames = open === true ? true : new Set(Array.isArray(open) ? (open as readonly string[]) : []);
  const { model, weights } = split(read, { open: openNames, publicTrees: structure === 'public' });
  const { graph, words } = model;

  const constants = new Set(graph.tensors.map(({ name }) => name));
  // Before IR version 4 tensors of the file were inputs as well.
  const ports = graph.inputs.filter(({ name }) => !constants.has(name));
  const inputs = ports.map((p) => portOf(p, 'input'));
  const outputs = graph.outputs.map((p) => outputOf(p, graph));
  const parameters = parametersOf(model);
  const ranked = new Set(ports.filter(({ shape }) => shape !== undefined).map(({ name }) => name));

  const run = (givenWeights: unknown, givenInputs: unknown): Record<string, BaseArray> => {
    const held = named(givenWeights, parameters, 'weights', () => true);
    const arrays = named(givenInputs, inputs, 'inputs', (name) => ranked.has(name));
    const array = (t: Tensor): BaseArray =>
      t.data === undefined ? (held.get(weightName(t)) as BaseArray) : asNDArray(t);
    return Object.fromEntries(runModel(model, { arrays, array }));
  };
  const text = (list: readonly OnnxArray[]): string =>
    list.map((a) => `${a.name}: ${portText(a)}`).join(', ');
  const described = {
    inputs,
    outputs,
    parameters,
    weights: Object.fromEntries([...weights].map(([name, t]) => [name, asNDArray(t)])),
    skeleton: writeModel(model),
    words,
    ...counted(operationsOf(model)),
    toString: () =>
      [
        `${graph.name || 'model'}({ ${text(inputs)} }) -> { ${text(outputs)} }`,
        `weights: ${parameters.length === 0 ? 'none' : text(parameters)}`,
        `public: the graph of ${graph.nodes.length} nodes and ${
          graph.tensors
            .filter(({ data }) => data !== undefined)
            .map(({ name, shape }) => `${name}[${shape.join(', ')}]`)
            .join(', ') || 'no tensors'
        }`,
      ].join('\n'),
  };
  Object.defineProperty(run, 'name', { value: graph.name || 'model' });
  const made = Object.assign(run, described) as OnnxModel;
  const by = (list: readonly OnnxArray[], xs: readonly unknown[]): Record<string, unknown> =>
    Object.fromEntries(list.map(({ name }, i) => [name, xs[i]]));
  flatForms.set(made, (xs) => {
    const results = run(by(parameters, xs), by(inputs, xs.slice(parameters.length)));
    return outputs.map(({ name }) => results[name]);
  });
  return made;
};
