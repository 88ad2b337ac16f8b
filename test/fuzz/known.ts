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
const squared = (r: readonly Ref[], s: Spec): boolean =>
  custom(s) || s.bits === 32 || beyond((t) => 2 ** (t.f / 2 - 4))(r, s) || sizes(r).some((x) => x < 2 ** -4);

export const KNOWN: readonly Known[] = [
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
  { fn: ['nn.layerNorm', 'nn.standardize'], part: 'statistics', why: 'the square of the root loses bits' },
  {
    fn: ['exp', 'expm1', 'exp2', 'sinh', 'cosh', 'nn.selu', 'nn.celu', 'nn.elu', 'i0', 'floatPower', 'power'],
    when: (_, s) => custom(s) || s.bits === 32,
    part: 'statistics',
    why: 'exp beyond its range',
  },
  {
    fn: [
      'divide',
      'outer',
      'multiply',
      'matmul',
      'dot',
      'einsum',
      'tensordot',
      'vecdot',
      'inner',
      'quantile',
      'percentile',
      'nanquantile',
      'nanpercentile',
    ],
    when: (r, s) => (custom(s) || s.field !== 'FM128') && r.some((x) => x.open),
    part: 'statistics',
    why: 'public factors have few bits',
  },
  {
    fn: ['quantile', 'percentile', 'nanquantile', 'nanpercentile'],
    when: (_, s) => custom(s),
    part: 'statistics',
    why: 'public weights have few bits',
  },
  {
    fn: ['divide', 'remainder', 'mod', 'fmod', 'divmod', 'floorDivide', 'arctan2'],
    when: (r) => r[1]?.open === true,
    part: 'statistics',
    why: 'by a public number is times its inverse',
  },
  { fn: 'frexp', when: (_, s) => s.field !== 'FM128', part: 'types', why: 'powers up to 2^26' },
  {
    fn: 'power',
    when: (r) => r.length > 1 && r[1]!.open === true,
    part: 'types',
    why: 'a result that is public is revealed as a secret',
  },
  {
    fn: 'select',
    when: (r) => r.slice(0, 2).some((x) => x.open === true),
    part: 'types',
    why: 'a result that is public is revealed as a secret',
  },
  {
    fn: 'power',
    when: (r) => r.length > 1,
    part: 'statistics',
    why: 'powers of arrays of exponents take logarithms',
  },
  {
    fn: [
      'var',
      'std',
      'nanvar',
      'nanstd',
      'linalg.norm',
      'linalg.vectorNorm',
      'linalg.matrixNorm',
      'nn.standardize',
      'nn.layerNorm',
      'nn.squareplus',
      'hypot',
      'cov',
      'corrcoef',
      'groupVar',
      'groupStd',
    ],
    when: squared,
    part: 'statistics',
    why: 'squares and their roots leave the range of normalising',
  },
  {
    fn: [
      'mean',
      'nanmean',
      'average',
      'median',
      'nanmedian',
      'percentile',
      'nanpercentile',
      'quantile',
      'nanquantile',
    ],
    when: (r, s) => s.field !== 'FM128' && beyond((t) => t.products / 8)(r, s),
    part: 'statistics',
    why: 'FM64: means overflow before they are divided',
  },
  {
    fn: [
      'deg2rad',
      'rad2deg',
      'degrees',
      'ldexp',
      'nn.leakyRelu',
      'polyint',
      'polyder',
      'mean',
      'nanmean',
      'average',
      'gradient',
      'trapezoid',
    ],
    when: (r, s) => s.bits === 32 || custom(s) || beyond((t) => t.products / 256)(r, s),
    part: 'statistics',
    why: 'public factors have few bits',
  },
  {
    fn: [
      'nn.silu',
      'nn.mish',
      'nn.gelu',
      'nn.softplus',
      'nn.logSigmoid',
      'logaddexp',
      'logaddexp2',
      'nn.sigmoidCrossEntropy',
    ],
    when: beyond((s) => s.products / 256),
    part: 'statistics',
    why: 'keys multiply large numbers by slopes',
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
  {
    fn: ['exp', 'expm1', 'exp2', 'sinh', 'cosh', 'nn.selu', 'nn.celu', 'nn.elu'],
    when: (r, s) => custom(s) || sizes(r).some((x) => x > 20),
    part: 'statistics',
    why: 'exp beyond its range',
  },
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
