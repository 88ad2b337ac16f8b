/** @file Orders: what parties ask of a dealer that serves several SPUs. */
import { TesseraError } from '../../errors.ts';
import { controlCodec } from '../../link/codec.ts';
import { FIELDS, type FieldName } from '../../ring/field.ts';
import type { DealerOrder } from './node.ts';

export const packOrder = (order: DealerOrder | 'end'): Uint8Array => controlCodec.encode(order);

/** Throws SERIALIZATION for what is no order. */
export const unpackOrder = (
  bytes: Uint8Array,
  party: string,
): (DealerOrder & { field: FieldName }) | 'end' => {
  const order = controlCodec.decode(bytes);
  if (order === 'end') return order;
  const { id, field, parties } = (order ?? {}) as Partial<DealerOrder>;
  const well =
    typeof id === 'string' &&
    typeof field === 'string' &&
    Object.hasOwn(FIELDS, field) &&
    Array.isArray(parties) &&
    parties.length >= 2 &&
    parties.every((p) => typeof p === 'string') &&
    parties.includes(party);
  if (!well)
    throw new TesseraError('SERIALIZATION', `${party} sent the dealer an order that is none`, { party });
  return order as DealerOrder & { field: FieldName };
};
