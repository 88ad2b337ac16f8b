/** What JavaScript would swallow: secrets and handles in conditions, as numbers, by index, by misspelt names. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '../../src/index.ts';
import type { Type } from '../../src/ir/ops/graph.ts';
import { trace } from '../../src/ir/trace/tracer.ts';
import { fails, sessionsOf } from './helpers.ts';

const { np } = sf;
const { withSpu } = sessionsOf(sf);

const test = suite('device: what JavaScript swallows');

const PARTIES = ['alice', 'bob'];

const secret = (shape: readonly number[] = [], dtype: Type['dtype'] = 'fxp'): Type => ({
  shape,
  dtype,
  secret: true,
});

const V = secret([3]);

// biome-ignore lint/suspicious/noExplicitAny: programs that no compiler would let pass
type Program = (...args: any[]) => unknown;

const record = (fn: Program, ...types: readonly Type[]) => trace(fn as never, types);

/** Programs in which a condition that JavaScript cannot see takes one side. */
const SWALLOWED: Readonly<Record<string, readonly [Program, ...Type[]]>> = {
  if: [
    (a, b) => {
      if (np.greater(a, b)) return a;
      return b;
    },
    secret(),
    secret(),
  ],
  'if with nothing to return': [
    (a, b) => {
      if (!np.less(a, b)) return a;
      return undefined;
    },
    secret(),
    secret(),
  ],
  '?:': [(a, b) => (np.equal(a, b) ? a : b), secret(), secret()],
  '&&': [(a, b) => np.notEqual(a, b) && b, secret(), secret()],
  '||': [(a, b) => (np.greaterEqual(a, b) || np.less(a, 0) ? a : b), secret(), secret()],
  '===': [(a, b) => ((np.lessEqual(a, b) as unknown) === true ? a : b), secret(), secret()],
  any: [(a, b) => (np.any(np.greater(a, b)) ? a : b), V, V],
  all: [(a, b) => (np.all(np.greater(a, b)) ? a : b), V, V],
  'how many hold, as a sum': [(a, b) => (np.sum(np.greater(a, b)) ? a : b), V, V],
  'a share': [(a, b) => (np.mean(np.greater(a, b)) ? a : b), V, V],
  'a condition as a number': [(a, b) => (np.astype(np.all(np.greater(a, b)), 'int32') ? a : b), V, V],
  'a choice of numbers': [(a, b) => (np.where(np.greater(a, b), 1, 0) ? a : b), V, V],
  'a method of one': [(a, b) => (np.greater(a, b).sum() ? a : b), V, V],
  'a number of conditions': [(a, b) => (np.countNonzero(np.greater(a, b)) ? a : b), V, V],
  logical: [(a, b) => (np.logicalNot(np.logicalAnd(np.less(a, 0), np.less(b, 0))) ? a : b), V, V],
  'a method': [(a, b) => (a.less(b).any() ? a : b), V, V],
  'one of many': [(a, b) => (np.greater(a, b).at(0) ? a : b), V, V],
  isclose: [(a, b) => (np.allclose(a, b) ? a : b), V, V],
  'a condition that is known of every secret': [(a, b) => (np.isnan(a) ? a : b), secret(), secret()],
  'one of an array': [(a, b) => (np.isfinite(a).at(0) ? a : b), V, V],
  snake_case: [(a, b) => (np.logical_or(np.less(a, 0), np.less(b, 0)) ? a : b), V, V],
  'a revealed condition': [(a, b) => (np.reveal(np.less(a, b)) ? a : b), secret(), secret()],
  'a bool argument': [(flag, x) => (flag ? x : np.negative(x)), secret([], 'bool'), V],
  filter: [(a) => [0, 1, 2].filter((i) => np.greater(a.at(i), 0)).map((i) => a.at(i)), V],
  'in a loop, on its index': [
    (a: sf.BaseArray) => np.fori(0, 3, (i, c) => (np.equal(i, 1) ? np.add(c, 1) : c), a),
    V,
  ],
  'in a gradient': [(a) => np.grad((w: sf.BaseArray) => np.sum(np.greater(w, 0) ? w : w))(a), V],
  'in vmap': [(a) => np.vmap((w: sf.BaseArray) => (np.greater(w, 0) ? w : np.negative(w)))(a), V],
};

