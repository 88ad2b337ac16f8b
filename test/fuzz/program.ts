/** @file Programs over `np` as data: what the fuzzer makes, runs, shrinks and prints. */

import type { CostMode, LinkMeasure } from '../../src/ir/compile/plan.ts';
import { dtypeName } from '../../src/ir/ops/dtypes.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import type { FieldName } from '../../src/ring/field.ts';
import type { Arr, DType, Num } from './arrays.ts';

/** A value: of the program's inputs and steps, or of those of the function that the step stands in. */
export interface Slot {
  readonly slot: number;
}
/** A value of the enclosing program, inside of a function. */
export interface Up {
  readonly up: number;
}
/** A function of arrays: its parameters are the first slots, its steps the next. */
export interface Lambda {
  readonly params: number;
  readonly steps: readonly Step[];
  /** What it returns: one array, or a list. */
  readonly out: number | readonly number[];
}

export type Arg =
  | number
  | boolean
  | string
  | null
  | Slot
  | Up
  | { readonly lambda: Lambda }
  | { readonly options: Readonly<Record<string, Arg>> }
  | readonly Arg[];

export interface Step {
  /** Name in `np`: `sum`, `linalg.norm`. */
  readonly fn: string;
  readonly args: readonly Arg[];
  /** Arguments of the function that the call gave: np.vmap(fn)(..). */
  readonly applied?: readonly Arg[];
  /** Which of several results. */
  readonly pick?: number;
}

export type Kind = 'secret' | 'public' | 'static';

export interface Input extends Arr {
  /** `public`: revealed first. `static`: known when the program is recorded. */
  readonly kind: Kind;
}

export interface Options {
  readonly field: FieldName;
  readonly parties: number;
  readonly fraction?: number;
  readonly costMode?: CostMode;
  readonly link?: LinkMeasure;
  readonly memoryLimit?: number;
  /** Numbers that leave the range are told: none of a right program is. */
  readonly rangeGuard?: boolean;
  /** false: products are never wrong by chance, at FM128 too. */
  readonly truncAllowMsbError?: boolean;
}

export interface Program {
  readonly inputs: readonly Input[];
  readonly steps: readonly Step[];
  /** Slots that it returns: inputs first, then steps. */
  readonly outs: readonly number[];
  readonly options: Options;
}

type Callable = (...args: unknown[]) => unknown;

export const find = (name: string): Callable =>
  name.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], np) as Callable;

const isList = (x: Arg): x is readonly Arg[] => Array.isArray(x);

/** An argument with everything in it replaced: values, functions. */
export const mapArg = (
  arg: Arg,
  of: { slot(i: number): unknown; up(i: number): unknown; lambda(l: Lambda): unknown },
): unknown => {
  if (isList(arg)) return arg.map((x) => mapArg(x, of));
  if (typeof arg !== 'object' || arg === null) return arg;
  if ('slot' in arg) return of.slot(arg.slot);
  if ('up' in arg) return of.up(arg.up);
  if ('lambda' in arg) return of.lambda(arg.lambda);
  return Object.fromEntries(Object.entries(arg.options).map(([k, x]) => [k, mapArg(x, of)]));
};

/** The slots of the program that an argument reads, inside of functions too. */
const slotsIn = (arg: Arg): number[] => {
  const found: number[] = [];
  const inner = (l: Lambda): void => {
    for (const s of l.steps)
      for (const a of [...s.args, ...(s.applied ?? [])])
        mapArg(a, { slot: () => 0, up: (i) => found.push(i), lambda: inner });
  };
  mapArg(arg, { slot: (i) => found.push(i), up: () => 0, lambda: inner });
  return found;
};

export const slotsOf = (step: Step): number[] => [...step.args, ...(step.applied ?? [])].flatMap(slotsIn);

/** Results in order, of whatever tree. */
const results = (x: unknown): BaseArray[] =>
  Array.isArray(x) ? x.flatMap(results) : [x instanceof np.BaseArray ? x : NDArray.from(x as number)];

/** Runs a step on arrays of `np`, plain or traced. */
const runStep = (step: Step, env: readonly BaseArray[], outer: readonly BaseArray[]): BaseArray => {
  const of = {
    slot: (i: number) => env[i]!,
    up: (i: number) => outer[i]!,
    lambda: (l: Lambda) => lambdaOf(l, env),
  };
  const call = find(step.fn)(...step.args.map((a) => mapArg(a, of)));
  const made = step.applied ? (call as Callable)(...step.applied.map((a) => mapArg(a, of))) : call;
  return step.pick === undefined ? (made as BaseArray) : results(made)[step.pick]!;
};

/** Loops hand their carry over as a list; other functions get arrays one by one. */
const lambdaOf =
  (l: Lambda, outer: readonly BaseArray[]): Callable =>
  (...given) => {
    const env = results(given).slice(0, l.params);
    for (const step of l.steps) env.push(runStep(step, env, outer));
    return typeof l.out === 'number' ? env[l.out] : l.out.map((i) => env[i]);
  };

/** The program as a function of its inputs that are secret or public; static ones are taken as they are. */
export const functionOf =
  (p: Pick<Program, 'inputs' | 'steps' | 'outs'>, statics: readonly NDArray[]) =>
  (...given: BaseArray[]): BaseArray[] => {
    let next = 0;
    const env: BaseArray[] = p.inputs.map((x, i) => {
      if (x.kind === 'static') return statics[i]!;
      const value = given[next++]!;
      return x.kind === 'public' ? np.reveal(value) : value;
    });
    for (const step of p.steps) env.push(runStep(step, env, []));
    return p.outs.map((i) => env[i]!);
  };

