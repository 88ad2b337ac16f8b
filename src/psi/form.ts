/** @file Which form of an oblivious function two parties evaluate. */
import type { Correlation } from './correlation.ts';
import { dealtBy } from './dealt.ts';
import type { Wire } from './peer-messages.ts';
import { transferred } from './transferred.ts';

/** Identifiers of both, up to which their points take less time than those of the transfers. */
const FEW = 1500;

/** The correlation of a dealer, or of transfers where there is none; undefined for sets that are so small that points of a curve are faster. */
export const correlationFor = (
  dealer: Wire | undefined,
  own: number,
  theirs: number,
): Correlation | undefined => {
  if (dealer !== undefined) return dealtBy(dealer);
  return own + theirs > FEW ? transferred : undefined;
};
