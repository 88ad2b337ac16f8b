/** @file What a session tells its program without being asked. */
import { instance, isFunction, type Schema } from '../config/schema.ts';
import { log } from '../log.ts';

/** `coarse`: a public number that the fraction bits of a program cannot hold; `site` is the line that uses it. */
export interface SessionEvent {
  readonly kind: string;
  readonly text: string;
  readonly site?: string | undefined;
}

export type Listener = (event: SessionEvent) => void;

export const listener: Schema<Listener> = instance(isFunction, 'a function');

/** Shown a copy of what arrives for an SPU: from which party, the bytes, and at which party. */
export type Received = (from: string, bytes: Uint8Array, to: string) => void;

/** Levels at which warnings are not printed. */
const SILENT: readonly string[] = ['error', 'critical'];

/** Who hears of events: the program's own function, or standard error, each text once. */
export const emitter = (onEvent: Listener | undefined, loggingLevel: string): Listener => {
  if (onEvent) return onEvent;
  const told = new Set<string>();
  return ({ kind, text, site }) => {
    if (SILENT.includes(loggingLevel) || told.has(text)) return;
    told.add(text);
    log('warning', text, { kind, site });
  };
};
