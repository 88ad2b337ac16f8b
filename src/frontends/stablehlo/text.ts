/**
 * @file Reads StableHLO in MLIR's text, as `jax.jit(f).lower(*args).as_text()` prints it: one grammar for operations in quotes, and a table
 * of the short forms (StableHLO specification, and the dialect's assembly formats).
 */
import {
  type Attribute,
  type Block,
  type Dense,
  type FunctionDefinition,
  type Module,
  malformed,
  type Named,
  type Operation,
  type Type,
  type Value,
} from './module.ts';
import { Scanner } from './scanner.ts';

type Scope = Map<string, Value>;

/** What a short form says of an operation, before its types. */
interface Draft {
  operands: Value[];
  readonly attributes: Map<string, Attribute>;
  readonly regions: Block[];
  /** A region that the types come before. */
  later?: () => void;
}

type Form = (r: TextReader, draft: Draft) => void;

/** `, name = value` after the operands, by the names that attributes have in bytecode. */
const options =
  (names: Readonly<Record<string, string>>): Form =>
  (r, draft) => {
    draft.operands = r.operands();
    // Where there is none, the first name has no comma before it.
    let first = draft.operands.length === 0;
    while (first || r.scanner.eat(',')) {
      first = false;
      const key = r.scanner.identifier();
      const name = Object.hasOwn(names, key) ? (names[key] as string) : key;
      r.scanner.expect('=');
      draft.attributes.set(name, r.scanner.attribute());
    }
  };

const parenthesised =
  (after: Form = () => {}): Form =>
  (r, draft) => {
    draft.operands = r.scanner.list('(', ')', () => r.use());
    after(r, draft);
  };

const call =
  (name: string): Form =>
  (r, draft) => {
    draft.attributes.set(name, r.scanner.symbol());
    draft.operands = r.scanner.list('(', ')', () => r.use());
  };

const cross = (r: TextReader, draft: Draft, left: string, right: string): void => {
  draft.attributes.set(left, r.scanner.attribute());
  r.scanner.expect('x');
  draft.attributes.set(right, r.scanner.attribute());
};

const dotGeneral: Form = (r, draft) => {
  draft.operands = r.operands();
  for (const side of ['lhs', 'rhs'])
    for (const kind of ['batching', 'contracting']) draft.attributes.set(`${side}_${kind}_dimensions`, []);
  while (r.scanner.eat(',')) {
    const key = r.scanner.identifier();
    r.scanner.expect('=');
    const kind = { batching_dims: 'batching', contracting_dims: 'contracting' }[key];
    if (kind) cross(r, draft, `lhs_${kind}_dimensions`, `rhs_${kind}_dimensions`);
    else if (r.scanner.sees('<')) r.scanner.angles();
    else draft.attributes.set(key, r.scanner.attribute());
  }
};

const WINDOW: Readonly<Record<string, string>> = {
  stride: 'window_strides',
  pad: 'padding',
  lhs_dilate: 'lhs_dilation',
  rhs_dilate: 'rhs_dilation',
  reverse: 'window_reversal',
};
const convolution: Form = parenthesised((r, draft) => {
  r.scanner.expect('dim_numbers');
  r.scanner.expect('=');
  for (const [name, value] of r.scanner.convolution()) draft.attributes.set(name, value);
  r.scanner.expect(',');
  r.scanner.expect('window');
  r.scanner.expect('=');
  for (const [name, value] of r.scanner.dictionary())
    draft.attributes.set(
      WINDOW[name] ?? name,
      Array.isArray(value) ? (value as readonly Attribute[]).flat() : value,
    );
});

/** `%x [0:2, 1:9:3]`. */
const slice: Form = (r, draft) => {
  draft.operands = [r.use()];
  const bounds = r.scanner.list('[', ']', () => {
    const from = r.scanner.integer();
    r.scanner.expect(':');
    const to = r.scanner.integer();
    return [from, to, r.scanner.eat(':') ? r.scanner.integer() : 1] as const;
  });
  for (const [i, name] of ['start_indices', 'limit_indices', 'strides'].entries())
    draft.attributes.set(
      name,
      bounds.map((b) => b[i] as number),
    );
};

const compare: Form = (r, draft) => {
  draft.attributes.set('comparison_direction', r.scanner.identifier());
  r.scanner.expect(',');
  draft.operands = r.operands();
  if (r.scanner.eat(',')) draft.attributes.set('compare_type', r.scanner.identifier());
};

