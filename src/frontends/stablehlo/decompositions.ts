/**
 * @file Functions that a compiler has written out before a program was exported, by name again: erfc is an operation of CHLO, of which bytecode
 * holds the polynomials (exact GELU of JAX is made of it). What matches, operation by operation and number by number, is that function.
 */
import type { Block, FunctionDefinition, Module, Operation, Value } from './module.ts';

/** The argument, a number in every place, or an operation on templates. */
type Template = 'x' | number | Written;
interface Written extends ReadonlyArray<string | Template> {
  readonly 0: string;
}

/** Horner's form, highest power first: c * x + c', times x, and so on. */
const polynomial = (x: Template, [first, second, ...more]: readonly number[]): Template =>
  more.reduce<Template>(
    (sum, c) => ['add', ['multiply', sum, x], c],
    ['add', ['multiply', first as number, x], second as number],
  );

const SQUARE: Template = ['multiply', 'x', 'x'];
const SIZE: Template = ['abs', 'x'];
const INVERSE: Template = ['divide', 1, SQUARE];

/** Beyond 1, of single precision; the coefficients are those of Cephes (ndtrf.c). */
const FAR: Template = [
  'multiply',
  ['multiply', ['exponential', ['negate', SQUARE]], ['divide', 1, SIZE]],
  [
    'select',
    ['compare LT', SIZE, 2],
    polynomial(
      INVERSE,
      [
        2.326819970068386e-2, -1.387039388740657e-1, 3.687424674597105e-1, -5.824733027278666e-1,
        6.210004621745983e-1, -4.944515323274145e-1, 3.404879937665872e-1, -2.741127028184656e-1,
        5.638259427386472e-1,
      ],
    ),
    polynomial(
      INVERSE,
      [
        -10.47766399936249, 12.97719955372516, -7.495518717768503, 2.921019019210786, -1.0152652792027,
        4.218463358204948e-1, -2.820767439740514e-1, 5.641895067754075e-1,
      ],
    ),
  ],
];
const HELD: Template = ['select', ['compare LT', ['negate', SQUARE], -88.72283905206835], 0, FAR];

/** By the operation of CHLO, whose last operation is what the outermost template names. */
const TEMPLATES: Readonly<Record<string, Template>> = {
  'chlo.erfc': [
    'select',
    ['compare LT', SIZE, 1],
    [
      'subtract',
      1,
      [
        'multiply',
        'x',
        polynomial(
          SQUARE,
          [
            7.853861353153693e-5, -8.010193625184903e-4, 5.188327685732524e-3, -2.685381193529856e-2,
            1.128358514861418e-1, -3.7612625824233e-1, 1.12837916572671,
          ],
        ),
      ],
    ],
    ['select', ['compare LT', 'x', 0], ['subtract', 2, HELD], HELD],
  ],
};

/** Whether a number of single precision is this one. */
const isNumber = (op: Operation, wanted: number): boolean => {
  const value = op.name === 'constant' ? op.attributes.get('value') : undefined;
  if (typeof value !== 'object' || !('kind' in value) || value.kind !== 'dense') return false;
  const { type, data } = value;
  const isOne = value.splat || data.length === 1;
  return type.element === 'f32' && isOne && Number(data[0]) === Math.fround(wanted);
};

const nameOf = ({ name, attributes }: Operation): string =>
  name === 'compare' ? `compare ${String(attributes.get('comparison_direction'))}` : name;

type Makers = ReadonlyMap<Value, Operation>;

/** What matches a template: its argument, and the operations that are inside. */
class Match {
  readonly #makers: Makers;
  readonly inside = new Set<Operation>();
  x: Value | undefined;

  constructor(makers: Makers) {
    this.#makers = makers;
  }

  is(value: Value, template: Template): boolean {
    if (template === 'x') {
      this.x ??= value;
      return this.x === value;
    }
    const op = this.#makers.get(value);
    if (op === undefined) return false;
    if (typeof template === 'number') return isNumber(op, template);
    const [name, ...operands] = template as readonly [string, ...Template[]];
    if (nameOf(op) !== name || op.operands.length !== operands.length) return false;
    this.inside.add(op);
    return operands.every((part, i) => this.is(op.operands[i] as Value, part));
  }
}

/** A function's body with its written-out functions by name. From the last operation to the first: what was inside of one has lost its use when it is reached. */
class Recogniser {
  readonly #makers = new Map<Value, Operation>();
  readonly #uses = new Map<Value, number>();
  readonly #inside = new Set<Operation>();

  constructor(body: Block) {
    this.#look(body);
  }

  #look({ operations }: Block): void {
    for (const op of operations) {
      this.#count(op.operands, 1);
      for (const value of op.results) this.#makers.set(value, op);
      for (const region of op.regions) this.#look(region);
    }
  }

  #count(values: readonly Value[], by: number): void {
    for (const value of values) this.#uses.set(value, (this.#uses.get(value) ?? 0) + by);
  }

  #found(op: Operation): Operation | undefined {
    const [result] = op.results;
    if (op.name !== 'select' || result === undefined) return undefined;
    for (const [name, template] of Object.entries(TEMPLATES)) {
      const match = new Match(this.#makers);
      if (!match.is(result, template) || match.x === undefined) continue;
      for (const inner of match.inside) this.#inside.add(inner);
      return { ...op, name, operands: [match.x], attributes: new Map() };
    }
    return undefined;
  }

  block(block: Block): Block {
    const operations: Operation[] = [];
    for (const op of [...block.operations].reverse()) {
      if (this.#inside.has(op) && op.results.every((value) => (this.#uses.get(value) ?? 0) === 0)) {
        this.#count(op.operands, -1);
        continue;
      }
      const found = this.#found(op);
      if (found !== undefined) {
        this.#count(op.operands, -1);
        this.#count(found.operands, 1);
        operations.push(found);
      } else
        operations.push(
          op.regions.length === 0 ? op : { ...op, regions: op.regions.map((region) => this.block(region)) },
        );
    }
    return { ...block, operations: operations.reverse() };
  }
}

/** The same module, where functions that were written out are operations. */
export const recognised = ({ functions }: Module): Module => ({
  functions: new Map(
    [...functions].map(([name, f]): [string, FunctionDefinition] => [
      name,
      { ...f, body: new Recogniser(f.body).block(f.body) },
    ]),
  ),
});
