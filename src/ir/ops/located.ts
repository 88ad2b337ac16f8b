/** @file Errors of an op, with its name and the user's call site. */
import { TesseraError } from '../../errors.ts';
import type { Node } from './graph.ts';

/** The error of `node`'s work, as its user is to see it. */
export const located = ({ op, site }: Pick<Node, 'op' | 'site'>, e: unknown): unknown => {
  if (!(e instanceof TesseraError)) return e;
  const at = site ? ` at ${site}` : '';
  return new TesseraError(e.code, `${e.message} [op ${op}${at}]`, { ...e.info, op, site }, e);
};
