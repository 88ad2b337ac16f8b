/** @file Runs a module: each operation is a few calls of `np`, so that it runs in the clear, in the protocol, under gradients. */
import { fail, TesseraError } from '../../errors.ts';
import type { BaseArray } from '../../ir/trace/array.ts';
import { beyondOf, carried, marked } from '../beyond.ts';
import { representable } from '../finite.ts';
import type { Operation as Asked } from '../operations.ts';
import { carryOf, TAKES_INFINITE } from './carries.ts';
import {
  type Block,
  type FunctionDefinition,
  LIMITS,
  type Module,
  type Operation,
  type Value,
} from './module.ts';
import { bits, isPattern, onPatterns } from './rules/bits.ts';
import { control } from './rules/control.ts';
import { dynamic } from './rules/dynamic.ts';
import { elementwise } from './rules/elementwise.ts';
import { indexing } from './rules/indexing.ts';
import { linear } from './rules/linear.ts';
import { moves } from './rules/moves.ts';
import { products } from './rules/products.ts';
import { reductions } from './rules/reductions.ts';
import { type Context, isPublic, type Rule, type RunOptions, text, unsupported } from './rules/rule.ts';
import { sorting } from './rules/sorting.ts';
import { special } from './rules/special.ts';
import { spectra } from './rules/spectra.ts';
import { windows } from './rules/windows.ts';

const RULES: Readonly<Record<string, Rule>> = {
  ...elementwise,
  ...moves,
  ...products,
  ...reductions,
  ...windows,
  ...indexing,
  ...control,
  ...sorting,
  ...special,
  ...linear,
  ...bits,
  ...dynamic,
  ...spectra,
  composite: (op, inputs, context) => {
    const name = text(op, 'name');
    const rule = Object.hasOwn(special, name) ? special[name] : undefined;
    if (!rule) return context.call(text(op, 'decomposition').replace(/^@/, ''), inputs, op.place);
    const own = op.attributes.get('composite_attributes');
    const entries =
      typeof own === 'object' && 'kind' in own && own.kind === 'dictionary' ? own.entries : new Map();
    return rule({ ...op, name, attributes: entries }, inputs, context);
  },
};

/** Each operation of a module with its place; a composite by its name, where there is a rule for that. */
export const operationsOf = (module: Module): Asked[] => {
  const found: Asked[] = [];
  const walk = ({ operations }: Block): void => {
    for (const op of operations) {
      const named = op.name === 'composite' ? op.attributes.get('name') : undefined;
      const name = typeof named === 'string' ? named : op.name;
      if (name !== 'return' && name !== 'call' && name !== 'func.call')
        found.push({
          op: name,
          place: op.place,
          isKnown: named !== undefined || Object.hasOwn(RULES, name),
        });
      op.regions.forEach(walk);
    }
  };
  for (const { body } of module.functions.values()) walk(body);
  return found;
};

/** Operations that may be given the bits of a secret number. */
const PASSES = new Set(['bitcast_convert', 'call', 'func.call', 'optimization_barrier']);

/** Runs the function `main`. Throws SHAPE, DTYPE and UNSUPPORTED with the operation's place in the file. */
export const runModule = (module: Module, inputs: readonly BaseArray[], options: RunOptions): BaseArray[] => {
  const calls: string[] = [];

  const runBlock = (
    block: Block,
    given: readonly BaseArray[],
    outer: ReadonlyMap<Value, BaseArray>[],
  ): BaseArray[] => {
    const values = new Map<Value, BaseArray>();
    const scopes = [values, ...outer];
    const lookUp = (value: Value): BaseArray | undefined => {
      for (const scope of scopes) {
        const x = scope.get(value);
        if (x !== undefined) return x;
      }
      return undefined;
    };
    const context: Context = {
      options,
      valueOf: lookUp,
      region: (inner, arrays) => runBlock(inner, arrays, scopes),
      call,
      bodyOf: (name, place) => functionOf(name, place).body,
    };
    for (const [i, parameter] of block.parameters.entries()) values.set(parameter, given[i] as BaseArray);
    for (const op of block.operations) {
      const arrays = op.operands.map(
        (value) => lookUp(value) ?? unsupported(op, 'an operand that no operation before it makes'),
      );
      if (op.name === 'return') return arrays;
      for (const [i, result] of runOperation(op, arrays, context).entries()) {
        const value = op.results[i];
        if (value) values.set(value, result);
      }
    }
    return [];
  };

  const runOperation = (op: Operation, arrays: readonly BaseArray[], context: Context): BaseArray[] => {
    const rule = Object.hasOwn(RULES, op.name) ? RULES[op.name] : undefined;
    if (!rule) return unsupported(op, 'nothing here does what this operation does');
    const isAsked = !PASSES.has(op.name) && arrays.some(isPattern);
    const own = op.name === 'composite' ? text(op, 'name') : op.name;
    const name = Object.hasOwn(special, own) ? own : op.name;
    const isMixed = arrays.some((x) => !isPublic(x));
    const given = isMixed && !TAKES_INFINITE.has(name) ? arrays.map(representable) : arrays;
    try {
      const carry = isMixed ? carryOf(op, name) : undefined;
      const mark = carry && carried(carry, arrays.map(beyondOf));
      const results = (isAsked ? onPatterns : rule)(op, given, context);
      const all = Array.isArray(results) ? results : [results];
      return mark ? all.map((x) => marked(x, mark)) : all;
    } catch (e) {
      if (!(e instanceof TesseraError) || 'place' in e.info) throw e;
      throw new TesseraError(
        e.code,
        `${op.name} at ${op.place}: ${e.message}`,
        { ...e.info, place: op.place },
        e,
      );
    }
  };

  const functionOf = (name: string, place: string): FunctionDefinition =>
    module.functions.get(name) ??
    fail('SERIALIZATION', `the program calls ${JSON.stringify(name)}, which it does not have, at ${place}`, {
      place,
    });

  const call = (name: string, given: readonly BaseArray[], place: string): BaseArray[] => {
    const f = functionOf(name, place);
    if (calls.length >= LIMITS.depth || calls.includes(name))
      return fail('UNSUPPORTED', `${name} calls itself, at ${place}`, { place });
    if (f.body.parameters.length !== given.length)
      return fail(
        'SERIALIZATION',
        `${name} takes ${f.body.parameters.length} arrays, not ${given.length}, at ${place}`,
        { place },
      );
    calls.push(name);
    try {
      return runBlock(f.body, given, []);
    } finally {
      calls.pop();
    }
  };

  const results = call('main', inputs, 'its begin');
  if (results.some(isPattern))
    fail(
      'UNSUPPORTED',
      'the program returns the bits of a secret number, of which nothing here knows more than its sign',
    );
  return results;
};
