/** @file A call as it is sent, and its answer. */

import type { CallHead, Sent } from './heads.ts';
import type { Frame } from './message-frame.ts';
import type { Objects, Taken } from './object-store.ts';

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
