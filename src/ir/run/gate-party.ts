/** @file What a gate is given at a party: its material, its openings, and its place among the parties. */

import type { Chunk } from '../../dealer/material-context.ts';
import { PartyContext } from '../../dealer/party-context.ts';
import type { MaterialLayout, SlotTable } from '../../dealer/slots.ts';
import type { Opening, OpenOptions, Party, PrivateInput, Steps } from '../../gates/gate.ts';
import type { MadeEnds } from '../../gates/open-truncate.ts';
import type { AnyArray as Arr } from '../../ring/array.ts';
import type { Role } from './party-role.ts';

/** This party's private inputs, encoded when they are asked for; undefined where they are another's. */
export interface PrivateInputs {
  get(which: PrivateInput): Arr | undefined;
  /** It has entered, and is not asked for again. */
  spent(which: PrivateInput): void;
}

export class GateParty<S extends object = SlotTable> extends PartyContext<S> implements Party<S> {
  readonly parties: number;
  readonly made: MadeEnds | undefined;
  readonly openings: Opening[] = [];
  readonly #inputs: PrivateInputs;
  readonly #sums: Uint32Array;

  constructor(
    role: Role,
    gate: number,
    layout: MaterialLayout,
    chunks: readonly Chunk[],
    inputs: PrivateInputs,
    sums: Uint32Array,
  ) {
    super(role.ring, role.field, role.rank, role.prg, gate, layout, chunks, role.made?.common);
    this.parties = role.parties;
    this.made = role.made?.ends;
    this.#inputs = inputs;
    this.#sums = sums;
  }

  *open<T extends Arr, U = never>(array: T, options: OpenOptions<U> = {}): Steps<T, U> {
    // Slots that it uses are in its type alone: only numbers and pauses come out of it.
    const { compute, ...rest } = options as OpenOptions;
    this.openings.push({ width: 8, ...rest, ...(compute && { compute }), array });
    yield;
    return array;
  }

  input(which: PrivateInput): Arr | undefined {
    return this.#inputs.get(which);
  }

  note(site: number, share: number): void {
    this.#sums[site]! ^= share;
  }
}
