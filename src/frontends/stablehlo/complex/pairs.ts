/**
 * @file Complex numbers as pairs: each complex value of a module becomes two real ones, its real and its imaginary part, before anything
 * runs, and each operation on complex numbers those on their parts. So loops, branches, reductions and sorts have more arrays and no other
 * rules. What is known to be real has one part. An operation that has no such form is left with a name for which there is no rule.
 */
import type { Block, FunctionDefinition, Module, Operation, Type, Value } from '../module.ts';
import { MOVED } from '../moved.ts';
import { text } from '../rules/rule.ts';
import { Builder, isComplex, type Pair, partOf } from './builder.ts';
import { EXPANSIONS } from './expansions.ts';

/** Operations that move elements, or choose them: both parts go the same way. */
const MOVES = new Set([...MOVED, 'copy', 'negate', 'select', 'set_dimension_size']);

/** Operations that take any number of arrays, and run regions or functions on them. */
const LISTS = new Set([
  'call',
  'case',
  'func.call',
  'if',
  'map',
  'optimization_barrier',
  'reduce',
  'reduce_window',
  'return',
  'scatter',
  'sort',
  'while',
]);

/** Library calls that give back what they are given. */
const PLAIN_CALLS = /^@?(?:Sharding|annotate_device_placement)$/;

const flatTypes = (types: readonly Type[]): Type[] =>
  types.flatMap((type) => {
    const part = partOf(type);
    return part ? [part, part] : [type];
  });

class Rewriter {
  /** Of complex values, and of real ones that operations on complex numbers make. */
  readonly #pairs = new Map<Value, Pair>();

  /** Values in place of others; a complex one is two. */
  #split(value: Value): Value[] {
    const part = partOf(value.type);
    if (!part) return [value];
    const [real, imaginary] = [{ type: part }, { type: part }];
    this.#pairs.set(value, { real, imaginary });
    return [real, imaginary];
  }

  block(block: Block, isComparator = false): Block {
    // A comparison is given both elements of one array after another: (x, x', y, y').
    const parameters = isComparator
      ? block.parameters.flatMap((_, i) => {
          if (i % 2 > 0) return [];
          const both = block.parameters.slice(i, i + 2).map((p) => this.#split(p));
          return (both[0] ?? []).flatMap((_, part) => both.flatMap((parts) => parts[part] ?? []));
        })
      : block.parameters.flatMap((p) => this.#split(p));
    return { parameters, operations: block.operations.flatMap((op) => this.operation(op)) };
  }

  operation(op: Operation): readonly Operation[] {
    const regions = op.regions.map((region) => this.block(region, op.name === 'sort'));
    const b = new Builder(op, this.#pairs);
    if (!op.operands.some(isComplex) && !op.results.some(isComplex))
      return [{ ...op, operands: b.flat(op.operands), regions }];
    if (MOVES.has(op.name)) this.#moved(b, op);
    else if (op.name === 'composite') this.#composite(b, op);
    else if (
      LISTS.has(op.name) ||
      (op.name === 'custom_call' && PLAIN_CALLS.test(text(op, 'call_target_name')))
    )
      this.#listed(b, op, op.name, regions);
    else if (op.name === 'get_dimension_size')
      b.operations.push({ ...op, operands: op.operands.map((x) => b.pair(x).real) });
    else if (!this.#expanded(b, op)) this.#listed(b, op, `${op.name} of complex numbers`, regions);
    return b.operations;
  }

  #moved(b: Builder, op: Operation): void {
    const pairs = op.operands.map((x) => b.pair(x));
    const complex = op.operands.map(isComplex);
    const type = partOf(op.results[0]?.type);
    const part = (operands: readonly Value[]): Value =>
      b.put(op.name, operands, type ? [type] : [], op.attributes)[0] as Value;
    const isReal = pairs.every(({ imaginary }) => imaginary === undefined);
    const real = part(pairs.map((p) => p.real));
    const imaginary = isReal ? undefined : part(pairs.map((p, i) => (complex[i] ? b.imaginary(p) : p.real)));
    for (const result of op.results) this.#pairs.set(result, { real, imaginary });
  }

  #listed(b: Builder, op: Operation, name: string, regions: readonly Block[]): void {
    const operands = b.flat(op.operands);
    const results = op.results.flatMap((value) => this.#split(value));
    b.operations.push({ ...op, name, operands, results, regions });
  }

  #composite(b: Builder, op: Operation): void {
    if (this.#expanded(b, { ...op, name: text(op, 'name') })) return;
    const attributes = new Map([['callee', text(op, 'decomposition')]]);
    this.#listed(b, { ...op, attributes }, 'call', []);
  }

  #expanded(b: Builder, op: Operation): boolean {
    const expand = Object.hasOwn(EXPANSIONS, op.name) ? EXPANSIONS[op.name] : undefined;
    const [result] = op.results;
    if (!expand || !result) return false;
    this.#pairs.set(result, expand(b, op));
    return true;
  }
}

const functionOf = (f: FunctionDefinition): FunctionDefinition => ({
  ...f,
  body: new Rewriter().block(f.body),
  results: flatTypes(f.results),
});

const usesComplex = (block: Block): boolean =>
  block.parameters.some(isComplex) ||
  block.operations.some((op) => op.results.some(isComplex) || op.regions.some(usesComplex));

/** A module without complex numbers that does the same on pairs. */
export const withPairs = (module: Module): Module => {
  if (![...module.functions.values()].some(({ body }) => usesComplex(body))) return module;
  return {
    functions: new Map([...module.functions].map(([name, f]) => [name, functionOf(f)])),
  };
};
