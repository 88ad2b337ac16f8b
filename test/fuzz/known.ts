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
  readonly part: 'magnitude' | 'statistics' | 'types';
  readonly why: string;
}

const sizes = (r: readonly Ref[]): number[] =>
  r.flatMap((x) => (x.dtype === 'fxp' ? x.v.map((v) => Math.abs(Number(v))) : []));
const beyond =
  (limit: (s: Spec) => number) =>
  (r: readonly Ref[], s: Spec): boolean =>
    sizes(r).some((x) => x >= limit(s));
const custom = (s: Spec): boolean => s.f !== { FM32: 8, FM64: 18, FM128: 26 }[s.field];
const normal = (r: readonly Ref[], s: Spec): boolean =>
  custom(s) ||
  s.bits === 32 ||
  r.some((x) => x.dtype === 'fxp' && x.v.some((v) => Number(v) <= 0)) ||
  beyond((t) => 2 ** t.f)(r, s);
const squared = (r: readonly Ref[], s: Spec): boolean =>
  custom(s) || s.bits === 32 || beyond((t) => 2 ** (t.f / 2 - 4))(r, s) || sizes(r).some((x) => x < 2 ** -4);

export const KNOWN: readonly Known[] = [
  {
    fn: [
      'sqrt',
      'rsqrt',
      'log',
      'log2',
      'log10',
      'log1p',
      'cbrt',
      'arcsinh',
      'arccosh',
      'arctanh',
      'arctan',
      'arcsin',
      'arccos',
      'reciprocal',
      'divide',
      'nn.softSign',
      'nn.log1mexp',
      'tan',
      'i0',
      'sinc',
      'floatPower',
      'power',
      'arctan2',
      'remainder',
      'mod',
      'fmod',
      'divmod',
      'floorDivide',
      'round',
      'frexp',
    ],
    when: normal,
    part: 'magnitude',
    why: 'normalising covers 2^-f to 2^f at the default fraction',
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
      'linalg.inv',
      'linalg.solve',
      'linalg.det',
      'linalg.slogdet',
      'linalg.lstsq',
      'linalg.qr',
      'linalg.tensorinv',
      'linalg.tensorsolve',
      'linalg.svdvals',
      'linalg.pinv',
      'linalg.cond',
      'linalg.matrixRank',
      'nn.softmax',
      'nn.logSoftmax',
      'nn.logsumexp',
      'nn.logmeanexp',
      'polydiv',
      'polyfit',
      'groupMean',
      'nn.softmaxCrossEntropy',
      'nn.softmaxCrossEntropyWithIntegerLabels',
      'nn.dotProductAttention',
    ],
    when: (_, s) => custom(s) || s.bits === 32,
    part: 'magnitude',
    why: 'made of quotients and logarithms at the default fraction',
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
  {
    fn: [
      'grad',
      'valueAndGrad',
      'vmap',
      'vectorize',
      'map',
      'applyAlongAxis',
      'fori',
      'foriLoop',
      'cond',
      'switchCase',
      'piecewise',
    ],
    when: (_, s) => custom(s) || s.bits === 32,
    part: 'magnitude',
    why: 'of functions that normalise',
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
