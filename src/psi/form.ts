/** @file Which form of an oblivious function two parties evaluate. */
import type { Correlation } from './correlation.ts';
import { dealtBy } from './dealt.ts';
import type { Wire } from './peer-messages.ts';

/** Identifiers of both, up to which points of a curve take less time than base transfers. */
const FEW = 6000;

/** The correlation of a dealer, or of transfers where there is none; undefined for sets that are so small that points of a curve are faster. */
export const correlationFor = async (
  dealer: Wire | undefined,
  own: number,
  theirs: number,
): Promise<Correlation | undefined> => {
  if (dealer !== undefined) return dealtBy(dealer);
  return own + theirs > FEW ? (await import('./transferred.ts')).transferred : undefined;
};
