/**
 * @file What `jax.export.export(jax.jit(f))(*args).serialize()` writes: a flatbuffer (jax, export/serialization.fbs) with the trees of
 * arguments and results, which arguments the program uses, and its portable bytecode.
 */
import { LIMITS, malformed } from './module.ts';

export type Tree =
  | { readonly kind: 'leaf' }
  | { readonly kind: 'none' }
  | { readonly kind: 'list'; readonly children: readonly Tree[] }
  | { readonly kind: 'dict'; readonly names: readonly string[]; readonly children: readonly Tree[] };

export interface Exported {
  readonly name: string;
  readonly module: Uint8Array;
  /** Of [positional arguments, named arguments]. */
  readonly arguments: Tree;
  readonly results: Tree;
  /** The leaves of the arguments that the module takes. */
  readonly kept: readonly number[];
  readonly platforms: number;
}

/** Fields of the table `Exported`, by their places in the schema. */
const FIELD = { name: 1, inTree: 2, outTree: 4, platforms: 9, effects: 10, module: 13, kept: 15 } as const;
/** Kinds of trees; a custom one, such as a named tuple, is the list of its children. */
const KINDS = ['leaf', 'none', 'list', 'list', 'dict', 'list'] as const;

const utf8 = new TextDecoder('utf-8', { fatal: true });

class Flatbuffer {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #left: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // A table may be named many times: no more is read than the file could hold.
    this.#left = bytes.length + 64;
  }

  #check(at: number, size: number): number {
    if (!(at >= 0 && at + size <= this.#bytes.length))
      return malformed('a place beyond the end', `byte ${at}`);
    if (--this.#left < 0) return malformed('more parts than bytes', `byte ${at}`);
    return at;
  }
  uint32(at: number): number {
    return this.#view.getUint32(this.#check(at, 4), true);
  }
  uint16(at: number): number {
    return this.#view.getUint16(this.#check(at, 2), true);
  }
  byte(at: number): number {
    return this.#view.getUint8(this.#check(at, 1));
  }

  get root(): number {
    return this.uint32(0);
  }
  /** Where a field of a table is, or undefined where it has its default. */
  field(table: number, index: number): number | undefined {
    const vtable = table - this.#view.getInt32(this.#check(table, 4), true);
    const size = this.uint16(vtable);
    if (4 + 2 * index + 2 > size) return undefined;
    const offset = this.uint16(vtable + 4 + 2 * index);
    return offset === 0 ? undefined : table + offset;
  }
  /** What a field points at. */
  target(at: number): number {
    return at + this.uint32(at);
  }
  vector(table: number, index: number): { readonly at: number; readonly n: number } {
    const field = this.field(table, index);
    if (field === undefined) return { at: 0, n: 0 };
    const at = this.target(field);
    const n = this.uint32(at);
    if (n > this.#bytes.length) return malformed(`a list of ${n}`, `byte ${at}`);
    return { at: at + 4, n };
  }
  slice(at: number, n: number): Uint8Array {
    this.#check(at, n);
    return this.#bytes.subarray(at, at + n);
  }
  text(at: number): string {
    const n = this.uint32(at);
    const bytes = this.slice(at + 4, n);
    try {
      return utf8.decode(bytes);
    } catch {
      return malformed('text is not UTF-8', `byte ${at}`);
    }
  }
}

const treeOf = (b: Flatbuffer, table: number, depth = 0): Tree => {
  if (depth > LIMITS.depth) return malformed('trees in one another', `byte ${table}`);
  const at = b.field(table, 0);
  const kind = KINDS[at === undefined ? 0 : b.byte(at)];
  if (kind === undefined) return malformed('a tree of an unknown kind', `byte ${table}`);
  if (kind === 'leaf' || kind === 'none') return { kind };
  const list = b.vector(table, 1);
  const children = Array.from({ length: list.n }, (_, i) => treeOf(b, b.target(list.at + 4 * i), depth + 1));
  if (kind === 'list') return { kind, children };
  const keys = b.vector(table, 2);
  const names = Array.from({ length: keys.n }, (_, i) => b.text(b.target(keys.at + 4 * i)));
  return names.length === children.length
    ? { kind, names, children }
    : malformed('a dictionary with fewer names than entries', `byte ${table}`);
};

/** Does this look like what jax.export writes? A flatbuffer has no name of its own: its root lies inside, and has a module. */
export const isExported = (bytes: Uint8Array): boolean => {
  try {
    return readExported(bytes).module.length > 0;
  } catch {
    return false;
  }
};

/** Throws SERIALIZATION with the place in the file. */
export const readExported = (bytes: Uint8Array): Exported => {
  const b = new Flatbuffer(bytes);
  const { root } = b;
  const treeAt = (index: number): Tree => {
    const at = b.field(root, index);
    return at === undefined ? malformed('a tree is missing', 'its begin') : treeOf(b, b.target(at));
  };
  const module = b.vector(root, FIELD.module);
  const kept = b.vector(root, FIELD.kept);
  const name = b.field(root, FIELD.name);
  if (b.vector(root, FIELD.effects).n > 0)
    return malformed('it has effects, such as callbacks and prints', 'its begin');
  return {
    name: name === undefined ? 'main' : b.text(b.target(name)),
    module: b.slice(module.at, module.n),
    arguments: treeAt(FIELD.inTree),
    results: treeAt(FIELD.outTree),
    kept: Array.from({ length: kept.n }, (_, i) => b.uint16(kept.at + 2 * i)),
    platforms: b.vector(root, FIELD.platforms).n,
  };
};

export const leavesOf = (tree: Tree): number =>
  tree.kind === 'leaf'
    ? 1
    : tree.kind === 'none'
      ? 0
      : tree.children.reduce((n, child) => n + leavesOf(child), 0);
