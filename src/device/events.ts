/** @file What a session tells its program without being asked. */
import { instance, isFunction, type Schema } from '../config/schema.ts';

/** `coarse`: a public number that the fraction bits of a program cannot hold; `site` is the line that uses it. */
export interface SessionEvent {
  readonly kind: string;
  readonly text: string;
  readonly site?: string | undefined;
}

export type Listener = (event: SessionEvent) => void;

export const listener: Schema<Listener> = instance(isFunction, 'a function');

/** Levels at which warnings are not printed. */
const SILENT: readonly string[] = ['error', 'critical'];

/** Who hears of events: the program's own function, or standard error, each text once. */
export const teller = (onEvent: Listener | undefined, loggingLevel: string): Listener => {
  if (onEvent) return onEvent;
  const told = new Set<string>();
  return ({ text }) => {
    if (SILENT.includes(loggingLevel) || told.has(text)) return;
    told.add(text);
    console.error(`tessera: ${text}`);
  };
};
