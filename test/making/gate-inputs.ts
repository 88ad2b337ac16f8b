/** @file The gates of the secrecy tables with inputs, as two parties run them. */

import type { GateName } from '../../src/gates/gate-table.ts';
import type { AnyArray as Arr } from '../../src/ring/array.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { ring, seedsOf } from '../gates/harness.ts';
import { type Entry, N } from '../gates/secrecy-table.ts';
import type { Masked } from '../gates/view.ts';
import type { Gated } from './gate-run.ts';

/** Cheaper than the wide one, and with every form of a gate. */
export const field = FIELDS.FM64;

/** Inputs of which the share of rank `of` is nothing but `byte`, and the other's is random. */
export const inputsOf = (entry: Entry, of: number, byte: number): Masked => {
  const room = (kind: string, i: number): Arr => {
    const n = entry.lengths?.[i] ?? N;
    return kind === 'bits' ? ring.bits(n) : ring.alloc(field, n);
  };
  const values = [0, 1].map((rank) =>
    entry.ins.map((kind, i) => {
      const [c, r] = [room(kind, i), room(kind, i)];
      ring.u8(c).fill(kind === 'public' ? 1 : 0x35);
      ring.u8(r).fill(byte);
      if (rank !== of) ring.u8(r).set(randomOf(i, r.bytes));
      return kind === 'public' ? { c } : { c, r };
    }),
  );
  return { values, masks: values[0]!.map(({ c, r }) => (r ? { r } : { c })) };
};

/** Bytes that are the same in every run. */
const randomOf = (i: number, length: number): Uint8Array => {
  let s = i + 1;
  return Uint8Array.from({ length }, () => {
    s = Math.imul(s ^ (s >>> 15), 0x2c1b3c6d) + 0x297a2d39;
    return (s ^ (s >>> 13)) >>> 7;
  });
};

/** A gate of which the share of rank `of` is nothing but `byte`. */
export const gatedOf = (name: GateName, entry: Entry, of: number, byte: number): Gated => {
  const attrs = typeof entry.attrs === 'function' ? entry.attrs(field, 2) : entry.attrs;
  let own: Gated['own'];
  if (entry.owner !== undefined) {
    const array = (attrs as { bits?: boolean }).bits ? ring.bits(N) : ring.alloc(field, N);
    ring.u8(array).fill(byte);
    own = { owner: entry.owner, array };
  }
  return { name, field, attrs, given: inputsOf(entry, of, byte), seeds: seedsOf(2), own };
};
