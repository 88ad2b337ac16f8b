/**
 * @file Tracing: a user's function runs once on stand-ins (Traced) that record what is done to them as a graph.
 * Ops on concrete arrays alone are simply computed, so constants fold by themselves. An op belongs to the innermost
 * trace among its operands: what a loop body computes from outer values alone is recorded, once, outside the loop.
 */
import { fail, TesseraError } from '../../errors.ts';
import { nearest } from '../../names.ts';
import { guardedPrototype, isHandle, UNKNOWN_NAME } from '../../unknown-names.ts';
import { GraphBuilder } from '../ops/builder.ts';
import { type AttrArgs, type AttrsOf, type Operands, type OpName, opSet } from '../ops/catalogue.ts';
import { dtypeName } from '../ops/dtypes.ts';
import { evalOp } from '../ops/eager.ts';
import type { Attrs, DType, Shape, Tensor, Type, ValueId } from '../ops/graph.ts';
import { sizeOf } from '../ops/graph.ts';
import { typeText } from '../ops/infer.ts';
import type { OpGraph } from '../ops/program.ts';
import { BaseArray } from './array.ts';
import { callSite } from './callsite.ts';
import { checkConditions } from './conditions.ts';
import { isTensor, NDArray } from './ndarray.ts';
import { flatten, type TreeDef, unflatten } from './pytree.ts';

/** An array inside a program that is being recorded: it has a type, and no value. */
export class Traced extends BaseArray {
  readonly trace: Trace;
  readonly id: ValueId;
  readonly type: Type;

  constructor(trace: Trace, id: ValueId) {
    super();
    this.trace = trace;
    this.id = id;
    this.type = trace.builder.typeOf(id);
  }

  get shape(): Shape {
    return this.type.shape;
  }

  get dtype(): DType {
    return this.type.dtype;
  }

  get secret(): boolean {
    return this.type.secret;
  }