for (const [name, [program, ...types]] of Object.entries(SWALLOWED))
  test(`a condition: ${name}`, () =>
    fails(() => record(program, ...types), 'UNUSED_CONDITION', 'np.where', 'np.unused').then((e) => {
      if (name !== 'a bool argument')
        assert.match(String(e.info.conditionSite), /swallowed\.test\.js:\d+:\d+/);
    }));

/** Programs that use their conditions, or say that they do not. */
const USED: Readonly<Record<string, readonly [Program, ...Type[]]>> = {
  where: [(a, b) => np.where(np.greater(a, b), a, b), V, V],
  'a value that is dropped': [
    (a, b) => {
      const dropped = np.where(np.greater(a, b), a, b);
      return [a, dropped].slice(0, 1);
    },
    V,
    V,
  ],
  returned: [(a, b) => ({ is: np.greater(a, b), all: [np.all(np.less(a, b))] }), V, V],
  unused: [
    (a, b) => {
      np.unused({ flags: [np.greater(a, b)] });
      return a;
    },
    V,
    V,
  ],
  'unused, as a value': [(a, b) => (np.unused(np.greater(a, b)) ? a : b), V, V],
  reveal: [
    (a) =>
      np.cond(
        np.reveal(np.any(np.less(a, 0))),
        () => a,
        () => np.negative(a),
      ),
    V,
  ],
  while: [
    (a: sf.BaseArray) =>
      np.whileRevealed(
        (x) => np.greater(x, 1),
        (x) => np.multiply(x, 0.5),
        a,
      ),
    secret(),
  ],
  fori: [(a: sf.BaseArray) => np.fori(0, 3, (i, c) => np.where(np.equal(i, 1), np.add(c, 1), c), a), V],
  'a bool carry': [
    (a: sf.BaseArray) =>
      np.fori(0, 3, (_, c) => ({ x: c.x, any: np.logicalOr(c.any, np.less(c.x, 0)) }), {
        x: a,
        any: np.less(a, 1),
      }),
    V,
  ],
  'captured by a loop': [
    (a: sf.BaseArray) => {
      const positive = np.greater(a, 0);
      return np.fori(0, 2, (_, c) => np.where(positive, c, np.add(c, 1)), a);
    },
    V,
  ],
  'what a gradient needs': [
    (a) => np.grad((w: sf.BaseArray) => np.sum(np.where(np.greater(w, 0), w, 0)))(a),
    V,
  ],
  'what a gradient does not need': [
    (a, y) => {
      const positive = np.greater(y, 0);
      return np.grad((w: sf.BaseArray) => np.sum(np.add(w, np.where(positive, 1, 0))))(a);
    },
    V,
    V,
  ],
  'what the loss counts beside': [
    (a) =>
      np.grad((w: sf.BaseArray) => [np.sum(np.square(w)), np.mean(np.greater(w, 0))], { hasAux: true })(a),
    V,
  ],
  vmap: [(a) => np.vmap((w: sf.BaseArray) => np.where(np.less(w, 0), 0, w))(a), V],
  'made by functions of np': [
    (a) => [
      np.argmax(a),
      np.sort(a),
      np.median(a),
      np.topK(a, 2)[0],
      np.clip(a, 0, 1),
      np.round(a),
      np.unique(a, { size: 2 }),
    ],
    V,
  ],
  'results not taken': [
    (a) => {
      np.unique(a, { size: 2 });
      np.histogram(a, { bins: 2, range: [0, 1] });
      np.divmod(a, 2);
      return np.modf(a)[0];
    },
    V,
  ],
  'a mask as an argument that is not used': [(_mask, x) => x, secret([3], 'bool'), V],
};