const scalar = (type: Type): Type => (type.kind === 'tensor' ? { ...type, shape: [] } : type);

/** `(%x init: %c), (%y init: %d) applies op across dimensions = [1]`, or with a reducer after the types. */
const reduce: Form = (r, draft) => {
  const s = r.scanner;
  const pairs: [Value, Value][] = [];
  do {
    s.expect('(');
    const x = r.use();
    s.expect('init');
    s.expect(':');
    pairs.push([x, r.use()]);
    s.expect(')');
  } while (s.eat(','));
  draft.operands = [...pairs.map(([x]) => x), ...pairs.map(([, start]) => start)];
  const applied = s.eatWord('applies') ? r.operationName() : undefined;
  s.expect('across');
  s.expect('dimensions');
  s.expect('=');
  draft.attributes.set('dimensions', s.attribute());
  if (applied === undefined) {
    draft.later = () => {
      s.expect('reducer');
      const scope: Scope = new Map();
      const halves: [Value[], Value[]] = [[], []];
      for (const _ of pairs) {
        const [a, b] = s.list('(', ')', () => r.parameter(scope));
        if (!a || !b) return s.fail('a reducer takes two of each');
        halves[0].push(a);
        halves[1].push(b);
      }
      draft.regions.push(r.region(halves.flat(), scope));
    };
    return;
  }
  const type = scalar((draft.operands[0] as Value).type);
  const [a, b, sum]: Value[] = [{ type }, { type }, { type }];
  const place = r.place;
  const made = { attributes: new Map(), regions: [], place };
  draft.regions.push({
    parameters: [a as Value, b as Value],
    operations: [
      { name: applied, operands: [a as Value, b as Value], results: [sum as Value], ...made },
      { name: 'return', operands: [sum as Value], results: [], ...made },
    ],
  });
};

/** `(%i = %c, %x = %arg0) : types cond { ... } do { ... }`. */
const loop: Form = (r, draft) => {
  const s = r.scanner;
  const names: string[] = [];
  draft.operands = s.list('(', ')', () => {
    names.push(s.value());
    s.expect('=');
    return r.use();
  });
  draft.later = () => {
    if (s.eatWord('attributes')) s.dictionary();
    for (const word of ['cond', 'do']) {
      s.expect(word);
      const parameters = draft.operands.map(({ type }) => ({ type }));
      draft.regions.push(
        r.region(parameters, new Map(names.map((name, i) => [name, parameters[i] as Value]))),
      );
    }
  };
};

const constant: Form = (r, draft) => {
  if (r.scanner.sees('{')) for (const [k, v] of r.scanner.dictionary()) draft.attributes.set(k, v);
  draft.attributes.set('value', r.scanner.dense());
};

const composite: Form = (r, draft) => {
  draft.attributes.set('name', r.scanner.string());
  draft.operands = r.operands();
};

const topK: Form = (r, draft) => {
  r.scanner.expect('(');
  draft.operands = [r.use()];
  while (r.scanner.eat(',')) {
    const key = r.scanner.identifier();
    r.scanner.expect('=');
    draft.attributes.set(key, r.scanner.attribute());
  }
  r.scanner.expect(')');
};

/** Short forms that are more than operands with commas. */
const FORMS: Readonly<Record<string, Form>> = {
  broadcast: options({ sizes: 'broadcast_sizes' }),
  broadcast_in_dim: options({ dims: 'broadcast_dimensions' }),
  dynamic_broadcast_in_dim: options({ dims: 'broadcast_dimensions' }),
  call: call('callee'),
  'func.call': call('callee'),
  cholesky: options({}),
  'chlo.top_k': topK,
  compare,
  composite,
  concatenate: options({ dim: 'dimension' }),
  constant,
  convolution,
  custom_call: call('call_target_name'),
  dot: options({}),
  dot_general: dotGeneral,
  dynamic_iota: options({ dim: 'iota_dimension' }),
  dynamic_slice: options({ sizes: 'slice_sizes' }),
  fft: options({ type: 'fft_type', length: 'fft_length' }),
  get_dimension_size: options({ dim: 'dimension' }),
  iota: options({ dim: 'iota_dimension' }),
  pad: options({ low: 'edge_padding_low', high: 'edge_padding_high', interior: 'interior_padding' }),
  dynamic_pad: options({}),
  reduce,
  reduce_precision: options({}),
  reverse: options({ dims: 'dimensions' }),
  rng: options({ distribution: 'rng_distribution' }),
  rng_bit_generator: options({ algorithm: 'rng_algorithm' }),
  set_dimension_size: options({ dim: 'dimension' }),
  slice,
  transpose: options({ dims: 'permutation' }),
  while: loop,
};

