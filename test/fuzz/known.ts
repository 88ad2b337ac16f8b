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
  readonly part: string;
  readonly why: string;
}

const KNOWN: readonly Known[] = [];

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
