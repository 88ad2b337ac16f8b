/** @file The task of one block of products in slots: stretches of several requests side by side. */

import type { RingArray } from '../../ring/array.ts';
import type { Factor } from '../cross-terms.ts';
import type { Task } from './lattice-task.ts';
import type { Entry } from './operand-cache.ts';
import type { Slots } from './packed-products.ts';
import type { Setup } from './setup.ts';

/** Words `from` .. `from` + `length` of a request's arrays. */
export interface Stretch {
  readonly x: Factor;
  readonly y: Factor;
  readonly out: RingArray;
  readonly real?: RingArray | undefined;
  readonly from: number;
  readonly length: number;
}

/** A product of what the party that encrypts has with what the other has; of complex numbers there are two such in each part. */
export interface BlockTerm {
  readonly encrypted: 'x' | 'y';
  readonly plain: 'x' | 'y';
  /** It counts twice. */
  readonly twice: boolean;
  readonly entry: Entry;
  /** Whether its ciphertexts are yet to be sent. */
  readonly fresh: boolean;
}

export const slotTask = (
  setup: Setup,
  slots: Slots,
  encryptor: number,
  stretches: readonly Stretch[],
  terms: readonly BlockTerm[],
): Task => {
  const { ring } = setup.scheme.rows;
  const fresh = terms.filter((term) => term.fresh);
  const first = setup.numbers[encryptor]!;
  setup.numbers[encryptor as 0 | 1] += fresh.length * slots.ciphertexts;
  const held: RingArray[] = [];
  const block = (): RingArray => {
    const a = ring.alloc(slots.field, slots.n);
    held.push(a);
    return a;
  };
  /** A factor's words, zero where there are none. */
  const gather = (which: 'x' | 'y'): RingArray => {
    const a = block();
    let at = 0;
    for (const { length, from, ...factors } of stretches) {
      ring.copy(a.view(at, length), factors[which].own.view(from, length));
      at += length;
    }
    ring.zero(a.view(at, slots.n - at));
    return a;
  };
  /** Whether the products are of complex numbers, whose real parts follow. */
  const complex = stretches[0]!.real !== undefined;
  const put = (share: RingArray, part: 'out' | 'real'): void => {
    let at = 0;
    for (const { length, from, ...to } of stretches) {
      ring.copy(to[part]!.view(from, length), share.view(at, length));
      at += length;
    }
  };
  const answer = (part: 'out' | 'real'): Uint8Array<ArrayBuffer> => {
    const share = block();
    const factors = terms.map(({ entry, encrypted, plain, twice }) => {
      const words = gather(part === 'real' ? encrypted : plain);
      if (part === 'real' && encrypted === 'y') ring.neg(words, words);
      if (twice) ring.add(words, words, words);
      const { bytes: cipher, number } = entry.ciphers[0]!;
      return { cipher, number, plain: words };
    });
    const bytes = slots.answer(setup.other, factors, share);
    put(share, part);
    close();
    return bytes;
  };
  const close = (): void => {
    for (const a of held.splice(0)) ring.release(a);
  };
  return {
    encryptor,
    ups: fresh.length,
    upBytes: slots.cipherBytes,
    downs: new Array<number>(complex ? 2 : 1).fill(slots.answerBytes),
    encrypt: (i) => {
      const bytes = slots.encrypt(setup.own, gather(fresh[i]!.encrypted));
      close();
      return bytes;
    },
    open: (i, bytes) => {
      const share = block();
      slots.decrypt(setup.own, bytes, share);
      put(share, i === 0 ? 'out' : 'real');
      close();
    },
    accept: (i, bytes) => {
      fresh[i]!.entry.ciphers[0] = { bytes, number: first + i * slots.ciphertexts };
    },
    *answers() {
      yield answer('out');
      if (complex) {
        yield undefined;
        yield answer('real');
      }
    },
    close,
  };
};
