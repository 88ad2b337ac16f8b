/** @file Both ends of a line in memory, and transfers between them whose seeds are fixed. */

import type { MakingChannel } from '../../src/making/cross-terms.ts';
import { type Ends, Receiver, Sender } from '../../src/making/extension.ts';
import { type BlockBits, blocksOf, puncturedTrees, sidesOf, wholeTrees } from '../../src/making/seeds.ts';
import { Pads } from '../../src/ring/pads.ts';
import type { Ring } from '../../src/ring/ring.ts';

export interface Line {
  readonly ends: readonly [MakingChannel, MakingChannel];
  /** All that was sent, by rank. */
  readonly sent: readonly [Uint8Array[], Uint8Array[]];
}

/** A line that refuses messages of another length than is awaited. */
export const line = (): Line => {
  const waiting: [Uint8Array[], Uint8Array[]] = [[], []];
  const wake: [(() => void) | undefined, (() => void) | undefined] = [undefined, undefined];
  const sent: [Uint8Array[], Uint8Array[]] = [[], []];
  const end = (rank: 0 | 1): MakingChannel => ({
    rank,
    send: (message) => {
      sent[rank].push(message.slice());
      waiting[rank].push(message);
      wake[1 - rank]?.();
    },
    receive: async (bytes) => {
      const from = waiting[1 - rank]!;
      while (from.length === 0)
        await new Promise<void>((resolve) => {
          wake[rank] = resolve;
        });
      const message = from.shift()!;
      if (message.length !== bytes) throw new Error(`${message.length} bytes, not ${bytes}`);
      return message;
    },
  });
  return { ends: [end(0), end(1)], sent };
};

/** 32 bytes that are the same in every run. */
export const fixed = (...numbers: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(32).fill(9);
  numbers.forEach((n, i) => {
    new DataView(bytes.buffer).setUint32(4 * i, n);
  });
  return bytes;
};

/** What base transfers leave at both parties, from fixed seeds; pads by ChaCha20, as between pages (sessions of Node take AES). */
export const fixedEnds = async (
  ring: Ring,
  seed: number,
  k: BlockBits = 4,
): Promise<readonly [Ends, Ends]> => {
  const pads = await Pads.on(ring, 'chacha20');
  /** Transfers that rank `sender` sends. */
  const direction = (sender: number) => {
    const missing = blocksOf(k).map(
      (bits, b) => Math.imul(b + seed + 3 * sender, 0x9e3779b1) >>> (32 - bits),
    );
    const keys = sidesOf(k, missing).map(
      (_, i) => [fixed(seed, sender, i, 1), fixed(seed, sender, i, 2)] as const,
    );
    const roots = missing.map((_, b) => fixed(seed, sender, b, 3));
    const { leaves, message } = wholeTrees(k, roots, keys);
    const chosen = sidesOf(k, missing).map((side, i) => keys[i]![side as 0 | 1]);
    return {
      sender: new Sender(ring, k, missing, puncturedTrees(k, missing, chosen, message), pads),
      receiver: new Receiver(ring, k, leaves, pads),
    };
  };
  const [first, second] = [direction(0), direction(1)];
  return [
    { sender: first.sender, receiver: second.receiver },
    { sender: second.sender, receiver: first.receiver },
  ];
};
