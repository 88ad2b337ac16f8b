/** @file Trees of arguments and results: those of JAX, or what its compiler noted beside results ("result[0]['w']"). */
import { fail } from '../../errors.ts';
import type { Tree } from './exported.ts';

const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> =>
  typeof x === 'object' && x !== null && !Array.isArray(x);

/** The leaves of a value that has the form of a tree. Throws INVALID_ARGUMENT where it has another. */
export const flattenBy = (tree: Tree, value: unknown, path: string): unknown[] => {
  switch (tree.kind) {
    case 'leaf':
      if (value === undefined || value === null) return fail('INVALID_ARGUMENT', `${path} is missing`);
      return [value];
    case 'none':
      return [];
    case 'list': {
      if (!Array.isArray(value) || value.length !== tree.children.length)
        return fail(
          'INVALID_ARGUMENT',
          `${path} is a list of ${tree.children.length}, as the program was exported, not ${Array.isArray(value) ? `of ${value.length}` : typeof value}`,
        );
      return tree.children.flatMap((child, i) => flattenBy(child, value[i], `${path}[${i}]`));
    }
    case 'dict': {
      if (!isRecord(value))
        return fail('INVALID_ARGUMENT', `${path} is an object with ${tree.names.join(', ')}`);
      const unknown = Object.keys(value).find((key) => !tree.names.includes(key));
      if (unknown !== undefined)
        fail(
          'INVALID_ARGUMENT',
          `${path} has no ${JSON.stringify(unknown)}: it has ${tree.names.join(', ')}`,
        );
      return tree.children.flatMap((child, i) => {
        const name = tree.names[i] as string;
        return flattenBy(child, Object.hasOwn(value, name) ? value[name] : undefined, `${path}.${name}`);
      });
    }
  }
};

/** Leaves, one after another, as a tree has them. */
export const unflattenBy = <T>(tree: Tree, leaves: Iterator<T>): unknown => {
  switch (tree.kind) {
    case 'leaf':
      return leaves.next().value;
    case 'none':
      return null;
    case 'list':
      return tree.children.map((child) => unflattenBy(child, leaves));
    case 'dict':
      return Object.fromEntries(
        tree.names.map((name, i) => [name, unflattenBy(tree.children[i] as Tree, leaves)]),
      );
  }
};

/** "result[0]['w'].bias" -> [0, 'w', 'bias']. */
const keysOf = (path: string): (string | number)[] | undefined => {
  const keys: (string | number)[] = [];
  let rest = path.replace(/^result/, '');
  while (rest !== '') {
    const found = /^(?:\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\.([A-Za-z_]\w*))/.exec(rest);
    if (!found) return undefined;
    keys.push(found[1] !== undefined ? Number(found[1]) : ((found[2] ?? found[3]) as string));
    rest = rest.slice(found[0].length);
  }
  return keys;
};

interface Draft {
  readonly entries: Map<string | number, Draft>;
}

/** The tree of results by the paths noted beside them, or a list of them; of a single one without a path the array itself. */
export const treeOfPaths = (paths: readonly (string | undefined)[]): Tree => {
  const list: Tree = { kind: 'list', children: paths.map(() => ({ kind: 'leaf' })) };
  const keys = paths.map((path) => (path === undefined ? undefined : keysOf(path)));
  if (keys.some((k) => k === undefined)) return paths.length === 1 ? { kind: 'leaf' } : list;
  const root: Draft = { entries: new Map() };
  for (const path of keys as (string | number)[][]) {
    let now = root;
    for (const key of path) {
      const next = now.entries.get(key) ?? { entries: new Map() };
      now.entries.set(key, next);
      now = next;
    }
  }
  const build = ({ entries }: Draft): Tree => {
    if (entries.size === 0) return { kind: 'leaf' };
    const children = [...entries.values()].map(build);
    const names = [...entries.keys()];
    return names.every((key, i) => key === i)
      ? { kind: 'list', children }
      : { kind: 'dict', names: names.map(String), children };
  };
  const tree = build(root);
  return count(tree) === paths.length ? tree : list;
};

const count = (tree: Tree): number =>
  tree.kind === 'leaf'
    ? 1
    : tree.kind === 'none'
      ? 0
      : tree.children.reduce((n, child) => n + count(child), 0);
