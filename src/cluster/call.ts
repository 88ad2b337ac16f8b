/** @file A call as it is sent, and its answer. */
import type { Build } from '../build.ts';
import type { SentError } from '../device/messages.ts';
import type { Frame } from './frame.ts';
import type { Located, Objects, Taken } from './objects.ts';
import type { TaskCode } from './task.ts';

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

export interface Gathered {
  readonly args: Uint8Array;
  readonly refs: readonly Uint8Array[];
  /** Buffers among them that may be given away. */
  readonly own: readonly ArrayBuffer[];
}

/** The bytes of a call's arguments, from the message and from their holders. */
export const gather = async ({ head, parts }: Frame<CallHead>, objects: Objects): Promise<Gathered> => {
  let next = 0;
  const of = async (sent: Sent): Promise<Taken> =>
    'inline' in sent ? { bytes: parts[next++]!, own: false } : objects.take(sent);
  const all = await Promise.all([head.args, ...head.refs].map(of));
  const [args, ...refs] = all.map(({ bytes }) => bytes);
  const own = all.flatMap(({ bytes, own: mine }) => (mine ? [bytes.buffer as ArrayBuffer] : []));
  return { args: args!, refs, own };
};
