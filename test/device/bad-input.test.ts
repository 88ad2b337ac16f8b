/** Bad input: each kind is a typed error that names party and place, before any message of the protocol. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { fails, withSpu } from './helpers.ts';

const test = suite('device: bad input');
const { np } = sf;
const PARTIES = ['alice', 'bob'];

/** What alice gives to an SPU of FM64, and the error that everybody who builds on it gets. */
const CASES: Readonly<Record<string, [() => unknown, sf.ErrorCode, ...(string | RegExp)[]]>> = {
  NaN: [
    () => [
      [1, 2],
      [3, Number.NaN],
    ],
    'RANGE',
    'NaN at index [1, 1]',
    'FM64',
    '2^44',
  ],
  infinity: [() => ({ w: [1, Number.POSITIVE_INFINITY] }), 'RANGE', '.w', 'an infinity at index [1]'],
  'a value beyond the range': [() => 2 ** 44, 'RANGE', 'out of range', '|x| < 2^44', /^(?!.*17592186044416)/],
  'a ragged array': [() => [[1, 2], [3]], 'SHAPE', 'ragged'],
  'no number': [() => ({ name: 'alice' }), 'DTYPE', '.name', 'numbers and arrays of numbers'],
  'an error with a code': [
    () => {
      throw new sf.TesseraError('INVALID_ARGUMENT', 'no/such.csv: ENOENT');
    },
    'INVALID_ARGUMENT',
    'no/such.csv',
    'ENOENT',
  ],
};

for (const [name, [value, code, ...texts]] of Object.entries(CASES)) {
  test(name, () =>
    withSpu(PARTIES, { field: 'FM64' }, async (s, spu) => {
      const x = s.PYU('alice')(value)();
      const z = spu((x) => np.add(x as never, 1))(x);
      const e = await fails(() => s.reveal(z), code, ...texts, 'alice', 'bad-input.test');
      assert.is(e.info.party, 'alice');
      assert.type(e.info.op, 'number');
      await fails(() => z.ready(), code);
      await fails(() => s.reveal(z.to(s.PYU('bob'))), code);
      assert.is(s.stats().spus[0]!.jobs, 0, 'no message was sent');
      const fine = spu((x) => np.add(x, 1))(s.PYU('alice')(() => 1)());
      assert.is((await s.reveal(fine)).item(), 2, 'the SPU works on');
    }),
  );
}

test('one bad value of several does not spoil the others', () =>
  withSpu(PARTIES, {}, async (s, spu) => {
    const good = s.PYU('alice')(() => 1)();
    const bad = s.PYU('bob')(() => Number.NaN)();
    const both = spu((x, y) => np.add(x, y))(good, bad);
    await fails(() => s.reveal(both), 'RANGE', 'bob');
    assert.is((await s.reveal(spu((x) => np.add(x, 1))(good))).item(), 2);
  }));

test('errors in a program: mismatched shapes, secrets in conditions, what is thrown', () =>
  withSpu(PARTIES, {}, async (s, spu) => {
    const x = s.PYU('alice')(() => [1, 2, 3])();
    const y = s.PYU('bob')(() => [1, 2])();
    const e = await fails(
      () =>
        s.reveal(
          spu(function join(x, y) {
            return np.add(x, y);
          })(x, y),
        ),
      'SHAPE',
      'SPU(alice, bob) op #',
      'function "join"',
      '(3,)',
      '(2,)',
    );
    assert.equal(e.info.parties, PARTIES);
    await fails(() => s.reveal(spu((x) => (Number(x) > 0 ? x : 0))(x)), 'SECRET_IN_CONTROL_FLOW', 'np.where');
    const thrown = await fails(
      () =>
        s.reveal(
          spu(() => {
            throw new TypeError('oops');
          })(),
        ),
      'PARTY_FAILED',
      'oops',
      'bad-input.test',
    );
    assert.ok(thrown.cause instanceof TypeError);
    await fails(() => s.reveal(spu(async (x: sf.BaseArray) => x)(x)), 'UNSUPPORTED', 'Promise');
    await fails(() => s.reveal(spu((x) => np.multiply(x, Number.NaN))(x)), 'RANGE', 'public constant', 'NaN');
    await fails(() => s.reveal(spu((x) => np.matmul(x, [[1, 2]]))(x)), 'SHAPE');
  }));

