/** @file Operations that stand for one operation on complex numbers, put down one after another. */
import type { Attribute, Block, Operation, TensorType, Type, Value } from '../module.ts';
import { input } from '../rules/rule.ts';

/** A complex array: two real ones. Without an imaginary part that is 0. */
export interface Pair {
  readonly real: Value;
  readonly imaginary: Value | undefined;
}

const COMPLEX = /^complex<(\w+)>$/;

/** The type of either part, or undefined where a type is not of complex numbers. */
export const partOf = (type: Type | undefined): TensorType | undefined => {
  const element = type?.kind === 'tensor' ? COMPLEX.exec(type.element)?.[1] : undefined;
  return element === undefined ? undefined : { ...(type as TensorType), element };
};
export const isComplex = ({ type }: Value): boolean => partOf(type) !== undefined;

export class Builder {
  /** Which all of this stands for: its place is theirs. */
  readonly #source: Operation;
  readonly #pairs: ReadonlyMap<Value, Pair>;
  readonly operations: Operation[] = [];

  constructor(source: Operation, pairs: ReadonlyMap<Value, Pair>) {
    this.#source = source;
    this.#pairs = pairs;
  }

  put(
    name: string,
    operands: readonly Value[],
    results: readonly Type[],
    attributes: ReadonlyMap<string, Attribute> = new Map(),
    regions: readonly Block[] = [],
  ): Value[] {
    const made = results.map((type) => ({ type }));
    this.operations.push({ name, operands, results: made, attributes, regions, place: this.#source.place });
    return made;
  }

  /** An operation on one element after another, with a result of its first operand's type. */
  each(name: string, ...operands: readonly Value[]): Value {
    return this.put(name, operands, [input(operands, 0, this.#source).type])[0] as Value;
  }
  add(x: Value, y: Value): Value {
    return this.each('add', x, y);
  }
  subtract(x: Value, y: Value): Value {
    return this.each('subtract', x, y);
  }
  multiply(x: Value, y: Value): Value {
    return this.each('multiply', x, y);
  }
  divide(x: Value, y: Value): Value {
    return this.each('divide', x, y);
  }
  negate(x: Value): Value {
    return this.each('negate', x);
  }

  /** A number, of the element type of `like`. */
  number(value: number, like: Value): Value {
    const type: TensorType = { ...(like.type as TensorType), shape: [] };
    const dense = { kind: 'dense', type, data: Float64Array.of(value), splat: false } as const;
    return this.put('constant', [], [type], new Map([['value', dense]]))[0] as Value;
  }
  scaled(x: Value, by: number): Value {
    return this.multiply(x, this.number(by, x));
  }
  /** x < 0, x = 0, ... */
  compared(direction: string, x: Value, y: Value): Value {
    const type: TensorType = { ...(x.type as TensorType), element: 'i1' };
    return this.put('compare', [x, y], [type], new Map([['comparison_direction', direction]]))[0] as Value;
  }
  select(where: Value, x: Value, y: Value): Value {
    return this.put('select', [where, x, y], [y.type])[0] as Value;
  }

  /** The parts of an operand; of a real one itself, or what stands in its place. */
  pair(value: Value): Pair {
    return this.#pairs.get(value) ?? { real: value, imaginary: undefined };
  }
  imaginary({ real, imaginary }: Pair): Value {
    return imaginary ?? this.each('zeros_like', real);
  }
  /** Complex values as both their parts, others as they are. */
  flat(values: readonly Value[]): Value[] {
    return values.flatMap((value) => {
      const pair = this.pair(value);
      return isComplex(value) ? [pair.real, this.imaginary(pair)] : [pair.real];
    });
  }
}
