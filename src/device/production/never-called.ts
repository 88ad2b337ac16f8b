/** @file A party that lives, and does not do its part of an operation: what is said of it after `crossSilo.opTimeoutMs`. */
import { TesseraError } from '../../errors.ts';
import type { Op } from '../operation.ts';
import type { Journal } from './journal.ts';

const textOf = ({ number, what, site }: Op): string =>
  `#${number} (${what}${site === undefined ? '' : `, called at ${site}`})`;

const standing = (party: string, journal: Journal): string => {
  const last = journal.called(party);
  return last === undefined
    ? `${party} has called nothing yet`
    : `${party}'s last operation is #${last.number} (${last.what}${last.site === undefined ? '' : `, called at ${last.site} there`})`;
};

/**
 * The error for `op`, whose part of `awaited` is missing: those of them that have not called it, or, where all have, those
 * that have not come to its end.
 */
export const neverCalled = (
  op: Op,
  awaited: readonly string[],
  journal: Journal,
  limitMs: number,
): TesseraError => {
  // The end of a session has no number of its own here, and is the last that was called.
  const number = op.number === 0 ? journal.last : op.number;
  const missing = awaited.filter((party) => (journal.called(party)?.number ?? 0) < number);
  const blamed = missing.length > 0 ? missing : awaited;
  const why = missing.length > 0 ? 'has not called it' : 'has called it and not come to its end';
  return new TesseraError(
    'PEER_LOST',
    `op ${textOf({ ...op, number })} waited ${limitMs / 1000} s (crossSilo.opTimeoutMs) for ${blamed.join(' and ')}, who ` +
      `is connected and ${why}: ${blamed.map((party) => standing(party, journal)).join('; ')}`,
    { party: blamed[0], parties: blamed, op: number, program: op.what, site: op.site, limitMs },
  );
};