/** Attributes that bytecode has flat. */
const FLAT = new Set(['dimension_numbers', 'scatter_dimension_numbers', 'dot_dimension_numbers']);

class TextReader {
  readonly scanner: Scanner;
  readonly #scopes: Scope[] = [];

  constructor(text: string) {
    this.scanner = new Scanner(text);
  }

  get place(): string {
    return this.scanner.place;
  }

  use(): Value {
    const name = this.scanner.value();
    for (const scope of this.#scopes) {
      const value = scope.get(name.endsWith('#0') ? name.slice(0, -2) : name) ?? scope.get(name);
      if (value) return value;
    }
    return this.scanner.fail(`${name}, which nothing before it makes`);
  }

  operands(): Value[] {
    const all: Value[] = [];
    if (!this.scanner.seesValue) return all;
    do all.push(this.use());
    while (this.scanner.sees(',') && this.#commaValue());
    return all;
  }
  /** A comma with a value behind it, or none is taken. */
  #commaValue(): boolean {
    return this.scanner.match(/,\s*(?=%)/y) !== undefined;
  }

  operationName(): string {
    const name = this.scanner.sees('"') ? this.scanner.string() : this.scanner.identifier();
    return name.replace(/^(stablehlo|func)\.(?!func$)/, '');
  }

  parameter(scope: Scope): Value {
    const name = this.scanner.value();
    this.scanner.expect(':');
    const value = { type: this.scanner.type() };
    this.scanner.location();
    scope.set(name, value);
    return value;
  }

  /** Operations between braces. */
  region(parameters: readonly Value[], scope: Scope): Block {
    return this.scanner.nested(() => {
      this.scanner.expect('{');
      const own = [...parameters];
      if (this.scanner.match(/\^[\w$.-]+/y)) {
        if (this.scanner.sees('(')) own.push(...this.scanner.list('(', ')', () => this.parameter(scope)));
        this.scanner.expect(':');
      }
      this.#scopes.unshift(scope);
      const operations: Operation[] = [];
      while (!this.scanner.eat('}')) operations.push(this.#operation(scope));
      this.#scopes.shift();
      return { parameters: own, operations };
    });
  }

  #operation(scope: Scope): Operation {
    const s = this.scanner;
    if (s.sees('^')) s.fail('several blocks in a region: StableHLO has one');
    const place = this.place;
    const names: [string, number][] = [];
    if (s.seesValue) {
      do {
        const name = s.value();
        const n = s.matchHere(/:(\d+)/y)?.[1];
        names.push([name, n === undefined ? 1 : Number(n)]);
      } while (s.eat(','));
      s.expect('=');
    }
    const quoted = s.sees('"');
    const name = this.operationName();
    const draft: Draft = { operands: [], attributes: new Map(), regions: [] };
    if (quoted) this.#generic(draft);
    else if (Object.hasOwn(FORMS, name)) (FORMS[name] as Form)(this, draft);
    else draft.operands = s.sees('(') ? s.list('(', ')', () => this.use()) : this.operands();
    if (!quoted && s.sees('{') && draft.later === undefined) this.#attributes(draft, s.dictionary());
    else if (!quoted && s.sees('{') && name === 'reduce') this.#attributes(draft, s.dictionary());
    const value = draft.attributes.get('value') as Dense | undefined;
    const types = name === 'constant' && value ? [value.type] : this.#types(name);
    draft.later?.();
    s.location();
    return this.#finished(name, names, types, draft, scope, place);
  }

