/**
 * @file Models as ONNX: what a revealed state says, in operations that any runtime has, with numbers of 64 bits. A file takes `x`, a matrix of the
 * features in the order in which `fit` took them, and gives what `predict` and `predictProba` give, by the names that scikit-learn's converter has.
 */
import { fail } from '../errors.ts';
import {
  type Attribute,
  ML,
  type Node,
  ONNX,
  OPEN,
  type Port,
  type Tensor,
} from '../frontends/onnx/model.ts';
import { writeModel } from '../frontends/onnx/writer.ts';
import { type BaseArray, NDArray } from '../numpy/index.ts';
import type { Scale } from './columns.ts';

const OPSETS = new Map([
  [ONNX, 17],
  [ML, 3],
]);
/** ONNX's number of float64 and int64. */
const FLOAT64 = 11;
const INT64 = 7;

type Attributes = Readonly<Record<string, Attribute>>;
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
export const whole = (value: number): Attribute => ({ kind: 'int', value });

/** Numbers of a state. Throws INVALID_ARGUMENT for what is still secret, or is no part of a state. */
export const numbersOf = (x: BaseArray, what: string): Float64Array =>
  x instanceof NDArray
    ? Float64Array.from(x.data as ArrayLike<number | bigint>, Number)
    : fail(
        'INVALID_ARGUMENT',
        `toOnnx: the state's ${what} is secret or missing: reveal the state first, await sf.reveal(state), or to one party, state.to(alice)`,
      );

/** A graph as it grows: operations return the names of what they make. */
export class Sheet {
  readonly nodes: Node[] = [];
  readonly tensors: Tensor[] = [];

  /** Numbers of the model by name. */
  floats(name: string, data: Float64Array, shape: readonly number[] = [data.length]): string {
    this.tensors.push({ name, shape, element: 'float64', data });
    return name;
  }
  /** A list of whole numbers: axes, shapes. */
  places(name: string, list: readonly number[]): string {
    const data = BigInt64Array.from(list, BigInt);
    this.tensors.push({ name, shape: [list.length], element: 'int64', data });
    return name;
  }
  op(
    op: string,
    inputs: readonly string[],
    output: string,
    attributes: Attributes = {},
    domain = ONNX,
  ): string {
    this.several(op, inputs, [output], attributes, domain);
    return output;
  }
  /** An operation of several results. */
  several<const O extends readonly string[]>(
    op: string,
    inputs: readonly string[],
    outputs: O,
    given: Attributes = {},
    domain = ONNX,
  ): O {
    const place = `node ${this.nodes.length}`;
    const attributes = new Map(Object.entries(given));
    this.nodes.push({ op, domain, name: outputs[0]!, inputs, outputs, attributes, place });
    return outputs;
  }

  /** Columns in standard units. */
  standard(x: string, { middle, unit }: Scale): string {
    const [m, u] = [numbersOf(middle, 'middle'), numbersOf(unit, 'unit')];
    return this.op(
      'Div',
      [this.op('Sub', [x, this.floats('middle', m)], 'centred'), this.floats('unit', u)],
      'z',
    );
  }
  /** x times weights [columns, 1] and what is added: [rows, 1]. */
  linear(x: string, weights: Float64Array, intercept: number): string {
    const w = this.floats('weights', weights, [weights.length, 1]);
    const product = this.op('MatMul', [x, w], 'product');
    return this.op('Add', [product, this.floats('intercept', Float64Array.of(intercept))], 'sum');
  }
  /** [rows, 1] as the output `prediction`, [rows]. */
  prediction(column: string): Output {
    this.op('Reshape', [column, this.places('rows', [-1])], 'prediction');
    return { name: 'prediction', element: 'float64', shape: [OPEN] };
  }
  /** The outputs `label` and `probabilities` of labels 0 and 1, of a column of probabilities of 1: 1 from above one half on. */
  twoLabels(p: string): Output[] {
    const half = this.floats('half', Float64Array.of(0.5), []);
    return this.judged(p, this.op('Greater', [p, half], 'more'));
  }
  /** The same of logits, which are 1 above 0. */
  ofLogits(eta: string): Output[] {
    const zero = this.floats('zero', Float64Array.of(0), []);
    return this.judged(this.op('Sigmoid', [eta], 'p'), this.op('Greater', [eta, zero], 'more'));
  }
  private judged(p: string, isOne: string): Output[] {
    const label = this.op('Cast', [isOne], 'column', { to: whole(INT64) });
    this.op('Reshape', [label, this.places('rows', [-1])], 'label');
    const rest = this.op('Sub', [this.floats('one', Float64Array.of(1), []), p], 'rest');
    this.op('Concat', [rest, p], 'probabilities', { axis: whole(1) });
    return [LABEL, { name: 'probabilities', element: 'float64', shape: [OPEN, 2] }];
  }
  asFloat64(x: string, output: string): string {
    return this.op('Cast', [x], output, { to: whole(FLOAT64) });
  }
}

export interface Output extends Pick<Port, 'name'> {
  readonly element: 'float64' | 'int64';
  readonly shape: readonly number[];
}
export const LABEL: Output = { name: 'label', element: 'int64', shape: [OPEN] };

/** The bytes of a model of so many columns. */
export const exported = (
  name: string,
  columns: number,
  build: (sheet: Sheet, x: string) => readonly Output[],
): Uint8Array => {
  const sheet = new Sheet();
  const outputs = build(sheet, 'x').map((o): Port => ({ ...o, kind: 'tensor' }));
  const inputs: Port[] = [{ name: 'x', element: 'float64', shape: [OPEN, columns], kind: 'tensor' }];
  const graph = { name, nodes: sheet.nodes, tensors: sheet.tensors, inputs, outputs };
  return writeModel({ graph, opsets: OPSETS, functions: new Map(), words: [] });
};
