/** @file Orders: what parties ask of a dealer that serves several SPUs. */
import { TesseraError } from '../../errors.ts';
import { controlCodec } from '../../link/codec.ts';
import { MOST_IDS } from '../../psi/shape.ts';
import { FIELDS, type FieldName } from '../../ring/field.ts';
import type { DealerOrder } from './spu-node.ts';

/** What two parties whose sets meet tell the dealer: the first sends, the second has so many identifiers. */
export interface SetsOrder {
  readonly id: string;
  readonly parties: readonly [sender: string, receiver: string];
  readonly count: number;
}

export type Order = DealerOrder | SetsOrder;

export const packOrder = (order: Order | 'end'): Uint8Array => controlCodec.encode(order);

/** Throws SERIALIZATION for what is no order. */
export const unpackOrder = (
  bytes: Uint8Array,
  party: string,
): (DealerOrder & { field: FieldName }) | SetsOrder | 'end' => {
  const order = controlCodec.decode(bytes);
  if (order === 'end') return order;
  const { id, field, parties, count } = (order ?? {}) as Partial<DealerOrder & SetsOrder>;
  const forSets = Number.isInteger(count) && count! >= 1 && count! <= MOST_IDS && parties?.length === 2;
  const well =
    typeof id === 'string' &&
    (field === undefined ? forSets : typeof field === 'string' && Object.hasOwn(FIELDS, field)) &&
    Array.isArray(parties) &&
    parties.length >= 2 &&
    parties.every((p) => typeof p === 'string') &&
    parties.includes(party);
  if (!well)
    throw new TesseraError('SERIALIZATION', `${party} sent the dealer an order that is none`, { party });
  return order as (DealerOrder & { field: FieldName }) | SetsOrder;
};
