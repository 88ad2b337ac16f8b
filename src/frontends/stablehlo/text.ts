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
import { type Draft, FORMS, type Form, type FormReader, type Scope } from './short-forms.ts';

/** Attributes that bytecode has flat. */
const FLAT = new Set(['dimension_numbers', 'scatter_dimension_numbers', 'dot_dimension_numbers']);

class TextReader implements FormReader {
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
