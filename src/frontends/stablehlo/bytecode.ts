/**
 * @file Reads the portable bytecode of StableHLO: MLIR's bytecode, versions up to 6 (llvm-project, docs/BytecodeFormat), with operations
 * of VHLO. Attributes and types are decoded when they are used.
 */
import { Cursor } from './cursor.ts';
import {
  type Attribute,
  type Block,
  type FunctionDefinition,
  LIMITS,
  type Module,
  malformed,
  type Named,
  type Operation,
  type Type,
  type Value,
} from './module.ts';
import { readAttribute, readBuiltin, readType, type Tables } from './vhlo.ts';
import { propertiesOf } from './vhlo-properties.ts';

const MAGIC = [0x4d, 0x4c, 0xef, 0x52];
const NEWEST = 6;
/** Sections by number. */
const SECTION = { strings: 0, dialects: 1, entries: 2, offsets: 3, code: 4, properties: 8 } as const;
/** Parts that an operation has. */
const HAS = {
  attributes: 1,
  results: 2,
  operands: 4,
  successors: 8,
  regions: 16,
  orders: 32,
  properties: 64,
} as const;
/** Versions of the format in which something began. */
const SINCE = { versionedDialects: 1, sectionsOfRegions: 2, orders: 3, counts: 4, properties: 5 } as const;

export const isBytecode = (bytes: Uint8Array): boolean =>
  bytes.length > 4 && MAGIC.every((byte, i) => bytes[i] === byte);

interface OperationName {
  readonly dialect: string;
  readonly name: string;
}
interface Entry {
  readonly dialect: string;
  readonly bytes: Cursor;
  readonly custom: boolean;
}

/** One section: its number and its bytes. */
const section = (c: Cursor): readonly [number, Cursor] => {
  const id = c.byte();
  const length = c.varint();
  if (id & 0x80) c.align(c.varint());
  return [id & 0x7f, c.part(length)];
};

/** Strings: their lengths from the last to the first, then all of them. */
const stringsOf = (c: Cursor): string[] => {
  const n = c.count();
  const sizes = Array.from({ length: n }, () => c.varint()).reverse();
  const all = sizes.map((size) => {
    if (size === 0) return c.fail('text without an end');
    const text = c.text(size - 1);
    c.byte();
    return text;
  });
  return all;
};

/** Groups of entries by dialect, to the end. */
const grouped = (c: Cursor, dialects: readonly string[], entry: (dialect: string) => void): void => {
  const dialect = dialects[c.varint()] ?? c.fail('a dialect that is not listed');
  for (let n = c.count(); n > 0; n--) entry(dialect);
};

const READERS: Readonly<Record<string, typeof readAttribute>> = { vhlo: readAttribute, builtin: readBuiltin };

class Reader implements Tables {
  readonly #version: number;
  readonly #strings: readonly string[];
  readonly #dialects: string[] = [];
  readonly #operations: OperationName[] = [];
  readonly #attributes: Entry[] = [];
  readonly #types: Entry[] = [];
  readonly #properties: Cursor[] = [];
  readonly #read = { attributes: new Map<number, Attribute>(), types: new Map<number, Type>() };
  #depth = 0;
  readonly #code: Cursor;

