/**
 * @file What the fuzzer does not draw because it is known to be wrong and not mended yet: data, each with its reason. It is
 * to be empty.
 */
import type { Ref, Spec } from './arrays.ts';
import type { Step } from './program.ts';

export interface Known {
  readonly fn: string | readonly string[];
  readonly when?: (operands: readonly Ref[], spec: Spec, step: Step) => boolean;
  /** What it belongs to: a run may say that this part is mended. */
  readonly part: 'statistics' | 'types' | 'guard';
  readonly why: string;
}

const sizes = (r: readonly Ref[]): number[] =>
  r.flatMap((x) => (x.dtype === 'fxp' ? x.v.map((v) => Math.abs(Number(v))) : []));
const beyond =
  (limit: (s: Spec) => number) =>
  (r: readonly Ref[], s: Spec): boolean =>
    sizes(r).some((x) => x >= limit(s));
const custom = (s: Spec): boolean => s.f !== { FM32: 8, FM64: 18, FM128: 26 }[s.field];

const KNOWN: readonly Known[] = [
  {
    fn: ['nn.layerNorm', 'nn.standardize'],
    when: (_, s) => s.field !== 'FM128' || custom(s),
    part: 'statistics',
    why: 'epsilon is a few units',
  },
  {
    fn: [
      'divide',
      'reciprocal',
      'remainder',
      'mod',
      'fmod',
      'divmod',
      'floorDivide',
      'nn.softSign',
      'sinc',
      'arctan',
      'arctan2',
      'tan',
      'groupMean',
      'groupVar',
      'groupStd',
      'average',
      'grad',
      'valueAndGrad',
      'vmap',
      'vectorize',
      'map',
      'fori',
      'foriLoop',
      'cond',
      'switchCase',
      'piecewise',
      'applyAlongAxis',
      'polydiv',
      'polyfit',
      'unwrap',
      'i0',
      'floatPower',
      'power',
      'linalg.inv',
      'linalg.det',
      'linalg.slogdet',
      'linalg.solve',
      'linalg.lstsq',
      'linalg.tensorinv',
      'linalg.tensorsolve',
      'linalg.qr',
      'linalg.svdvals',
      'linalg.pinv',
      'linalg.cond',
      'linalg.matrixRank',
      'rint',
      'round',
      'frexp',
    ],
    when: (_, s) => s.guarded,
    part: 'guard',
    why: 'what a quotient computes inside is told to have left the range',
  },
  { fn: 'frexp', when: (_, s) => s.field !== 'FM128', part: 'types', why: 'powers up to 2^26' },
  {
    fn: 'power',
    when: (r) => r.length > 1,
    part: 'types',
    why: 'secret whole exponents of negative numbers; a result that is public is revealed as a secret',
  },
  {
    fn: 'select',
    when: (r) => r.slice(0, 2).some((x) => x.open === true),
    part: 'types',
    why: 'a result that is public is revealed as a secret',
  },
  {
    fn: ['trunc', 'fix', 'modf', 'rint', 'divmod', 'fmod'],
    when: beyond(() => 2 ** 62),
    part: 'types',
    why: 'int64 wraps',
  },
  {
    fn: [
      'sort',
      'argsort',
      'partition',
      'argpartition',
      'topK',
      'median',
      'quantile',
      'percentile',
      'lexsort',
      'nanmedian',
      'nanquantile',
      'nanpercentile',
    ],
    when: beyond((s) => s.top / 128),
    part: 'types',
    why: 'places stand behind numbers in one word',
  },
  { fn: ['groupMax', 'groupMin'], when: (_, s) => s.bits === 32, part: 'types', why: 'beyond all is 2^20' },
  { fn: 'ravelMultiIndex', part: 'types', why: 'int32 of secrets' },
];

export const isKnown = (
  step: Step,
  operands: readonly Ref[],
  spec: Spec,
  mended: readonly string[] = [],
): boolean =>
  KNOWN.some(
    (k) =>
      !mended.includes(k.part) && [k.fn].flat().includes(step.fn) && (k.when?.(operands, spec, step) ?? true),
  );
