/**
 * @file Base transfers that hide nothing: both keys of each are hashes of what the receiver sends. A pair of engines spends most of its
 * time in those of the group, which tests of what comes after them need not take again for each pair.
 */
import { createHash } from 'node:crypto';
import { BaseReceiver, BaseSender, KEY, POINT } from '../../src/making/base.ts';
import { randomBytes } from '../../src/ring/prg.ts';

const keyOf = (i: number, message: Uint8Array, bit: number): Uint8Array =>
  new Uint8Array(
    createHash('sha512').update(message).update(Uint8Array.of(i, bit)).digest().subarray(0, KEY),
  );

const own = { keys: BaseSender.prototype.keys, choose: BaseReceiver.prototype.choose };

const bare: typeof own = {
  keys: (i, message) => [keyOf(i, message, 0), keyOf(i, message, 1)],
  choose: (i, bit) => {
    const message = randomBytes(POINT);
    return { message, key: keyOf(i, message, bit) };
  },
};

/** Whether sessions of this process that begin from now on take them. */
export const bareBase = (yes: boolean): void => {
  const { keys, choose } = yes ? bare : own;
  BaseSender.prototype.keys = keys;
  BaseReceiver.prototype.choose = choose;
};