  constructor(bytes: Uint8Array) {
    const c = new Cursor(bytes);
    c.take(MAGIC.length);
    this.#version = c.varint();
    if (this.#version > NEWEST)
      c.fail(`version ${this.#version} of MLIR's bytecode, of which this reads up to ${NEWEST}`);
    c.zeroTerminated();
    const sections = new Map<number, Cursor>();
    while (c.left > 0) {
      const [id, part] = section(c);
      if (sections.has(id)) c.fail(`section ${id} a second time`);
      sections.set(id, part);
    }
    const of = (id: number): Cursor => sections.get(id) ?? malformed(`section ${id} is missing`, 'its end');
    this.#strings = stringsOf(of(SECTION.strings));
    this.#readDialects(of(SECTION.dialects));
    this.#readEntries(of(SECTION.offsets), of(SECTION.entries));
    const properties = sections.get(SECTION.properties);
    if (properties)
      for (let n = properties.count(); n > 0; n--)
        this.#properties.push(properties.part(properties.varint()));
    this.#code = of(SECTION.code);
  }

  string(index: number, place: string): string {
    return this.#strings[index] ?? malformed(`text ${index}, which is not there`, place);
  }

  #readDialects(c: Cursor): void {
    for (let n = c.count(); n > 0; n--) {
      const [name, versioned] = this.#version < SINCE.versionedDialects ? [c.varint(), false] : c.flagged();
      this.#dialects.push(this.string(name, c.place));
      if (versioned) section(c);
    }
    if (this.#version >= SINCE.counts) c.varint();
    while (c.left > 0)
      grouped(c, this.#dialects, (dialect) => {
        const name = this.#version < SINCE.properties ? c.varint() : c.flagged()[0];
        this.#operations.push({ dialect, name: this.string(name, c.place) });
      });
  }

  #readEntries(offsets: Cursor, entries: Cursor): void {
    const counts = [offsets.varint(), offsets.varint()] as const;
    for (const [i, table] of [this.#attributes, this.#types].entries())
      while (table.length < (counts[i] as number))
        grouped(offsets, this.#dialects, (dialect) => {
          const [size, custom] = offsets.flagged();
          table.push({ dialect, custom, bytes: entries.part(size) });
        });
  }

