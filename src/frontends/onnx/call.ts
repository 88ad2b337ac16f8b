/** @file What a rule for an operation is given: its arrays, its attributes by name, and a way to run graphs inside of it. */
import { fail } from '../../errors.ts';
import type { BaseArray } from '../../ir/trace/array.ts';
import * as np from '../../numpy/index.ts';
import { NDArray } from '../../numpy/index.ts';
import { elementOf } from './elements.ts';
import type { Attribute, Graph, Node, Tensor } from './model.ts';

/** What runs the nodes. */
export interface Run {
  /** The version of a domain's operations. */
  readonly opset: (domain: string) => number;
  /** A tensor of the file, or the weight that was given for it. */
  readonly array: (tensor: Tensor) => BaseArray;
  /** Outputs of a graph inside of a node. Values from outside are known to it. */
  readonly graph: (graph: Graph, inputs: readonly BaseArray[]) => BaseArray[];
  /** The number that stands for a text. */
  readonly word: (text: string) => number;
}

/** The results of a node; an output that is not asked for may be left out. */
export type Results = BaseArray | readonly (BaseArray | undefined)[];
export type Rule = (call: Call) => Results;
export type Rules = Readonly<Record<string, Rule>>;

export const isPublic = (x: BaseArray): x is NDArray => x instanceof NDArray;

/** One node, as it is run. */
export class Call {
  readonly node: Node;
  readonly inputs: readonly (BaseArray | undefined)[];
  readonly run: Run;

  constructor(node: Node, inputs: readonly (BaseArray | undefined)[], run: Run) {
    this.node = node;
    this.inputs = inputs;
    this.run = run;
  }

  get opset(): number {
    return this.run.opset(this.node.domain);
  }

  unsupported(what: string): never {
    const { op, place } = this.node;
    return fail('UNSUPPORTED', `${op} at ${place}: ${what}`, { op, place });
  }
  malformed(what: string): never {
    const { op, place } = this.node;
    return fail('SERIALIZATION', `${op} at ${place}: ${what}`, { op, place });
  }

  input(i: number): BaseArray {
    return this.inputs[i] ?? this.malformed(`input ${i} is missing`);
  }
  optional(i: number): BaseArray | undefined {
    return this.inputs[i];
  }
  /** All inputs, of which none is left out. */
  all(): BaseArray[] {
    return this.inputs.map((_, i) => this.input(i));
  }
  /** Is output i asked for? */
  wants(i: number): boolean {
    return (this.node.outputs[i] ?? '') !== '';
  }

  /** Whole numbers of an input that have to be public: shapes, axes, places. */
  places(i: number, what: string): number[] | undefined {
    const x = this.inputs[i];
    if (x === undefined) return undefined;
    if (!isPublic(x)) return this.unsupported(`${what} depends on secrets`);
    return Array.from(x.data as ArrayLike<number | bigint>, Number);
  }

  attribute(name: string): Attribute | undefined {
    return this.node.attributes.get(name);
  }
  #of<K extends Attribute['kind']>(name: string, kind: K): Extract<Attribute, { kind: K }> | undefined {
    const a = this.node.attributes.get(name);
    if (a === undefined) return undefined;
    return a.kind === kind
      ? (a as Extract<Attribute, { kind: K }>)
      : this.malformed(`its attribute ${name} is no ${kind}`);
  }
  int(name: string, otherwise?: number): number {
    return this.#of(name, 'int')?.value ?? otherwise ?? this.malformed(`its attribute ${name} is missing`);
  }
  flag(name: string, otherwise = false): boolean {
    return this.int(name, Number(otherwise)) !== 0;
  }
  float(name: string, otherwise?: number): number {
    return this.#of(name, 'float')?.value ?? otherwise ?? this.malformed(`its attribute ${name} is missing`);
  }
  text(name: string, otherwise?: string): string {
    return this.#of(name, 'string')?.value ?? otherwise ?? this.malformed(`its attribute ${name} is missing`);
  }
  ints(name: string): readonly number[] | undefined {
    return this.#of(name, 'ints')?.value;
  }
  floats(name: string): readonly number[] | undefined {
    return this.#of(name, 'floats')?.value;
  }
  texts(name: string): readonly string[] | undefined {
    return this.#of(name, 'strings')?.value;
  }
  graph(name: string): Graph {
    return this.#of(name, 'graph')?.value ?? this.malformed(`its attribute ${name} is missing`);
  }
  /** Floats of an attribute, public or a weight. */
  learned(name: string): BaseArray | undefined {
    const a = this.node.attributes.get(name);
    if (a?.kind === 'floats') return new NDArray([a.value.length], 'fxp', Float64Array.from(a.value));
    const tensor = this.#of(name, 'tensor')?.value;
    return tensor && this.run.array(tensor);
  }
}

/** An axis, from the end where it is negative. */
export const axisIn = (call: Call, axis: number, rank: number): number => {
  const at = axis < 0 ? axis + rank : axis;
  return Number.isInteger(at) && at >= 0 && at < Math.max(rank, 1)
    ? at
    : call.malformed(`axis ${axis} of an array of ${rank} axes`);
};

export const axesIn = (call: Call, axes: readonly number[], rank: number): number[] =>
  axes.map((axis) => axisIn(call, axis, rank));

/** Places that a rule may count: sizes come from files. */
const MOST_PLACES = 1 << 28;

export const range = (n: number): number[] =>
  Number.isInteger(n) && n >= 0 && n <= MOST_PLACES
    ? Array.from({ length: n }, (_, i) => i)
    : fail('SERIALIZATION', `a size of ${n}`);
export const product = (list: readonly number[]): number => list.reduce((a, b) => a * b, 1);

export const isFloat = (x: BaseArray): boolean => x.dtype === 'fxp';
/** The dtype of an array as users call it. */
export const dtypeName = (x: BaseArray): string => (x.dtype === 'fxp' ? 'float64' : x.dtype);
/** x in the dtype of another array. */
export const like = (x: BaseArray, y: BaseArray): BaseArray => np.astype(x, dtypeName(y));
export const int64s = (list: readonly number[], shape: readonly number[] = [list.length]): NDArray =>
  new NDArray(
    [...shape],
    'int64',
    BigInt64Array.from(list, (v) => BigInt(v)),
  );
export const dtypeOfElement = (call: Call, name: string): string =>
  elementOf(name, `${call.node.op} at ${call.node.place}`).dtype;

export const one =
  (f: (x: BaseArray) => BaseArray): Rule =>
  (call) =>
    f(call.input(0));
export const two =
  (f: (x: BaseArray, y: BaseArray) => BaseArray): Rule =>
  (call) =>
    f(call.input(0), call.input(1));

export { np };