const typed = (dtype: DType, v: readonly Num[]): NDArray['data'] => {
  const types: Readonly<Record<string, { from(list: readonly never[]): unknown }>> = {
    bool: Uint8Array,
    fxp: Float64Array,
    int8: Int8Array,
    int16: Int16Array,
    int32: Int32Array,
    int64: BigInt64Array,
    uint8: Uint8Array,
    uint16: Uint16Array,
    uint32: Uint32Array,
    uint64: BigUint64Array,
  };
  const big = dtype.endsWith('64');
  return types[dtype]!.from((big ? v : v.map(Number)) as never) as NDArray['data'];
};

export const toNDArray = (a: Arr): NDArray => new NDArray([...a.shape], a.dtype, typed(a.dtype, a.v));

export const fromNDArray = (a: Pick<NDArray, 'shape' | 'dtype' | 'data'>): Arr => ({
  shape: [...a.shape],
  dtype: a.dtype as DType,
  v: Array.from(a.data as Float64Array, (x) =>
    a.dtype === 'fxp' || a.dtype === 'bool' ? Number(x) : BigInt(x),
  ),
});

const nested = (a: Arr): string => {
  const build = (axis: number, offset: number, step: number): string => {
    if (axis === a.shape.length) return `${a.v[offset]}${a.dtype.endsWith('64') ? 'n' : ''}`;
    const inner = step / a.shape[axis]!;
    return `[${Array.from({ length: a.shape[axis]! }, (_, i) => build(axis + 1, offset + i * inner, inner)).join(', ')}]`;
  };
  return build(0, 0, a.v.length);
};

const arrayText = (a: Arr): string => {
  const dtype = dtypeName(a.dtype);
  if (a.v.length === 0) return `np.zeros(${JSON.stringify(a.shape)}, '${dtype}')`;
  return `np.array(${nested(a)}, '${dtype}')`;
};

const argText = (arg: Arg, name: (slot: number) => string, up: (slot: number) => string): string => {
  if (isList(arg)) return `[${arg.map((x) => argText(x, name, up)).join(', ')}]`;
  if (typeof arg !== 'object' || arg === null)
    return typeof arg === 'string' ? `'${arg}'` : Object.is(arg, Infinity) ? 'Infinity' : String(arg);
  if ('slot' in arg) return name(arg.slot);
  if ('up' in arg) return up(arg.up);
  if ('options' in arg)
    return `{ ${Object.entries(arg.options)
      .map(([k, x]) => `${k}: ${argText(x, name, up)}`)
      .join(', ')} }`;
  const l = arg.lambda;
  const local = (i: number): string => (i < l.params ? 'abcdefgh'[i]! : `t${i - l.params}`);
  const params = Array.from({ length: l.params }, (_, i) => local(i)).join(', ');
  const lines = l.steps.map((s, i) => `const t${i} = ${stepText(s, local, name)};`);
  const out = typeof l.out === 'number' ? local(l.out) : `[${l.out.map(local).join(', ')}]`;
  return `(...args) => { const [${params}] = args.flat(); ${lines.join(' ')} return ${out}; }`;
};

const stepText = (s: Step, name: (slot: number) => string, up: (slot: number) => string): string => {
  const list = (args: readonly Arg[]): string => args.map((a) => argText(a, name, up)).join(', ');
  const call = `np.${s.fn}(${list(s.args)})${s.applied ? `(${list(s.applied)})` : ''}`;
  return s.pick === undefined ? call : `[${call}].flat(3)[${s.pick}]`;
};

/** The program for people: a module that runs it, from the root of the project after `npm run build`. */
export const programText = (p: Program): string => {
  const name = (i: number): string => (i < p.inputs.length ? `x${i}` : `y${i - p.inputs.length}`);
  const given = p.inputs.map((x, i) => [x, i] as const).filter(([x]) => x.kind !== 'static');
  const { field, fraction, ...rest } = p.options;
  return [
    "import * as np from './dist/src/numpy/index.js';",
    "import { simulate } from './dist/src/ir/run/simulate.js';",
    "import { FIELDS } from './dist/src/ring/field.js';",
    "import { Ring } from './dist/src/ring/ring.js';",
    ...p.inputs.map(
      (x, i) => `const ${x.kind === 'static' ? name(i) : `in${i}`} = ${arrayText(x)}; // ${x.kind}`,
    ),
    `const fn = (${given.map(([, i]) => name(i)).join(', ')}) => {`,
    ...given.filter(([x]) => x.kind === 'public').map(([, i]) => `  ${name(i)} = np.reveal(${name(i)});`),
    ...p.steps.map((s, i) => `  const y${i} = ${stepText(s, name, name)};`),
    `  return [${p.outs.map(name).join(', ')}];`,
    '};',
    `const options = { ring: await Ring.create(), field: FIELDS.${field}, ${JSON.stringify({
      ...(fraction === undefined ? {} : { fraction }),
      ...rest,
    }).slice(1, -1)} };`,
    `const { results } = simulate(fn, [${given.map(([, i]) => `in${i}`).join(', ')}], options);`,
    'for (const r of results) console.log(r.dtype, r.shape, r.data);',
  ].join('\n');
};
