/**
 * @file Lines on standard error that inform or warn: for people, or where TESSERA_LOG is `json`, an object a line for what
 * collects logs. None holds a secret or a share.
 */
import { environmentVariable } from './environment-variable.ts';

export type LogLevel = 'info' | 'warning' | 'error';

/** One line. `fields`: what a program that reads logs may look for; `prefix` stands before the text for people. */
export const log = (
  level: LogLevel,
  text: string,
  fields: Readonly<Record<string, unknown>> = {},
  prefix = 'tessera',
): void => {
  const json = environmentVariable('TESSERA_LOG') === 'json';
  const line = { time: new Date().toISOString(), level, program: prefix, message: text, ...fields };
  console.error(json ? JSON.stringify(line) : `${prefix}: ${text}`);
};
