/**
 * @file What a function of `np` or a method of arrays is given, held against its parameters: one too many, one that is missing and one of
 * a kind that is never taken are errors, where JavaScript would go on without a word. What arrays hold is read by the functions themselves.
 */
import { fail, oneOf } from '../errors.ts';
import { describe, noMore } from '../names.ts';
import { isOptions } from './options.ts';
import { PARAMETERS } from './parameters.ts';

/** Letters of parameters.ts, in words. */
const WORDS: Readonly<Record<string, string>> = {
  n: 'a number',
  i: 'a bigint',
  b: 'true or false',
  s: 'a text',
  l: 'null',
  f: 'a function',
  a: 'a list or an array',
  o: 'options',
};
const LETTERS: Readonly<Record<string, string>> = {
  number: 'n',
  bigint: 'i',
  boolean: 'b',
  string: 's',
  function: 'f',
};

interface Parameter {
  readonly name: string;
  readonly optional: boolean;
  readonly rest: boolean;
  /** Letters of what it takes. */
  readonly kinds: string;
  /** What options in its place may hold. */
  readonly fields: ReadonlyMap<string, string>;
}

const FORM = /^(?<rest>\.{3})?(?<name>[^:?]+)(?<optional>\?)?:(?<kinds>[^{]*)(?:\{(?<fields>.*)\})?$/;

const parameterOf = (text: string): Parameter => {
  const { rest, name, optional, kinds, fields } = FORM.exec(text)!.groups!;
  return {
    name: name!,
    optional: optional !== undefined,
    rest: rest !== undefined,
    kinds: kinds!,
    fields: new Map(
      fields === undefined ? [] : fields.split(',').map((field) => field.split(':') as [string, string]),
    ),
  };
};

let known: Map<string, string> | undefined;
/** The parameters of all functions, by path. */
const all = (): ReadonlyMap<string, string> => {
  known ??= new Map(
    PARAMETERS.flatMap(([parameters, paths]) => paths.split(' ').map((path) => [path, parameters] as const)),
  );
  return known;
};

const letterOf = (value: unknown): string | undefined => {
  if (value === null) return 'l';
  if (typeof value !== 'object') return LETTERS[typeof value];
  return isOptions(value) ? 'o' : 'a';
};

/** Throws INVALID_ARGUMENT for what is never taken. Who reads numbers (kinds a and i) says best what is none. */
const need = (what: () => string, kinds: string, value: unknown): void => {
  if (kinds === '*' || value === undefined || (kinds.includes('a') && kinds.includes('i'))) return;
  const letter = letterOf(value);
  if (letter !== undefined && kinds.includes(letter)) return;
  const words = [...kinds].map((kind) => WORDS[kind]!);
  fail('INVALID_ARGUMENT', `${what()} is ${oneOf(words)}, not ${describe(value)}`);
};

const check = (path: string, parameters: readonly Parameter[], args: readonly unknown[]): void => {
  // Every op that is recorded comes by here: texts are put together for errors alone.
  const names = (): string =>
    parameters.map(({ name, optional }) => `${name}${optional ? '?' : ''}`).join(', ');
  if (args.length > parameters.length && !parameters.at(-1)?.rest)
    noMore(
      path,
      args.slice(parameters.length).filter((x) => x !== undefined),
      `it takes ${parameters.length === 0 ? 'none' : `(${names()})`}`,
    );
  for (let i = 0; i < parameters.length; i++) {
    const { name, optional, rest, kinds, fields } = parameters[i]!;
    const value = args[i];
    if (rest) {
      for (const [j, one] of args.slice(i).entries()) need(() => `${path}: ${name}[${j}]`, kinds, one);
    } else if (value === undefined) {
      if (!optional && !(kinds === '*' && i < args.length))
        fail('INVALID_ARGUMENT', `${path}: ${name} is missing: it takes (${names()})`);
    } else if (isOptions(value) && fields.size > 0) {
      for (const [key, own] of Object.entries(value))
        if (fields.has(key)) need(() => `${path}: ${key}`, fields.get(key)!, own);
    } else need(() => `${path}: ${name}`, kinds, value);
  }
};

/** The parameters of a function or method, as parameters.ts has them. */
export const parametersOf = (path: string): string | undefined =>
  all().get(path) ?? all().get(path.replace(/_(.?)/g, (_, c: string) => c.toUpperCase()));

/** A check of what the function or method of this path is given. Throws INVALID_ARGUMENT. */
export const checkerOf = (path: string): ((args: readonly unknown[]) => void) => {
  const text = parametersOf(path);
  if (text === undefined) return () => {};
  let parameters: readonly Parameter[] | undefined;
  return (args) => {
    parameters ??= text === '' ? [] : text.split(' ').map(parameterOf);
    check(path, parameters, args);
  };
};
