/** @file Calls, branches and loops. */
import { TesseraError } from '../../../errors.ts';
import type { BaseArray } from '../../../ir/trace/array.ts';
import { carrying, choose } from '../../finite.ts';
import type { Block, Operation, Value } from '../module.ts';
import { makerOf } from './regions.ts';
import {
  type Context,
  constantOf,
  dtypeName,
  input,
  isPublic,
  np,
  publicNumber,
  type Rule,
  type Rules,
  regionOf,
  text,
  unsupported,
} from './rule.ts';

/** Turns of a loop whose condition is public, and that is no counting loop: each is recorded by itself. */
const MOST_TURNS = 10_000;

interface Count {
  /** Which of the carried values counts. */
  readonly counter: number;
  readonly limit: BaseArray;
}

/** `while (i < limit) { ...; i = i + 1 }` with a limit that the loop does not change. */
const countOf = (op: Operation, inputs: readonly BaseArray[], context: Context): Count | undefined => {
  const [condition, body] = [regionOf(op, 0), regionOf(op, 1)];
  const asked = makerOf(condition, condition.operations.at(-1)?.operands[0]);
  if (asked?.name !== 'compare' || asked.attributes.get('comparison_direction') !== 'LT') return undefined;
  const [left, right] = asked.operands as [Value, Value];
  const counter = condition.parameters.indexOf(left);
  if (
    counter < 0 ||
    condition.operations.some(({ name }) => !['constant', 'compare', 'return'].includes(name))
  )
    return undefined;
  const next = body.operations.at(-1)?.operands ?? [];
  const step = makerOf(body, next[counter]);
  const own = body.parameters[counter];
  const one = step?.name === 'add' ? step.operands.find((v) => v !== own) : undefined;
  if (!step?.operands.includes(own as Value) || constantOf(body, one, context) !== 1) return undefined;
  const carried = condition.parameters.indexOf(right);
  if (carried >= 0) {
    if (next[carried] !== body.parameters[carried]) return undefined;
    return { counter, limit: inputs[carried] as BaseArray };
  }
  const limit = makerOf(condition, right)
    ? context.region(untilValue(condition, right), inputs)[0]
    : context.valueOf(right);
  return limit && { counter, limit };
};

/** The block as far as one of its values, which it returns. */
const untilValue = (block: Block, value: Value): Block => ({
  parameters: block.parameters,
  operations: [
    ...block.operations.filter(({ name }) => name === 'constant'),
    { name: 'return', operands: [value], results: [], attributes: new Map(), regions: [], place: '' },
  ],
});

const whole: Rule = (op, inputs, context) => {
  const count = countOf(op, inputs, context);
  const from = count && publicNumber(inputs[count.counter]);
  const to = count && publicNumber(count.limit);
  if (count && from !== undefined && to !== undefined)
    return counted(op, inputs, context, count.counter, from, to);
  return asked(op, inputs, context);
};

/** A loop that counts: its body is recorded once. */
const counted = (
  op: Operation,
  inputs: readonly BaseArray[],
  context: Context,
  counter: number,
  from: number,
  to: number,
): BaseArray[] => {
  const body = regionOf(op, 1);
  const like = input(inputs, counter, op);
  const rest = inputs.filter((_, i) => i !== counter);
  const withCounter = (list: readonly BaseArray[], i: BaseArray): BaseArray[] => [
    ...list.slice(0, counter),
    np.astype(i, dtypeName(like)),
    ...list.slice(counter),
  ];
  if (to <= from) return [...inputs];
  const turn: Turn = (i, carry) =>
    context.region(body, withCounter(carry, i)).filter((_, k) => k !== counter);
  return withCounter(turned(from, to, turn, rest), np.asarray(to));
};

type Turn = (i: BaseArray, carry: readonly BaseArray[]) => readonly BaseArray[];

/**
 * Turns of which the body is recorded once; or each by itself, where something that is public at first, and becomes secret, says which
 * elements are read: that is another operation then.
 */
