/** @file Options of a call on a device, in the spelling of JavaScript or of SecretFlow. */
import { spellingOf } from '../config/schema.ts';
import { fail } from '../errors.ts';
import { camelKey, describe } from '../names.ts';
import type { ProgressListener } from './progress.ts';

/** What options may say, under the documented names. */
export interface CallOptions {
  readonly numReturns?: number;
  readonly static?: readonly number[];
  readonly onProgress?: ProgressListener;
}

/** Those of SecretFlow that have no meaning here. */
const UNUSED = ['numReturnsPolicy', 'userSpecifiedNumReturns'];

type AnyFunction = (...args: never[]) => unknown;

/** Names of JAX and SecretFlow for what stands here under another. */
const ALSO: Readonly<Record<string, string>> = { staticArgnums: 'static', staticArgnames: 'static' };

/** The names of a function's arguments, as its text has them; undefined for patterns and what has no text. */
const argumentNames = (fn: AnyFunction): readonly string[] | undefined => {
  const text = Function.prototype.toString.call(fn).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const list = /^(?:async\s+)?(?:function\b[^(]*)?\(([^()[\]{}]*)\)/.exec(text)?.[1];
  const single = /^(?:async\s+)?([\w$]+)\s*=>/.exec(text)?.[1];
  const names =
    list === undefined
      ? single === undefined
        ? undefined
        : [single]
      : list.split(',').map((part) => part.split('=')[0]!.trim());
  return names?.filter((name) => name !== '');
};

/** A place by number, or by the argument's name. */
const placeOf = (given: unknown, fn: AnyFunction): unknown => {
  if (typeof given !== 'string') return given;
  const names = argumentNames(fn);
  const place = names?.indexOf(given) ?? -1;
  return place >= 0
    ? place
    : fail(
        'INVALID_ARGUMENT',
        `static: ${names === undefined ? 'the names of the arguments cannot be read' : `there is no argument ${describe(given)} (${names.join(', ') || 'it has none'})`}: ` +
          'give places, as in { static: [1] }',
      );
};

const readStatic = (given: unknown, fn: AnyFunction): unknown =>
  Array.isArray(given)
    ? given.map((item) => placeOf(item, fn))
    : typeof given === 'string' || typeof given === 'number'
      ? [placeOf(given, fn)]
      : given;

/** Throws INVALID_ARGUMENT for what is no number of results. */
export const checkReturns = (n: unknown): number | undefined =>
  n === undefined || n === null
    ? undefined
    : Number.isInteger(n) && (n as number) >= 1
      ? (n as number)
      : fail('INVALID_ARGUMENT', `numReturns is a whole number from 1, not ${describe(n)}`);

/** Options by their documented names. Throws INVALID_ARGUMENT for unknown keys, and for what is said twice. */
export const spelledOptions = (
  options: object | undefined | null,
  known: readonly string[],
): Readonly<Record<string, unknown>> => {
  if (options === undefined || options === null) return {};
  if (typeof options !== 'object')
    return fail(
      'INVALID_ARGUMENT',
      `options are an object with ${known.join(', ')}, not ${describe(options)}`,
    );
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(options)) {
    const camel = camelKey(key);
    const name = ALSO[camel] ?? camel;
    if (UNUSED.includes(name)) fail('UNSUPPORTED', `${key}: numReturns says how many results there are`);
    if (!known.includes(name))
      fail(
        'INVALID_ARGUMENT',
        `unknown option ${JSON.stringify(key)}: known are ${known.map(spellingOf(options)).join(', ')}`,
      );
    if (value === undefined || value === null) continue;
    if (name in out) fail('INVALID_ARGUMENT', `${name} is said twice (${JSON.stringify(key)})`);
    out[name] = value;
  }
  return out;
};

/** Options of `device(fn, options)`. */
export const readCallOptions = (options: object | undefined, fn: AnyFunction): CallOptions => {
  const {
    numReturns,
    static: fixed,
    onProgress,
  } = spelledOptions(options, ['numReturns', 'static', 'onProgress']);
  const n = checkReturns(numReturns);
  if (onProgress !== undefined && typeof onProgress !== 'function')
    fail('INVALID_ARGUMENT', `onProgress is a function, not ${describe(onProgress)}`);
  return {
    ...(n !== undefined && { numReturns: n }),
    ...(fixed !== undefined && { static: readStatic(fixed, fn) as readonly number[] }),
    ...(onProgress !== undefined && { onProgress: onProgress as ProgressListener }),
  };
};
