/** @file What stands before the bytes of a message between programs and nodes: calls, answers, and where values are. */
import type { Build } from '../build.ts';
import type { SentError } from '../device/messages.ts';
import type { TaskCode } from './task.ts';

/** Where a value is. */
export interface Located {
  readonly id: string;
  readonly size: number;
  readonly holder: string;
}

/** Where an argument is: with a holder, or among the parts of the message. */
export type Sent = Located | { readonly inline: true };

export interface CallHead {
  /** `<driver>.<number>` */
  readonly id: string;
  readonly driver: string;
  readonly party: string;
  /** Of the program: a node of another does not take its calls. */
  readonly build: Build;
  /** For people. */
  readonly what: string;
  readonly code?: TaskCode;
  /** Of the object with state `state`. */
  readonly method?: string;
  readonly state?: string;
  readonly numReturns: number | null;
  readonly args: Sent;
  readonly refs: readonly Sent[];
}

export interface AnswerHead {
  readonly id: string;
  readonly node: string;
  readonly attempt: number;
  /** Where the queue hears that the answer has arrived (the server does not let it be the reply subject). */
  readonly ack?: string;
  readonly results?: readonly Sent[];
  readonly error?: SentError;
  /** What orders other than calls give back. */
  readonly value?: unknown;
}

/** An order to an object with state. */
export type StateOrder = CallHead & { readonly kind: 'construct' | 'method' | 'end' };