const turned = (from: number, to: number, turn: Turn, carry: readonly BaseArray[]): readonly BaseArray[] => {
  try {
    return carrying(carry, (start, step) => {
      const one = (i: BaseArray, now: readonly BaseArray[]): BaseArray[] =>
        step(now, (given) => turn(i, given));
      return np.fori(from, to, (i, now) => one(i, now as readonly BaseArray[]), [...start]) as BaseArray[];
    });
  } catch (e) {
    if (!(e instanceof TesseraError) || e.code !== 'SECRET_IN_CONTROL_FLOW' || to - from > MOST_TURNS)
      throw e;
  }
  let now = carry;
  for (let i = from; i < to; i++) now = turn(np.asarray(i), now);
  return now;
};

/** Any other loop: its condition is public, or revealed turn by turn, or hidden by running the most turns. */
const asked = (op: Operation, inputs: readonly BaseArray[], context: Context): BaseArray[] => {
  const [condition, body] = [regionOf(op, 0), regionOf(op, 1)];
  const holds = (carry: readonly BaseArray[]): BaseArray => context.region(condition, carry)[0] as BaseArray;
  let carry = [...inputs];
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const now = holds(carry);
    if (!isPublic(now)) return secretLoop(op, carry, holds, (c) => context.region(body, c), context);
    if (Number(now.data[0]) === 0) return carry;
    carry = context.region(body, carry);
  }
  return unsupported(op, `it turns more than ${MOST_TURNS} times, by a condition that is no count`);
};

const secretLoop = (
  op: Operation,
  carry: readonly BaseArray[],
  holds: (carry: readonly BaseArray[]) => BaseArray,
  body: (carry: readonly BaseArray[]) => BaseArray[],
  { options: { loops } }: Context,
): BaseArray[] => {
  if (loops.reveal) {
    const most = loops.maxIterations === undefined ? {} : { maxIterations: loops.maxIterations };
    return carrying(
      carry,
      (start, step) =>
        np.whileRevealed(
          (c) => step(c as readonly BaseArray[], (given) => [holds(given)])[0] as BaseArray,
          (c) => step(c as readonly BaseArray[], body),
          [...start],
          most,
        ) as readonly BaseArray[],
    );
  }
  if (loops.maxIterations !== undefined)
    return [
      ...turned(
        0,
        loops.maxIterations,
        (_, now) => {
          const goes = holds(now);
          return body(now).map((x, i) => choose(goes, x, now[i] as BaseArray));
        },
        carry,
      ),
    ];
  return unsupported(
    op,
    "its condition depends on secrets. { reveal: 'conditions' } reveals it before each turn, so that everybody learns how often the " +
      'loop turns; { maxIterations: n } runs n turns always, and hides it',
  );
};

/** A branch by number (beyond the last: the last), or by a boolean. */
const branch =
  (order: (n: number) => number[]): Rule =>
  (op, inputs, context) => {
    const at = input(inputs, 0, op);
    const branches = order(op.regions.length).map((i) => () => context.region(regionOf(op, i), []));
    if (isPublic(at)) {
      const i = Number(at.data[0]);
      const last = branches.length - 1;
      return (branches[i < 0 || i > last ? last : i] as () => BaseArray[])();
    }
    const results = branches.map((run) => run());
    const first = results[0] as BaseArray[];
    // A number outside takes the last one.
    return first.map((_, k) => {
      const values = results.map((r) => r[k] as BaseArray);
      return values
        .slice(0, -1)
        .reduceRight(
          (out, x, i) =>
            choose(at.dtype === 'bool' ? (i === 0 ? np.logicalNot(at) : at) : np.equal(at, i), x, out),
          values.at(-1) as BaseArray,
        );
    });
  };

const call: Rule = (op, inputs, context) =>
  context.call(text(op, 'callee').replace(/^@/, ''), inputs, op.place);

export const control: Rules = {
  call,
  'func.call': call,
  while: whole,
  case: branch((n) => Array.from({ length: n }, (_, i) => i)),
  // false is the second region, and the number 0.
  if: branch(() => [1, 0]),
};
