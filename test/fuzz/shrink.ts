/** @file The smallest program that still fails: fewer steps, inputs in the place of what was computed, fewer and rounder numbers. */
import type { Num } from './arrays.ts';
import { isFinding, referencesOf, type Verdict } from './check.ts';
import { fractionOf, renamedStep } from './generate.ts';
import { type Input, type Program, slotsOf } from './program.ts';

export type Check = (p: Program) => Verdict;

/** Only what the results need, and inputs that are used. */
export const needed = (p: Program): Program => {
  const n = p.inputs.length;
  const used = new Set(p.outs);
  for (let i = p.steps.length - 1; i >= 0; i--)
    if (used.has(n + i)) for (const s of slotsOf(p.steps[i]!)) used.add(s);
  const inputs = p.inputs.flatMap((_, i) => (used.has(i) ? [i] : []));
  const steps = p.steps.flatMap((_, i) => (used.has(n + i) ? [n + i] : []));
  const order = [...inputs, ...steps];
  const to = (slot: number): number => order.indexOf(slot);
  return {
    ...p,
    inputs: inputs.map((i) => p.inputs[i]!),
    steps: steps.map((i) => renamedStep(p.steps[i - n]!, to)),
    outs: p.outs.map(to),
  };
};

/** The value of step k as an input of its own. */
const asInput = (p: Program, k: number): Program | undefined => {
  const n = p.inputs.length;
  const ref = referencesOf({ ...p, steps: p.steps.slice(0, k + 1) }).at(-1)!;
  if (ref.e.some((e) => e === Number.POSITIVE_INFINITY)) return undefined;
  const unit = 2 ** -fractionOf(p.options);
  const v = ref.v.map((x): Num => (ref.dtype === 'fxp' ? Math.round((x as number) / unit) * unit : x));
  const input: Input = { shape: ref.shape, dtype: ref.dtype, v, kind: 'secret' };
  const to = (slot: number): number =>
    slot < n ? slot : slot === n + k ? n : slot < n + k ? slot + 1 : slot;
  return needed({
    ...p,
    inputs: [...p.inputs, input],
    steps: p.steps.filter((_, i) => i !== k).map((s) => renamedStep(s, to)),
    outs: p.outs.map(to),
  });
};

const withInput = (p: Program, i: number, input: Partial<Input>): Program => ({
  ...p,
  inputs: p.inputs.map((x, k) => (k === i ? { ...x, ...input } : x)),
});

/** All inputs of one shape as single numbers, or rows; each input without its first axis, or half of it. */
const smallerShapes = (p: Program): Program[] => {
  const out: Program[] = [];
  const cutAll = (cut: (x: Input) => Input | undefined): void => {
    const cuts = p.inputs.map((x) => cut(x) ?? x);
    if (cuts.some((x, i) => x !== p.inputs[i])) out.push({ ...p, inputs: cuts });
  };
  const most = Math.max(0, ...p.inputs.map((x) => x.v.length));
  for (let k = 0; k < Math.min(most, 16); k++)
    cutAll((x) => (x.v.length > 1 ? { ...x, shape: [], v: [x.v[k % x.v.length]!] } : undefined));
  cutAll((x) =>
    x.shape.length > 1
      ? { ...x, shape: x.shape.slice(1), v: x.v.slice(0, x.v.length / Math.max(1, x.shape[0]!)) }
      : undefined,
  );
  for (const part of [0, 1])
    cutAll((x) => {
      const n = x.shape[0] ?? 0;
      if (n < 2) return undefined;
      const row = x.v.length / n;
      const [from, to] = part === 0 ? [0, Math.ceil(n / 2)] : [Math.floor(n / 2), n];
      return { ...x, shape: [to - from, ...x.shape.slice(1)], v: x.v.slice(from * row, to * row) };
    });
  p.inputs.forEach((x, i) => {
    const n = x.shape[0] ?? 0;
    if (n < 2) return;
    const row = x.v.length / n;
    out.push(withInput(p, i, { shape: [n - 1, ...x.shape.slice(1)], v: x.v.slice(0, (n - 1) * row) }));
    out.push(withInput(p, i, { shape: [n - 1, ...x.shape.slice(1)], v: x.v.slice(row) }));
  });
  return out;
};

