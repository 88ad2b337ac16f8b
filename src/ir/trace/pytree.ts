/** @file Pytrees: nested arrays and plain objects of leaves, flattened to a list and built up again. */
import { fail } from '../../errors.ts';

/** The shape of a tree, as plain data: it may be sent to other parties and compared as JSON. */
export type TreeDef =
  | { readonly kind: 'leaf' }
  | { readonly kind: 'none' }
  | { readonly kind: 'array'; readonly items: readonly TreeDef[] }
  | { readonly kind: 'set'; readonly items: readonly TreeDef[] }
  | {
      readonly kind: 'map';
      readonly names: readonly (string | number | boolean)[];
      readonly items: readonly TreeDef[];
    }
  | {
      readonly kind: 'object';
      /** Sorted, as the items are. */
      readonly keys: readonly string[];
      readonly items: readonly TreeDef[];
      /** The places of the keys in the order in which the program gave them, where that is another. */
      readonly order?: readonly number[];
    };

export interface Flat {
  readonly leaves: unknown[];
  /** Where each leaf stood: `''`, `[0]`, `.w`, `.layers[2].bias`. */
  readonly paths: string[];
  readonly def: TreeDef;
}

const LEAF: TreeDef = { kind: 'leaf' };
const NONE: TreeDef = { kind: 'none' };
const MAX_DEPTH = 256;

const isPlainObject = (x: unknown): x is Record<string, unknown> => {
  if (typeof x !== 'object' || x === null) return false;
  const proto: unknown = Object.getPrototypeOf(x);
  return proto === Object.prototype || proto === null;
};

const keyPath = (path: string, key: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;

const mapName = (key: unknown, path: string): string | number | boolean =>
  typeof key === 'string' || typeof key === 'number' || typeof key === 'boolean'
    ? key
    : fail(
        'INVALID_ARGUMENT',
        `the keys of a Map in a program are text, numbers and booleans${path && `: ${path}`}`,
      );

/**
 * Leaves of `tree` in a fixed order: arrays, Map and Set by their own, objects by sorted key (so that two parties who built
 * the same object in different order agree); what is built from them again has the program's order. null and undefined are empty subtrees (both come back as null). What is no array, plain object, Map or Set is a leaf, and so is whatever `isLeaf` says is one.
 */
export const flatten = (tree: unknown, isLeaf: (x: unknown) => boolean = () => false): Flat => {
  const leaves: unknown[] = [];
  const paths: string[] = [];
  const walk = (x: unknown, path: string, depth: number): TreeDef => {
    if (depth > MAX_DEPTH)
      fail(
        'INVALID_ARGUMENT',
        `a tree is nested deeper than ${MAX_DEPTH} (a cycle?) at ${path.slice(0, 80)}`,
      );
    if (!isLeaf(x)) {
      if (x === null || x === undefined) return NONE;
      if (Array.isArray(x))
        return { kind: 'array', items: x.map((item: unknown, i) => walk(item, `${path}[${i}]`, depth + 1)) };
      if (isPlainObject(x)) {
        const given = Object.keys(x);
        const keys = given.toSorted();
        const items = keys.map((k) => walk(x[k], keyPath(path, k), depth + 1));
        if (given.every((k, i) => k === keys[i])) return { kind: 'object', keys, items };
        const places = new Map(keys.map((k, i) => [k, i]));
        return { kind: 'object', keys, items, order: given.map((k) => places.get(k)!) };
      }
      if (x instanceof Map) {
        const names = [...(x as Map<unknown, unknown>).keys()].map((k) => mapName(k, path));
        const items = names.map((k) => walk(x.get(k), `${path}.get(${JSON.stringify(k)})`, depth + 1));
        return { kind: 'map', names, items };
      }
      if (x instanceof Set)
        return {
          kind: 'set',
          items: Array.from(x as Set<unknown>, (item, i) => walk(item, `${path}.member${i}`, depth + 1)),
        };
    }
    leaves.push(x);
    paths.push(path);
    return LEAF;
  };
  const def = walk(tree, '', 0);
  return { leaves, paths, def };
};

/** How many leaves a tree of this shape has. */
export const leafCount = (def: TreeDef): number =>
  def.kind === 'leaf' ? 1 : def.kind === 'none' ? 0 : def.items.reduce((n, d) => n + leafCount(d), 0);

/** The tree of shape `def` with these leaves. Throws INVALID_ARGUMENT if their number differs. */
export const unflatten = (def: TreeDef, leaves: readonly unknown[]): unknown => {
  const count = leafCount(def);
  if (count !== leaves.length)
    fail('INVALID_ARGUMENT', `a tree of ${count} leaves cannot be built from ${leaves.length}`);
  let next = 0;
  const build = (d: TreeDef): unknown => {
    if (d.kind === 'leaf') return leaves[next++];
    if (d.kind === 'none') return null;
    if (d.kind === 'array') return d.items.map(build);
    if (d.kind === 'set') return new Set(d.items.map(build));
    if (d.kind === 'map') return new Map(d.items.map((item, i) => [d.names[i]!, build(item)]));
    const entries = d.items.map((item, i) => [d.keys[i]!, build(item)] as const);
    return Object.fromEntries(d.order?.map((place) => entries[place]!) ?? entries);
  };
  return build(def);
};

/** Whether two trees have the same shape, whatever the order of their keys. */
export const sameTree = (a: TreeDef, b: TreeDef): boolean => shapeOf(a) === shapeOf(b);

const shapeOf = (def: TreeDef): string =>
  JSON.stringify(def, (key, value: unknown) => (key === 'order' ? undefined : value));

/** `{w: *, b: [*, *]}`: for messages about trees that differ. */
export const treeText = (def: TreeDef): string => {
  if (def.kind === 'leaf') return '*';
  if (def.kind === 'none') return 'nothing';
  if (def.kind === 'array') return `[${def.items.map(treeText).join(', ')}]`;
  if (def.kind === 'set') return `Set(${def.items.map(treeText).join(', ')})`;
  if (def.kind === 'map')
    return `Map(${def.items.map((d, i) => `${def.names[i]}: ${treeText(d)}`).join(', ')})`;
  return `{${def.items.map((d, i) => `${def.keys[i]}: ${treeText(d)}`).join(', ')}}`;
};
