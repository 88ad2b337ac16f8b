/**
 * @file How much a session prints. A level silences what informs; a warning that a party could learn what it should not, and
 * an error that nobody else tells, are printed at every level.
 */
import { custom, optional } from '../config/schema.ts';
import { fail } from '../errors.ts';
import { describe, suggestion } from '../names.ts';

export type LoggingLevel = 'debug' | 'info' | 'warning' | 'error' | 'critical';

const LEVELS: readonly LoggingLevel[] = ['debug', 'info', 'warning', 'error', 'critical'];

/** In any case of letters. */
const level = custom<LoggingLevel>({ enum: LEVELS }, (value) => {
  if (typeof value !== 'string')
    return fail('CONFIG', `${describe(value)} is no level: use ${LEVELS.join(', ')}`);
  const found = LEVELS.find((l) => l === value.toLowerCase());
  return found ?? fail('CONFIG', `${describe(value)} is no level: ${suggestion(value, LEVELS)}`);
});

/** The key of every mode. */
export const loggingLevel = optional(level, 'info');

/** Whether what only informs is kept back. */
export const isQuiet = (level: LoggingLevel): boolean => level !== 'info' && level !== 'debug';