  #noValue(use: string, instead = ''): never {
    const what = this.secret
      ? `a secret cannot steer a JavaScript branch or be read as a number (${use}): ${instead}use np.where to choose, ` +
        'np.fori to repeat, and sf.reveal after the program to look'
      : `this value has no number while the program is recorded (${use}), because it depends on a loop index or a ` +
        `public input: ${instead}compute with np functions, choose with np.where, index with np.dynamicSlice`;
    throw new TesseraError('SECRET_IN_CONTROL_FLOW', what, { type: typeText(this.type), site: callSite() });
  }

  [Symbol.toPrimitive](hint: string): never {
    return hint === 'string'
      ? this.#noValue('as text')
      : this.#noValue('as a primitive', 'for a + b, a > b write np.add(a, b), np.greater(a, b); ');
  }

  /** `a[0]`, `a.map`, a misspelt method: JavaScript would give undefined. */
  [UNKNOWN_NAME](name: string): never {
    const near = nearest(name, Object.getOwnPropertyNames(BaseArray.prototype));
    const what = /^-?\d+$/.test(name)
      ? `a[${name}] is no element of a traced array: use a.at(${name}), or np.slice(a, [start, stop])`
      : Object.hasOwn(Array.prototype, name)
        ? `a traced array has no .${name}: np functions work on all elements at once; a.at(0) and np.slice(a, [0, 3]) ` +
          'pick some, np.vmap applies a function to each row, np.fori and np.scan repeat'
        : `a traced array has no .${name}${near === undefined ? '' : ` (did you mean .${near}?)`}: use its methods and ` +
          'the functions of np';
    throw new TesseraError('INVALID_ARGUMENT', `${what} (${this.toString()})`, { name, site: callSite() });
  }

  override valueOf(): never {
    return this.#noValue('valueOf');
  }

  toJSON(): never {
    return this.#noValue('JSON');
  }

  toArray(): never {
    return this.#noValue('toArray');
  }

  item(): never {
    return this.#noValue('item');
  }

  [Symbol.iterator](): Iterator<never> {
    return this.#noValue(
      'iteration',
      'take elements and rows with .at(0), parts with np.slice or np.split; ',
    );
  }

  override toString(): string {
    return `Traced(${dtypeName(this.dtype)}[${this.shape.join(',')}]${this.secret ? ' secret' : ''})`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

Object.setPrototypeOf(Traced.prototype, guardedPrototype(BaseArray.prototype));

const isUniform = (t: Tensor): boolean => {
  const { data } = t;
  for (let i = 1; i < data.length; i++) if (!Object.is(data[i], data[0])) return false;
  return true;
};

/** One recording: a program, or the body of a loop inside of another. */
export class Trace {
  readonly builder = new GraphBuilder();
  readonly parent: Trace | undefined;
  readonly depth: number;
  /** Values of enclosing traces that this one uses, and the inputs that stand for them, in order of first use. */
  readonly captured = new Map<Traced, ValueId>();
  /** Conditions that the function asked for itself, by their names in `np`: each has to be used. */
  readonly conditions = new Map<ValueId, string>();
  /** What counts as used although no output of this trace needs it. */
  readonly used = new Set<ValueId>();
  readonly #constants = new Map<NDArray, ValueId>();
  /** A gradient is being taken of what is recorded here. */
  readonly differentiated: boolean;
  #open = true;

  constructor(parent?: Trace, differentiated = false) {
    this.parent = parent;
    this.differentiated = differentiated || (parent?.differentiated ?? false);
    this.depth = parent === undefined ? 0 : parent.depth + 1;
  }

  get open(): boolean {
    return this.#open;
  }

  close(): void {
    this.#open = false;
  }

  input(type: Type): Traced {
    return new Traced(this, this.builder.input(type));
  }

  /** The value of this trace that stands for `x`. Throws when `x` belongs to a trace that is over or unrelated. */
  lift(x: BaseArray, site?: string): ValueId {
    if (x instanceof NDArray) return this.#constant(x, site);
    const t = x as Traced;
    if (t.trace === this) return t.id;
    if (!t.trace.open || this.parent === undefined || t.trace.depth >= this.depth)
      return fail(
        'INVALID_ARGUMENT',
        'a traced value was used outside of the program or loop body that it belongs to: return it from there instead ' +
          `of keeping it in a variable (${t.toString()})`,
      );
    const seen = this.captured.get(t);
    if (seen !== undefined) return seen;
    this.parent.lift(t);
    const id = this.builder.input(t.type);
    this.captured.set(t, id);
    return id;
  }

  #constant(x: NDArray, near: string | undefined): ValueId {
    const seen = this.#constants.get(x);
    if (seen !== undefined) return seen;
    const site = near ?? callSite();
    let id: ValueId;
    if (sizeOf(x.shape) > 1 && isUniform(x)) {
      const one = this.builder.constant(
        { shape: [], dtype: x.dtype, data: x.data.slice(0, 1) as Tensor['data'] },
        site,
      );
      id = this.builder.emit('broadcast', [one], { shape: x.shape }, site);
    } else {
      id = this.builder.constant(
        { shape: x.shape, dtype: x.dtype, data: x.data.slice() as Tensor['data'] },
        site,
      );
    }
    this.#constants.set(x, id);
    return id;
  }

  emit<K extends OpName>(op: K, ins: Operands<K, BaseArray>, attrs: AttrsOf<K>): Traced {
    return this.record(op, ins, attrs);
  }

  /** An op by a name that is known when the program runs: a node that is recorded again. */
  record(op: string, ins: readonly BaseArray[], attrs: Attrs): Traced {
    if (!this.#open)
      fail(
        'INVALID_ARGUMENT',
        `${op}: a traced value was used after its program or loop body had been recorded`,
      );
    const site = callSite(applyNamed);
    const ids = ins.map((x) => this.lift(x, site));
    return new Traced(this, this.builder.copy({ op, attrs, site }, ids)[0]!);
  }
}

const active: Trace[] = [];

/** The trace whose function is running, if any. */
export const currentTrace = (): Trace | undefined => active.at(-1);

/** Runs `fn` with `trace` as the current one, and closes it. */
export const within = <R>(trace: Trace, fn: () => R): R => {
  active.push(trace);
  try {
    return fn();
  } finally {
    active.pop();
    trace.close();
  }
};

/** The innermost trace among the operands; undefined when all are concrete. */
const innermost = (ins: readonly BaseArray[]): Trace | undefined => {
  let found: Trace | undefined;
  for (const x of ins)
    if (x instanceof Traced && (found === undefined || x.trace.depth > found.depth)) found = x.trace;
  return found;
};

/** Ops whose result is not known from their operands alone: they belong to what is being recorded, and are never folded. */
const UNKNOWN = opSet('randomBits', 'shuffle', 'epsilon');

/** Applies an op: computed at once on concrete arrays, recorded otherwise. Throws what the op's type rule throws. */
export const apply = <K extends OpName>(
  op: K,
  ins: Operands<K, BaseArray>,
  ...[attrs]: AttrArgs<K>
): BaseArray => applyNamed(op, ins, attrs ?? {});

/** As apply, of an op by a name that is known when the program runs: a node that is recorded again. */
export const applyNamed = (op: string, ins: readonly BaseArray[], attrs: Attrs): BaseArray => {
  const trace = UNKNOWN.has(op) ? currentTrace() : innermost(ins);
  if (trace !== undefined) return trace.record(op, ins, attrs);
  const { shape, dtype, data } = evalOp(op, ins as readonly NDArray[], attrs);
  return new NDArray(shape, dtype, data);
};

/**
 * `x` as a value of the trace that the others belong to, so that what is done to it next is recorded rather than
 * computed: a broadcast constant stays small in the graph. `x` itself when all are concrete.
 */
export const record = (x: BaseArray, beside: readonly BaseArray[]): BaseArray => {
  const trace = x instanceof Traced ? undefined : innermost(beside);
  return trace === undefined ? x : new Traced(trace, trace.lift(x));
};

/** Is this leaf the type of an input to come? */
export const isType = (x: unknown): x is Type =>
  typeof x === 'object' &&
  x !== null &&
  'shape' in x &&
  Array.isArray(x.shape) &&
  'dtype' in x &&
  typeof x.dtype === 'string' &&
  'secret' in x &&
  typeof x.secret === 'boolean' &&
  !('data' in x);

const isArgLeaf = (x: unknown): boolean =>
  x === null || x === undefined || isType(x) || isTensor(x) || ArrayBuffer.isView(x);

/** A result of a user's function as an array. Throws INVALID_ARGUMENT, naming the path, when it is none. */
const resultArray = (x: unknown, path: string): BaseArray => {
  if (x instanceof BaseArray) return x;
  if (
    typeof x === 'number' ||
    typeof x === 'bigint' ||
    typeof x === 'boolean' ||
    ArrayBuffer.isView(x) ||
    isTensor(x)
  )
    return NDArray.from(x as Tensor | number);
  if (x instanceof Promise) {
    // What is left of the function may still fail, with nobody listening: this error tells enough.
    x.catch(() => undefined);
    fail('UNSUPPORTED', `result${path} is a Promise: a program is recorded synchronously and cannot await`);
  }
  if (isHandle(x))
    fail(
      'INVALID_ARGUMENT',
      `result${path} is the handle ${String(x)}: give it to the call as an argument, and return what is made of it`,
    );
  return fail(
    'INVALID_ARGUMENT',
    `result${path} is ${typeof x === 'object' ? 'an object' : `a ${typeof x}`}, not an array`,
  );
};

export interface Program {
  readonly graph: OpGraph;
  /** The tree of results whose leaves are `graph.outs`. */
  readonly outTree: TreeDef;
}

/** Whether all that is not known of the arguments are conditions: what is made of them is one, too. */
const isOfConditions = (args: readonly unknown[]): boolean => {
  const traced = args.filter((x) => x instanceof Traced);
  return traced.length > 0 && traced.every((x) => x.trace.conditions.has(x.id));
};

/**
 * Notes that the function which is being recorded asked for a condition, or for a number that is made of conditions alone (how many
 * hold). `name`: of what it called.
 */
export const condition = (name: string, x: unknown, args: readonly unknown[] = []): void => {
  if (x instanceof Traced && (x.dtype === 'bool' || isOfConditions(args))) x.trace.conditions.set(x.id, name);
};

/**
 * Records `fn`. Leaves of `args` (a tree an argument): a Type becomes an input of the graph, in order; an NDArray or
 * Tensor is a public constant; anything else is passed on as it is. Throws what the function throws, UNSUPPORTED for
 * an async function, INVALID_ARGUMENT for results that are no arrays.
 */
export const trace = (fn: (...args: never[]) => unknown, args: readonly unknown[]): Program => {
  const recording = new Trace();
  const given = flatten(args, isArgLeaf);
  const leaves = given.leaves.map((leaf) =>
    isType(leaf) ? recording.input(leaf) : isTensor(leaf) ? NDArray.from(leaf) : leaf,
  );
  return within(recording, () => {
    const handed = unflatten(given.def, leaves) as unknown[];
    for (const x of handed) if (x instanceof Traced && x.ndim === 0) condition('a bool argument', x);
    const results = (fn as (...args: unknown[]) => unknown)(...handed);
    if (results === undefined) checkConditions(recording, []);
    if (results === undefined)
      fail('INVALID_ARGUMENT', 'the function returned nothing: return what is to be kept');
    const out = flatten(results, (x) => isTensor(x) || ArrayBuffer.isView(x));
    const ids = out.leaves.map((leaf, i) => recording.lift(resultArray(leaf, out.paths[i]!)));
    checkConditions(recording, ids);
    return { graph: recording.builder.finish(ids), outTree: out.def };
  });
};