  #finished(
    name: string,
    names: readonly (readonly [string, number])[],
    types: readonly Type[],
    draft: Draft,
    scope: Scope,
    place: string,
  ): Operation {
    const total = names.reduce((sum, [, n]) => sum + n, 0);
    if (total > types.length) return malformed(`${name} has ${types.length} results, not ${total}`, place);
    const results: Value[] = types.slice(0, Math.max(total, 0)).map((type) => ({ type }));
    let next = 0;
    for (const [label, n] of names) {
      for (let i = 0; i < n; i++) {
        const value = results[next++] as Value;
        if (n === 1 || i === 0) scope.set(label, value);
        if (n > 1) scope.set(`${label}#${i}`, value);
      }
    }
    return {
      name,
      operands: draft.operands,
      results,
      attributes: draft.attributes,
      regions: draft.regions,
      place,
    };
  }

  /** `(%a, %b) <{properties}> ({region}, {region}) {attributes}`. */
  #generic(draft: Draft): void {
    const s = this.scanner;
    draft.operands = s.list('(', ')', () => this.use());
    if (s.eat('<')) {
      this.#attributes(draft, s.dictionary());
      s.expect('>');
    }
    if (s.sees('(')) draft.regions.push(...s.list('(', ')', () => this.region([], new Map())));
    if (s.sees('{')) this.#attributes(draft, s.dictionary());
  }

  #attributes(draft: Draft, entries: ReadonlyMap<string, Attribute>): void {
    for (const [name, value] of entries) {
      if (FLAT.has(name) && typeof value === 'object' && 'kind' in value && value.kind === 'dictionary')
        for (const [inner, own] of value.entries) draft.attributes.set(inner, own);
      else draft.attributes.set(name, value);
    }
  }

  /** `: T`, `: T, T`, `: (T, T) -> T`, `: T -> T`: the types of the results. */
  #types(name: string): Type[] {
    const s = this.scanner;
    if (!s.eat(':')) return [];
    if (s.sees('(')) {
      const from = s.list('(', ')', () => s.type());
      return s.eat('->') ? s.types() : from;
    }
    const all = [s.type()];
    while (s.eat(',')) all.push(s.type());
    if (s.eat('->')) return s.types();
    if (name === 'while' || name === 'optimization_barrier') return all;
    return [all.at(-1) as Type];
  }

  module(): Module {
    const s = this.scanner;
    const functions = new Map<string, FunctionDefinition>();
    this.#aliases();
    const inModule = s.eatWord('module');
    if (inModule) {
      if (s.sees('@')) s.symbol();
      if (s.eatWord('attributes')) s.dictionary();
      s.expect('{');
    }
    while (!(inModule ? s.eat('}') : s.ended)) {
      if (s.eatWord('func.func')) {
        const f = this.#function();
        if (functions.has(f.name)) s.fail(`two functions @${f.name}`);
        functions.set(f.name, f);
      } else if (s.match(/sdy\.mesh @[\w$.-]+ = /y)) s.attribute();
      else s.fail('a function is missing');
    }
    s.location();
    this.#aliases();
    if (!s.ended) s.fail('something follows the end');
    return { functions };
  }

  /** `#name = attribute`. */
  #aliases(): void {
    const s = this.scanner;
    for (let found = s.match(/#([\w$.-]+)\s*=/y); found; found = s.match(/#([\w$.-]+)\s*=/y)) {
      if (s.sees('loc(')) s.location();
      else s.aliases.set(found[1] as string, s.attribute());
    }
  }

  #function(): FunctionDefinition {
    const s = this.scanner;
    for (const word of ['public', 'private', 'nested']) s.eatWord(word);
    const name = s.symbol();
    const scope: Scope = new Map();
    const argumentAttributes: Named[] = [];
    const named = (): Named => ({ kind: 'dictionary', entries: s.sees('{') ? s.dictionary() : new Map() });
    const parameters = s.list('(', ')', () => {
      const label = s.value();
      s.expect(':');
      const value = { type: s.type() };
      scope.set(label, value);
      argumentAttributes.push(named());
      s.location();
      return value;
    });
    const resultAttributes: Named[] = [];
    const results: Type[] = [];
    if (s.eat('->')) {
      if (s.sees('('))
        s.list('(', ')', () => {
          results.push(s.type());
          resultAttributes.push(named());
        });
      else results.push(s.type());
    }
    if (s.eatWord('attributes')) s.dictionary();
    const body = this.region(parameters, scope);
    s.location();
    if (body.operations.at(-1)?.name !== 'return') s.fail(`function @${name} does not return`);
    return { name, body, argumentAttributes, resultAttributes, results };
  }
}

/** Text -> the module. Throws SERIALIZATION with the line. */
export const readText = (text: string): Module => new TextReader(text).module();