for (const [name, [program, ...types]] of Object.entries(USED))
  test(`no error: ${name}`, () => {
    assert.ok(record(program, ...types).graph.outs.length > 0);
  });

test('an unused condition is an error of its handle, and the SPU lives on', () =>
  withSpu(PARTIES, {}, async (s, spu) => {
    const [a, b] = [s.PYU('alice')(() => 1)(), s.PYU('bob')(() => 2)()];
    const larger = spu(function larger(x, y) {
      if (np.greater(x, y)) return x;
      return y;
    })(a, b);
    await fails(
      () => s.reveal(larger),
      'UNUSED_CONDITION',
      'np.greater at',
      'swallowed.test',
      'function "larger"',
    );
    const right = spu((x, y) => np.where(np.greater(x, y), x, y))(a, b);
    assert.is((await s.reveal(right)).item(), 2);
  }));

test('a secret as a number, as text, as JSON, by index, by iteration, by a misspelt name', async () => {
  const use = (fn: Program, code: sf.ErrorCode, ...texts: string[]) =>
    fails(() => record(fn, V), code, ...texts);
  await use((a) => a + 1, 'SECRET_IN_CONTROL_FLOW', 'np.add(a, b)');
  await use((a) => -a, 'SECRET_IN_CONTROL_FLOW', 'np.add(a, b)');
  await use((a) => (a > 0 ? a : 0), 'SECRET_IN_CONTROL_FLOW', 'np.greater(a, b)');
  await use((a) => Math.exp(a), 'SECRET_IN_CONTROL_FLOW', 'np');
  await use((a) => `${a}`, 'SECRET_IN_CONTROL_FLOW', 'as text');
  await use((a) => [10, 20][a], 'SECRET_IN_CONTROL_FLOW', 'as text');
  await use((a) => JSON.stringify({ a }), 'SECRET_IN_CONTROL_FLOW', 'sf.reveal');
  await use(([a]) => a, 'SECRET_IN_CONTROL_FLOW', '.at(0)', 'np.slice');
  await use((a) => [...a], 'SECRET_IN_CONTROL_FLOW', '.at(0)');
  await use((a) => a[0], 'INVALID_ARGUMENT', 'a.at(0)', 'np.slice');
  for (const name of ['map', 'forEach', 'filter', 'reduce', 'push'])
    await use((a) => a[name](() => 0), 'INVALID_ARGUMENT', `.${name}`, 'a.at(0)', 'np.slice');
  await use((a) => a.summ(), 'INVALID_ARGUMENT', 'did you mean .sum?');
  await use((a) => a.age, 'INVALID_ARGUMENT', 'no .age');
  await use((a) => np.slice(a, [[0, 3]] as never), 'INVALID_ARGUMENT', 'np.slice(x, [0, 3]');
  await use((a) => np.slice(a, { start: 0 } as never), 'INVALID_ARGUMENT', 'is no entry of a slice');
  await use(
    (a) => np.slice(a, [0, np.astype(a.at(0), 'int64')] as never),
    'INVALID_ARGUMENT',
    'np.dynamicSlice',
  );
});

test('a name that np does not have is an error with the nearest one', async () => {
  const names = np as unknown as Record<string, unknown>;
  await fails(() => names.fft, 'INVALID_ARGUMENT', 'np has no "fft"');
  await fails(() => names.meen, 'INVALID_ARGUMENT', 'did you mean np.mean?');
  await fails(
    () => (np.linalg as unknown as Record<string, unknown>).invv,
    'INVALID_ARGUMENT',
    'np.linalg.inv',
  );
  await fails(
    () => (np.random as unknown as Record<string, unknown>).norml,
    'INVALID_ARGUMENT',
    'np.random.',
  );
  assert.not.ok('fft' in np);
  assert.is(np.greater.name, 'greater');
  assert.is(np.newaxis, null);
  assert.ok(Object.keys(np).length > 400);
  assert.is(await Promise.resolve(np), np);
  // Types of np are names as before.
  const input: sf.np.ArrayInput = [1, 2];
  assert.is(np.sum(input).item(), 3);
});

test.run();