test('what may not enter an SPU is named at the call', () =>
  withSpu(['alice', 'bob', 'carol'], {}, async (s, spu) => {
    const ab = s.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
    const c = s.PYU('carol')(() => 1)();
    const here = spu((x) => x)(c);
    await fails(() => ab((x) => x)(here), 'INVALID_ARGUMENT', 'another SPU');
    await fails(() => here.to(ab), 'INVALID_ARGUMENT', 'another SPU');
    await fails(() => s.to(spu, 3 as never), 'INVALID_ARGUMENT', 'put it on a PYU first');
    await fails(
      () => s.reveal(spu(((x: string) => x) as never)('text' as never)),
      'INVALID_ARGUMENT',
      'argument 0',
      'static: [0]',
    );
    await fails(() => spu((x) => x, { statik: [0] } as never), 'INVALID_ARGUMENT', 'unknown option "statik"');
    await fails(() => spu((x) => x, { static: [1] })(1), 'INVALID_ARGUMENT', 'no argument 1');
    await fails(() => spu('x' as never), 'INVALID_ARGUMENT', 'runs functions');
    const two = spu(() => [1, 2], { numReturns: 3 })() as readonly sf.SPUObject[];
    await fails(() => s.reveal(two[2]), 'INVALID_ARGUMENT', 'numReturns is 3', '2 results');
    here.free();
    await fails(() => spu((x) => x)(here), 'INVALID_ARGUMENT', 'was freed');
    await fails(() => s.reveal(here), 'INVALID_ARGUMENT', 'was freed');
  }));

test('a session of nobody, and a handle of another session', async () => {
  await fails(() => sf.session({ parties: [] }), 'CONFIG', 'at least one');
  await withSpu(PARTIES, {}, async (s, spu) => {
    const other = await sf.session(PARTIES, { loggingLevel: 'error' });
    const x = other.PYU('alice')(() => 1)();
    await fails(() => spu((x) => x)(x), 'INVALID_ARGUMENT', 'another session');
    await fails(() => s.reveal(x), 'INVALID_ARGUMENT', 'another session');
    await fails(() => x.to(s.PYU('bob')), 'INVALID_ARGUMENT', 'another session');
    await other.shutdown();
  });
});

test('an integer that a small ring cannot hold: its place and the range, not the number', () =>
  withSpu(PARTIES, { field: 'FM32' }, async (s, spu) => {
    for (const value of [2n ** 40n + 7n, -(2n ** 31n) - 1n, 2n ** 31n]) {
      const x = s.PYU('alice')(() => np.array(BigInt64Array.of(1n, value, 3n)))();
      const texts = [
        /out of range at index \[1\]/,
        'FM32 holds integers x with -2^31 <= x < 2^31',
        /^(?!.*1099511627783)/,
      ];
      await fails(() => s.reveal(spu((a) => np.maximum(a, 1))(x)), 'RANGE', ...texts);
    }
    const ends = s.PYU('alice')(() => np.array(BigInt64Array.of(2n ** 31n - 2n, -(2n ** 31n))))();
    const turned = (await s.reveal(spu((a) => np.flip(a))(ends))) as sf.NDArray;
    assert.equal(Array.from(turned.data, Number), [-(2 ** 31), 2 ** 31 - 2]);
    // What may leave the ring is refused before anybody sends anything.
    await fails(
      () => s.reveal(spu((a) => np.add(a, 1))(ends)),
      'RANGE',
      'np.add of int64 may leave the 32 bits',
    );
  }));

test.run();
