/** @file Arguments of np's functions and of methods of arrays: none is surplus, none is missing, and none is of a kind that is never taken. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TesseraError } from '../../src/errors.ts';
import { BaseArray } from '../../src/ir/trace/array.ts';
import { np as publicNp } from '../../src/np.ts';
import { parametersOf } from '../../src/numpy/arguments.ts';

const np = publicNp as unknown as Readonly<Record<string, unknown>>;
type Callable = (...args: unknown[]) => unknown;

/** All functions by their paths. */
const all = (path: string, space: Readonly<Record<string, unknown>>): [string, Callable][] =>
  Object.entries(space).flatMap(([name, value]): [string, Callable][] => {
    if (typeof value === 'function')
      return 'prototype' in value ? [] : [[`${path}.${name}`, value as Callable]];
    const inner =
      typeof value === 'object' &&
      value !== null &&
      Object.values(value).some((v) => typeof v === 'function');
    return inner && !(value instanceof BaseArray) ? all(`${path}.${name}`, value as typeof space) : [];
  });
const FUNCTIONS = all('np', np);
const codeOf = (fn: () => unknown): string => {
  try {
    fn();
  } catch (e) {
    const { code, message } = e as TesseraError;
    return `${code} ${message}`;
  }
  return 'none';
};

test('every function has its parameters in the table', () => {
  assert.ok(FUNCTIONS.length > 450);
  assert.equal(
    FUNCTIONS.map(([path]) => path).filter((path) => parametersOf(path) === undefined),
    [],
  );
});

test('a surplus argument is an error, in every function that has no list of them', () => {
  for (const [path, fn] of FUNCTIONS) {
    const parameters = parametersOf(path)!;
    if (parameters.includes('...')) continue;
    const count = parameters === '' ? 0 : parameters.split(' ').length;
    assert.match(
      codeOf(() => fn(...Array<number>(count + 1).fill(1))),
      /^INVALID_ARGUMENT .* too many/,
      path,
    );
  }
});

test('a missing argument is an error that names it', () => {
  for (const [path, fn] of FUNCTIONS) {
    const [first] = parametersOf(path)!.split(' ');
    if (first === '' || first!.startsWith('...') || first!.includes('?')) continue;
    const name = first!.split(':')[0]!;
    assert.match(
      codeOf(() => fn()),
      new RegExp(`^INVALID_ARGUMENT ${path}: ${name} is missing`),
      path,
    );
  }
});

test('whatever is given, errors have a code', () => {
  const odd = [null, 'x', {}, [], () => 1, Symbol('a'), 1n, new Date(), Number.NaN, [[1], [2, 3]]];
  for (const [path, fn] of FUNCTIONS)
    for (const value of odd)
      for (const count of [1, 2, 3])
        assert.not.match(
          codeOf(() => fn(...Array<unknown>(count).fill(value))),
          /^undefined/,
          path,
        );
});

test('kinds that are never taken are errors that say what is', () => {
  const x = publicNp.array([1, 2, 3]);
  const rows: readonly (readonly [fn: () => unknown, text: RegExp])[] = [
    [() => publicNp.nn.celu(x, null as never), /np\.nn\.celu: alpha is a number, not null/],
    [() => publicNp.nn.elu(x, '2' as never), /np\.nn\.elu: alpha is a number, not "2"/],
    [() => publicNp.sum(x, { keepdims: 'no' } as never), /np\.sum: keepdims is true or false, not "no"/],
    [() => publicNp.var(x, { ddof: '1' } as never), /np\.var: ddof is a number, not "1"/],
    [() => publicNp.sort(x, { axis: 'rows' } as never), /np\.sort: axis is null or a number, not "rows"/],
    [() => publicNp.linspace(0, 1, null as never), /np\.linspace: num is a number, not null/],
    [() => publicNp.grad('x' as never), /np\.grad: fn is a function, not "x"/],
    [
      () => publicNp.linalg.multiDot({} as never),
      /np\.linalg\.multiDot: matrices is a list or an array, not an object/,
    ],
    [() => [x].map(publicNp.sum as never), /np\.sum: an argument too many/],
    [() => (x.add as Callable).call(x, 1, 2), /\.add: an argument too many \(2\): it takes \(y\)/],
    [() => x.sum('rows' as never), /\.sum: axis is .*, not "rows"/],
    [() => publicNp.resultType(), /no operands/],
    [() => publicNp.tensordot(x, x, [] as never), /a pair of lists/],
  ];
  for (const [fn, text] of rows) assert.match(codeOf(fn), text);
});

test('undefined is as if it were left out, and options may stand in the place of what they name', () => {
  const x = publicNp.array([
    [1, 2],
    [3, 5],
  ]);
  assert.is(Number((np.sum as Callable)(x, undefined, undefined)), 11);
  assert.equal(publicNp.mean(x, { axis: undefined, keepdims: true }).toArray(), [[2.75]]);
  assert.equal(publicNp.diff(x, { axis: 0 }).toArray(), [[2, 3]]);
});

test.run();