  #entry<T>(kind: 'attributes' | 'types', index: number, place: string, decode: (e: Entry) => T): T {
    const known = this.#read[kind] as Map<number, T>;
    const before = known.get(index);
    if (before !== undefined) return before;
    const entry = (kind === 'types' ? this.#types : this.#attributes)[index];
    if (!entry) return malformed(`${kind} ${index}, which is not there`, place);
    if (++this.#depth > LIMITS.depth) return malformed('types or attributes in one another', place);
    const value = decode(entry);
    this.#depth--;
    known.set(index, value);
    return value;
  }

  attribute(index: number, place: string): Attribute {
    return this.#entry('attributes', index, place, ({ dialect, bytes, custom }): Attribute => {
      const read = custom && Object.hasOwn(READERS, dialect) ? READERS[dialect] : undefined;
      return read ? read(bytes.part(bytes.left), this) : { kind: 'unknown' };
    });
  }

  type(index: number, place: string): Type {
    return this.#entry('types', index, place, ({ dialect, bytes, custom }): Type => {
      if (!custom || dialect !== 'vhlo') return { kind: 'other', name: `a type of ${dialect}` };
      return readType(bytes.part(bytes.left), this);
    });
  }

  /** The operations at the top: one module. */
  top(): readonly Operation[] {
    return this.#block(this.#code, { values: [], next: 0, end: 0 }, 0).operations;
  }

  #region(c: Cursor, outer: Scope, isolated: boolean, depth: number): Block {
    if (depth > LIMITS.depth) c.fail('regions in one another');
    const blocks = c.varint();
    if (blocks === 0) return { parameters: [], operations: [] };
    if (blocks !== 1) c.fail(`a region of ${blocks} blocks: StableHLO has one`);
    const n = c.count();
    const values = isolated ? [] : outer.values;
    const next = isolated ? 0 : outer.end;
    const block = this.#block(c, { values, next, end: next + n }, depth);
    values.length = next;
    return block;
  }

  #block(c: Cursor, scope: Scope, depth: number): Block {
    const [n, hasParameters] = c.flagged();
    if (n > c.left) c.fail(`${n} operations in ${c.left} bytes`);
    const parameters: Value[] = [];
    if (hasParameters) {
      for (let m = c.count(); m > 0; m--) {
        const [type, located] = this.#version < SINCE.counts ? [c.varint(), true] : c.flagged();
        parameters.push(define(scope, this.type(type, c.place), c));
        if (located) c.varint();
      }
      if (this.#version >= SINCE.orders && c.byte() !== 0) skipOrders(c, parameters.length);
    }
    const operations = Array.from({ length: n }, () => this.#operation(c, scope, depth));
    return { parameters, operations };
  }

  #operation(c: Cursor, scope: Scope, depth: number): Operation {
    const place = c.place;
    const { dialect, name } = this.#operations[c.varint()] ?? c.fail('an operation that is not listed');
    const has = c.byte();
    c.varint();
    const attributes = new Map<string, Attribute>();
    if (has & HAS.attributes) {
      const named = this.attribute(c.varint(), place);
      if (isNamed(named)) for (const [key, value] of named.entries) attributes.set(key, value);
    }
    if (has & HAS.properties) {
      const bytes = (this.#properties[c.varint()] ?? c.fail('properties that are not there')).again();
      for (const property of dialect === 'vhlo' ? propertiesOf(name, c) : [])
        attributes.set(property, this.attribute(bytes.varint(), bytes.place));
    }
    const types = has & HAS.results ? listOf(c, () => this.type(c.varint(), c.place)) : [];
    const results = types.map((type) => define(scope, type, c));
    const operands = has & HAS.operands ? listOf(c, () => use(scope, c)) : [];
    if (has & HAS.successors) c.fail('jumps between blocks: StableHLO has none');
    if (has & HAS.orders && this.#version >= SINCE.orders) skipOrders(c, results.length);
    const regions: Block[] = [];
    if (has & HAS.regions) {
      const [n, isolated] = c.flagged();
      if (n > c.left) c.fail(`${n} regions`);
      for (let i = 0; i < n; i++) {
        const apart = isolated && this.#version >= SINCE.sectionsOfRegions;
        regions.push(this.#region(apart ? section(c)[1] : c, scope, isolated, depth + 1));
      }
    }
    const known = dialect === 'vhlo' ? name.replace(/_v\d+$/, '') : `${dialect}.${name}`;
    return { name: known, operands, results, attributes, regions, place };
  }
}

/** Values are numbered by region: an inner one begins behind all of the outer one's. */
interface Scope {
  readonly values: (Value | undefined)[];
  next: number;
  readonly end: number;
}

const define = (scope: Scope, type: Type, c: Cursor): Value => {
  if (scope.next >= scope.end) c.fail('more values than were announced');
  const value: Value = { type };
  scope.values[scope.next++] = value;
  return value;
};
const use = (scope: Scope, c: Cursor): Value => {
  const index = c.varint();
  return scope.values[index] ?? c.fail(`value ${index}, which is not there`);
};

const listOf = <T>(c: Cursor, entry: () => T): T[] => Array.from({ length: c.count() }, entry);

/** In which order values are used: of no meaning here. */
const skipOrders = (c: Cursor, values: number): void => {
  for (let n = values > 1 ? c.count() : 1; n > 0; n--) {
    if (values > 1) c.varint();
    for (let m = c.flagged()[0]; m > 0; m--) c.varint();
  }
};

const isNamed = (a: Attribute | undefined): a is Named =>
  typeof a === 'object' && 'kind' in a && a.kind === 'dictionary';

const dictionaries = (a: Attribute | undefined): Named[] =>
  Array.isArray(a) ? (a as readonly Attribute[]).filter(isNamed) : [];

const functionOf = (op: Operation): FunctionDefinition => {
  const name = op.attributes.get('sym_name');
  const body = op.regions[0];
  if (typeof name !== 'string' || !body) return malformed('a function without a name or a body', op.place);
  const last = body.operations.at(-1);
  if (last?.name !== 'return') return malformed(`function ${name} does not return`, op.place);
  return {
    name,
    body,
    argumentAttributes: dictionaries(op.attributes.get('arg_attrs')),
    resultAttributes: dictionaries(op.attributes.get('res_attrs')),
    results: last.operands.map(({ type }) => type),
  };
};

/** Portable bytecode -> the module. Throws SERIALIZATION with the place in the file. */
export const readBytecode = (bytes: Uint8Array): Module => {
  const [top] = new Reader(bytes).top();
  if (top?.name !== 'builtin.module') return malformed('no module', 'its begin');
  const all = (top.regions[0]?.operations ?? []).filter(({ name }) => name === 'func').map(functionOf);
  return { functions: new Map(all.map((f) => [f.name, f])) };
};
