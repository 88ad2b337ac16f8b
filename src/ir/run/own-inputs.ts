/** @file A party's private inputs of a job: encoded before it begins, but for those that enter by parts, each when its turn comes. */
import type { Scratch } from '../../dealer/scratch.ts';
import type { PrivateInput } from '../../gates/gate.ts';
import type { AnyArray as Arr } from '../../ring/array.ts';
import type { Graph, Tensor, TensorData } from '../ops/graph.ts';
import { encodeTensor } from './encode.ts';
import type { PrivateInputs } from './gate-party.ts';

export class OwnInputs implements PrivateInputs {
  readonly #scratch: Scratch;
  readonly #tensors: ReadonlyMap<number, Tensor>;
  readonly #fraction: number;
  readonly #encoded = new Map<string, Arr>();

  constructor(scratch: Scratch, tensors: ReadonlyMap<number, Tensor>, fraction: number) {
    this.#scratch = scratch;
    this.#tensors = tensors;
    this.#fraction = fraction;
  }

  /** Encodes all that enters whole. Throws RANGE for what the ring cannot hold. */
  encode({ nodes }: Graph): void {
    const byParts = new Set(nodes.flatMap(({ attrs }) => (attrs.from === undefined ? [] : [attrs.name])));
    for (const [name, tensor] of this.#tensors)
      if (!byParts.has(name))
        this.#encoded.set(keyOf({ name, length: 0 }), encodeTensor(this.#scratch, tensor, this.#fraction));
  }

  get(which: PrivateInput): Arr | undefined {
    const { name, from, length } = which;
    const tensor = this.#tensors.get(name);
    if (!tensor || from === undefined) return this.#encoded.get(keyOf(which));
    const data = tensor.data.subarray(from, from + length) as TensorData;
    const part = encodeTensor(this.#scratch, { ...tensor, shape: [length], data }, this.#fraction);
    this.#encoded.set(keyOf(which), part);
    return part;
  }

  spent(which: PrivateInput): void {
    const array = this.#encoded.get(keyOf(which));
    if (array) this.#scratch.drop(array);
    this.#encoded.delete(keyOf(which));
  }
}

const keyOf = ({ name, from }: PrivateInput): string => `${name} ${from ?? ''}`;
