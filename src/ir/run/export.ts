/**
 * @file What an engine holds as plain additive shares (xor for bits): c - r at rank 0 and -r elsewhere. Their sum, put in
 * as private inputs of all parties (ports.ts), is the value again under fresh masks, of which dealers need to know nothing
 * more.
 */
import { sha512 } from '#kernel-host';
import { subtract } from '../../dealer/group.ts';
import { Scratch } from '../../dealer/scratch.ts';
import type { Value } from '../../gates/gate.ts';
import { createCodec } from '../../link/codec.ts';
import type { Field } from '../../ring/field.ts';
import type { Ring } from '../../ring/ring.ts';
import type { Tensor } from '../ops/graph.ts';
import { withMasks } from './mask-stream.ts';
import { type Entry, isTensor } from './store.ts';

const codec = createCodec();

export interface Exported {
  /** This party's share of each object as bytes on the wire, or the object itself if it is public. */
  readonly shares: readonly (Uint8Array | Tensor)[];
  /** The same at all parties for the same objects, and at no other time: of masked and of public values. */
  readonly id: string;
}

export const exportEntries = (
  ring: Ring,
  field: Field,
  rank: number,
  entries: readonly Entry[],
): Exported => {
  const digests: Uint8Array[] = [];
  const wire = (array: NonNullable<Value['c']>): Uint8Array => {
    const bytes = new Uint8Array(ring.wireBytes(array));
    ring.writeWire(bytes, 0, array);
    return bytes;
  };
  const shares = entries.map((entry) => {
    if (isTensor(entry)) {
      digests.push(sha512(codec.encode([entry.shape, entry.dtype, entry.data])));
      return entry;
    }
    const scratch = new Scratch(ring, field);
    const [{ c, r }] = withMasks(scratch, [entry]) as [Required<Value>];
    digests.push(sha512(wire(c)));
    const share = c.kind === 'bits' ? scratch.bits(c.length) : scratch.words(c.length);
    if (rank === 0) ring.copy(share, c);
    else ring.zero(share);
    if (r) subtract(ring, share, share, r);
    const bytes = wire(share);
    scratch.end();
    return bytes;
  });
  const all = new Uint8Array(digests.length * 64);
  for (const [i, d] of digests.entries()) all.set(d, i * 64);
  const id = Array.from(sha512(all).subarray(0, 16), (b) => b.toString(16).padStart(2, '0')).join('');
  return { shares, id };
};
