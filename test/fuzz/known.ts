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
  readonly part: 'statistics';
  readonly why: string;
}

const custom = (s: Spec): boolean => s.f !== { FM32: 8, FM64: 18, FM128: 26 }[s.field];

const KNOWN: readonly Known[] = [
  {
    fn: ['nn.layerNorm', 'nn.standardize'],
    when: (_, s) => s.field !== 'FM128' || custom(s),
    part: 'statistics',
    why: 'epsilon is a few units',
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
