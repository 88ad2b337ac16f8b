/** @file What operations do with numbers beyond the ring that stand among secrets. */
import { CARRIES, type Carry } from '../beyond.ts';
import type { Block, Operation } from './module.ts';
import { MOVED } from './moved.ts';
import { isFloat, operandOf, resultOf, text } from './rules/rule.ts';

/** Rules that see infinite constants as they are, and mark their results themselves, or pass arrays on. */
export const TAKES_INFINITE: ReadonlySet<string> = new Set([
  'call',
  'case',
  'chlo.is_inf',
  'clamp',
  'compare',
  'composite',
  'divide',
  'func.call',
  'if',
  'is_finite',
  'map',
  'maximum',
  'minimum',
  'multiply',
  'optimization_barrier',
  'reduce',
  'reduce_window',
  'select',
  'while',
]);

const { moves, levels, grows } = CARRIES;

/** Operations of a region that chooses between its arguments. */
const CHOOSES = new Set([
  'and',
  'compare',
  'constant',
  'convert',
  'maximum',
  'minimum',
  'not',
  'or',
  'return',
  'select',
]);
const chooses = ({ operations }: Block): boolean => operations.every(({ name }) => CHOOSES.has(name));

const TABLE: Readonly<Record<string, Carry>> = {
  ...Object.fromEntries(
    [...MOVED, 'ceil', 'chlo.top_k', 'floor', 'round_nearest_afz', 'round_nearest_even'].map((name) => [
      name,
      moves,
    ]),
  ),
  abs: CARRIES.size,
  add: CARRIES.add,
  'chlo.erf': levels,
  'chlo.erfc': levels,
  exponential: grows,
  exponential_minus_one: grows,
  logistic: levels,
  negate: CARRIES.negate,
  sign: levels,
  subtract: CARRIES.less,
  tanh: levels,
};

/** The largest or smallest of elements, with starts that win or change nothing. */
const reduces = (op: Operation): Carry => {
  const [region] = op.regions;
  const n = op.operands.length / 2;
  const inner = region?.operations.map(({ name }) => name).join(' ');
  if (inner === 'maximum return') return CARRIES.largest;
  if (inner === 'minimum return') return CARRIES.smallest;
  const other = region && chooses(region) ? moves : CARRIES.others;
  // Starts that are infinite are left out, or refused.
  return (all) => other(all.slice(0, n));
};

/** Library calls that choose among the elements of their first array, or give it back. */
const CHOOSING = /^@?(?:ApproxTopK|mhlo\.topk|Sharding|annotate_device_placement)$/;

/** What an operation makes of marks; undefined: its rule does it. */
export const carryOf = (op: Operation, name: string): Carry | undefined => {
  if (name === 'reduce' || name === 'reduce_window') return reduces(op);
  if (TAKES_INFINITE.has(name)) return undefined;
  const [region] = op.regions;
  if (name === 'custom_call' && CHOOSING.test(text(op, 'call_target_name'))) return ([x]) => x;
  if ((name === 'sort' || name === 'scatter') && region && chooses(region)) return moves;
  if (name === 'convert' && isFloat(operandOf(op, 0)))
    return isFloat(resultOf(op)) || resultOf(op).element === 'i1' ? moves : CARRIES.others;
  return Object.hasOwn(TABLE, name) ? (TABLE[name] as Carry) : CARRIES.others;
};
