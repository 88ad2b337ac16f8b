/** @file Values on their way: encoded as in production, with places in them for values that come separately. */
import '../device/production/array-codec.ts';
import { createCodec } from '../link/codec.ts';
import { registerType } from '../link/types.ts';

/** Stands in a tree for the value of a handle. */
export class Hole {
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }
}

registerType<Hole>({
  module: 'tessera',
  name: 'Hole',
  test: (value) => value instanceof Hole,
  encode: ({ index }) => index,
  decode: (value) => new Hole(Number(value)),
});

const codec = createCodec();

/** Throws SERIALIZATION for what is no data. */
export const encode = (value: unknown): Uint8Array => codec.encode(value);
export const decode = (bytes: Uint8Array): unknown => codec.decode(bytes);

const isPlain = (x: object): boolean => {
  const proto: unknown = Object.getPrototypeOf(x);
  return proto === Object.prototype || proto === null;
};

/** The tree with its holes filled. */
export const fill = (tree: unknown, values: readonly unknown[]): unknown => {
  if (values.length === 0) return tree;
  if (tree instanceof Hole) return values[tree.index];
  if (Array.isArray(tree)) return tree.map((item: unknown) => fill(item, values));
  if (tree instanceof Map)
    return new Map(Array.from(tree as Map<unknown, unknown>, ([k, v]) => [fill(k, values), fill(v, values)]));
  if (tree instanceof Set) return new Set(Array.from(tree as Set<unknown>, (v) => fill(v, values)));
  if (typeof tree !== 'object' || tree === null || !isPlain(tree)) return tree;
  return Object.fromEntries(Object.entries(tree).map(([k, v]) => [k, fill(v, values)]));
};
