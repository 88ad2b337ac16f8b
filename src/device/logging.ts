/**
 * @file How much a session prints. A level silences what informs; a warning that a party could learn what it should not, and
 * an error that nobody else tells, are printed at every level.
 */
import { suggestion } from '../names.ts';
import { configError, describe, optional, type Reader } from './read.ts';

export type LoggingLevel = 'debug' | 'info' | 'warning' | 'error' | 'critical';

const LEVELS: readonly LoggingLevel[] = ['debug', 'info', 'warning', 'error', 'critical'];

/** In any case of letters. Throws CONFIG for what is none of the levels. */
const readLevel: Reader<LoggingLevel> = (value, path) => {
  if (typeof value !== 'string')
    return configError(path, `${describe(value)} is no level: use ${LEVELS.join(', ')}`);
  const level = LEVELS.find((l) => l === value.toLowerCase());
  return level ?? configError(path, `${describe(value)} is no level: ${suggestion(value, LEVELS)}`);
};

/** The key of every mode. */
export const loggingLevel = optional<LoggingLevel>(readLevel, 'info');

/** Whether what only informs is kept back. */
export const isQuiet = (level: LoggingLevel): boolean => level !== 'info' && level !== 'debug';
