/** @file Runs a program by all parties and holds what they open to the references. */
import { TesseraError } from '../../src/errors.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import { FIELDS } from '../../src/ring/field.ts';
import type { Ring } from '../../src/ring/ring.ts';
import { Outside, type Ref, type Spec } from './arrays.ts';
import { fractionOf, specFor } from './generate.ts';
import { functionOf, type Input, type Program, toNDArray } from './program.ts';
import { stepReference } from './reference.ts';
import { TABLE } from './table.ts';

export type Verdict =
  /** Within the bounds, or nothing can be said (`outside`), or a typed error. */
  | { readonly kind: 'right' | 'outside' }
  | { readonly kind: 'error'; readonly code: string; readonly text: string }
  /** A value beyond its bound, another shape or dtype. */
  | { readonly kind: 'wrong'; readonly slot: number; readonly text: string }
  /** An error that has no type, parties that disagree, or a call refused that is right by NumPy. */
  | { readonly kind: 'crash'; readonly code?: string; readonly text: string };

export const isFinding = (v: Verdict): v is Extract<Verdict, { kind: 'wrong' | 'crash' }> =>
  v.kind === 'wrong' || v.kind === 'crash';

/** Inputs are off by what the encoding rounds off. */
const inputReference = (x: Input, { ulp }: Spec): Ref => ({
  ...x,
  open: x.kind !== 'secret',
  raw: true,
  e: x.v.map((v) => (x.dtype === 'fxp' && !Number.isInteger((v as number) / ulp) ? ulp : 0)),
});

/** The references of all slots. Throws Outside. */
export const referencesOf = (p: Pick<Program, 'inputs' | 'steps' | 'options'>): Ref[] => {
  const spec = specFor(p.options);
  const env: Ref[] = p.inputs.map((x) => inputReference(x, spec));
  for (const step of p.steps) env.push(stepReference(TABLE, step, env, [], spec));
  return env;
};

/** What no program gets whose reference NumPy would compute. */
const REFUSALS: ReadonlySet<string> = new Set([
  'SHAPE',
  'DTYPE',
  'INVALID_ARGUMENT',
  'DIVERGED',
  'PARTY_FAILED',
]);

const SLACK = 1e-9;

/** The first element beyond its bound. */
const compare = (got: NDArray, want: Ref, ulp: number): string | undefined => {
  if (String(got.shape) !== String(want.shape)) return `shape [${got.shape}], not [${want.shape}]`;
  if (got.dtype !== want.dtype) return `dtype ${got.dtype}, not ${want.dtype}`;
  for (const [i, w] of want.v.entries()) {
    const e = want.e[i]!;
    if (e === Number.POSITIVE_INFINITY) continue;
    const x = got.data[i]!;
    const bad =
      want.dtype === 'fxp'
        ? !(Math.abs(Number(x) - (w as number)) <= e + ulp / 2 + SLACK * Math.max(Math.abs(w as number), e))
        : BigInt(x) !== BigInt(w);
    if (bad)
      return `[${i}] is ${x}, not ${w}${want.dtype === 'fxp' ? ` (off by ${Number(x) - (w as number)}, allowed ${e})` : ''}`;
  }
  return undefined;
};

/** Seeds of masks, the same at every run. */
const seeds = (parties: number): Uint8Array[] =>
  Array.from({ length: parties }, (_, rank) => new Uint8Array(32).fill(rank + 1));

/** `meant`: the program whose references count, if that is another one. */
export const check = (ring: Ring, p: Program, meant: Program = p): Verdict => {
  let refs: Ref[];
  try {
    refs = referencesOf(meant);
  } catch (e) {
    if (e instanceof Outside) return { kind: 'outside' };
    throw e;
  }
  const { field, ...options } = p.options;
  const arrays = p.inputs.map(toNDArray);
  const given = arrays.filter((_, i) => p.inputs[i]!.kind !== 'static');
  try {
    const made = simulate(functionOf(p, arrays) as (...args: never[]) => unknown, given, {
      ring,
      field: FIELDS[field],
      ...options,
      seeds: seeds(options.parties),
    });
    // Where numbers left the range, with a range guard.
    const left: unknown = 'left' in made ? made.left : undefined;
    if (left !== undefined)
      return { kind: 'crash', text: `said to have left the range: ${JSON.stringify(left)}` };
    for (const [k, slot] of p.outs.entries()) {
      const text = compare(made.results[k]!, refs[slot]!, 2 ** -fractionOf(p.options));
      if (text) return { kind: 'wrong', slot, text };
    }
    return { kind: 'right' };
  } catch (e) {
    if (e instanceof TesseraError)
      return { kind: REFUSALS.has(e.code) ? 'crash' : 'error', code: e.code, text: e.message };
    const { name, message, stack } = e as Error;
    return { kind: 'crash', text: `${name}: ${message} ${stack?.split('\n')[1]?.trim() ?? ''}` };
  }
};