const rounder = (x: Num, unit: number): Num[] => {
  if (x === 0 || x === 0n) return [];
  if (typeof x === 'bigint') return [0n, 1n, x / 2n].filter((y) => y !== x);
  const digits = Math.round(Number(x.toPrecision(2)) / unit) * unit;
  return [0, 1, ...(Number.isInteger(x) ? [] : [Math.round(x)]), ...(digits === x ? [] : [digits])].filter(
    (y) => y !== x,
  );
};

const smallerValues = (p: Program): Program[] =>
  p.inputs.flatMap((x, i) => [
    ...(x.kind === 'secret' ? [] : [withInput(p, i, { kind: 'secret' })]),
    ...(x.v.length > 24
      ? []
      : x.v.flatMap((v, k) =>
          rounder(v, 2 ** -fractionOf(p.options)).map((r) =>
            withInput(p, i, { v: x.v.map((w, j) => (j === k ? r : w)) }),
          ),
        )),
  ]);

const defined = (o: Program['options']): Program['options'] =>
  Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined)) as unknown as Program['options'];

const smallerOptions = (p: Program): Program[] => {
  const { field, parties, costMode, memoryLimit, link, fraction, rangeGuard, truncAllowMsbError } = p.options;
  const plain = {
    field,
    parties,
    ...(fraction === undefined ? {} : { fraction }),
    ...(rangeGuard && { rangeGuard }),
    ...(truncAllowMsbError === false && { truncAllowMsbError }),
  };
  const set = (options: Program['options']): Program => ({ ...p, options });
  return [
    set({ field: 'FM128', parties: 2 }),
    ...(memoryLimit === undefined
      ? []
      : [set({ ...plain, ...(costMode && { costMode }), ...(link && { link }) })]),
    ...(costMode === undefined || costMode === 'bandwidth'
      ? []
      : [set({ ...plain, ...(memoryLimit && { memoryLimit }) })]),
    ...(fraction === undefined ? [] : [set({ ...p.options, fraction: undefined as never })]),
    ...(parties > 2 ? [set({ ...p.options, parties: 2 })] : []),
  ]
    .map(({ options }) => ({ ...p, options: defined(options) }))
    .filter((q) => JSON.stringify(q.options) !== JSON.stringify(p.options));
};

/** What makes programs smaller, the most first. */
const STEPS: readonly ((p: Program) => Iterable<Program>)[] = [
  function* (p) {
    for (const out of p.outs) if (p.outs.length > 1) yield needed({ ...p, outs: [out] });
  },
  function* (p) {
    for (let k = p.steps.length - 1; k >= 0; k--) {
      if (p.outs.includes(p.inputs.length + k)) continue;
      const made = asInput(p, k);
      if (made) yield made;
    }
  },
  smallerOptions,
  smallerShapes,
  smallerValues,
];

const codeOf = (v: Verdict): string | undefined => ('code' in v ? v.code : undefined);

const MOST = 400;

/** Tries smaller ones until none fails. As long as the failure is of the same kind. */
export const shrink = (start: Program, check: Check): { program: Program; verdict: Verdict } => {
  let [best, verdict] = [start, check(start)];
  let left = MOST;
  for (let again = true; again && left > 0; ) {
    again = false;
    for (const smaller of STEPS)
      for (let moved = true; moved && left > 0; ) {
        moved = false;
        for (const p of tried(smaller, best)) {
          if (left-- <= 0) break;
          const v = checked(check, p);
          if (!v || !isFinding(v) || v.kind !== verdict.kind || codeOf(v) !== codeOf(verdict)) continue;
          [best, verdict, moved, again] = [p, v, true, true];
          break;
        }
      }
  }
  return { program: best, verdict };
};

/** Programs out of range on the way are none. */
const checked = (check: Check, p: Program): Verdict | undefined => {
  try {
    return check(p);
  } catch {
    return undefined;
  }
};

function* tried(smaller: (p: Program) => Iterable<Program>, p: Program): Iterable<Program> {
  try {
    yield* smaller(p);
  } catch {
    // A part of the program cannot be computed alone.
  }
}
