/** @file The short forms of operations in MLIR's text (StableHLO specification, and the dialect's assembly formats): a table by name. */
import type { Attribute, Block, Type, Value } from './module.ts';
import type { Scanner } from './scanner.ts';

export type Scope = Map<string, Value>;

/** What a short form says of an operation, before its types. */
export interface Draft {
  operands: Value[];
  readonly attributes: Map<string, Attribute>;
  readonly regions: Block[];
  /** A region that the types come before. */
  later?: () => void;
}

/** What a form takes of the reader. */
export interface FormReader {
  readonly scanner: Scanner;
  readonly place: string;
  use(): Value;
  operands(): Value[];
  operationName(): string;
  parameter(scope: Scope): Value;
  region(parameters: readonly Value[], scope: Scope): Block;
}

export type Form = (r: FormReader, draft: Draft) => void;

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
      draft.attributes.set(name, wordOf(r.scanner.attribute()));
    }
  };

/** A bare word (`type = RFFT`) reads as the name of a type. */
const wordOf = (value: Attribute): Attribute =>
  typeof value === 'object' && 'kind' in value && value.kind === 'other' ? value.name : value;

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

const cross = (r: FormReader, draft: Draft, left: string, right: string): void => {
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
export const FORMS: Readonly<Record<string, Form>> = {
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
