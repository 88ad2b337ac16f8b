/** PYUs: functions of one party, their handles, and objects with state. */
import { inspect } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { fails, withSession } from './helpers.ts';

const test = suite('device: PYU');
const PARTIES = ['alice', 'bob'];

test('a call gives a handle at once; reveal gives the value as it is', () =>
  withSession(PARTIES, async (s) => {
    const alice = s.PYU('alice');
    const x = alice((x: number) => x)(2);
    assert.is(String(x), 'PYUObject(alice #1)');
    assert.is(inspect(x), 'PYUObject(alice #1)');
    assert.is(inspect(alice), 'PYU(alice)');
    assert.not.ok('then' in x);
    assert.is(await s.reveal(x), 2);
    assert.ok(x.site?.includes('pyu.test'), x.site);
    const date = new Date(0);
    assert.equal(await s.reveal({ a: [alice(() => date)(), 'kept'], b: undefined }), {
      a: [date, 'kept'],
      b: undefined,
    });
  }));

test('handles of the same party are unwrapped, also inside of trees; async functions are awaited', () =>
  withSession(PARTIES, async (s) => {
    const alice = s.PYU('alice');
    const x = alice(async () => [1, 2])();
    const sum = alice((o: { v: number[] }, by: number) => o.v.reduce((a, b) => a + b, 0) * by)({ v: x }, 10);
    assert.is(await s.reveal(sum), 30);
  }));

test('several results', () =>
  withSession(PARTIES, async (s) => {
    const alice = s.PYU('alice');
    const [a, b] = alice((): [number, string] => [1, 'two'], { numReturns: 2 })();
    assert.is(String(b), 'PYUObject(alice #1[1])');
    assert.equal(await s.reveal([a, b]), [1, 'two']);
    const [c] = alice(() => [1], { numReturns: 2 })() as readonly sf.PYUObject[];
    await fails(
      () => s.reveal(c),
      'INVALID_ARGUMENT',
      'numReturns is 2, but the function returned 1 results',
      'alice',
    );
    await fails(() => alice(() => 1, { numReturns: 0 }), 'INVALID_ARGUMENT', 'numReturns');
    await fails(
      () => alice(() => 1, { numReturn: 2 } as never),
      'INVALID_ARGUMENT',
      'unknown option "numReturn"',
    );
  }));

test('moving relabels, and a foreign handle is refused by both names', () =>
  withSession(PARTIES, async (s) => {
    const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
    const x = alice(() => 5)();
    await fails(
      () => bob((x: number) => x)(x),
      'INVALID_ARGUMENT',
      'bob was given PYUObject(alice #1)',
      'PYU(alice)',
    );
    assert.is(await s.reveal(bob((x: number) => x + 1)(x.to(bob))), 6);
    assert.is(x.to(alice), x);
    assert.is(await s.reveal(s.to(bob, 7)), 7);
  }));

test('an error in a function reaches whoever uses the handle, with party, op and call site', () =>
  withSession(PARTIES, async (s) => {
    const alice = s.PYU('alice');
    const readIt = () => {
      throw new Error('no such file');
    };
    const x = alice(readIt)();
    const e = await fails(
      () => s.reveal(x),
      'PARTY_FAILED',
      'alice op #1',
      'function "readIt"',
      'no such file',
      'pyu.test',
    );
    assert.is(e.info.party, 'alice');
    assert.is(e.info.op, 1);
    assert.ok(String(e.info.site).includes('pyu.test'));
    const later = alice((x: number) => x)(x);
    await fails(() => later.ready(), 'PARTY_FAILED', 'op #1');
    await fails(() => s.wait([later]), 'PARTY_FAILED', 'op #1');
  }));

test('unknown parties are named, with those there are', () =>
  withSession(PARTIES, async (s) => {
    await fails(() => s.PYU('alic'), 'INVALID_ARGUMENT', '"alic"', 'did you mean "alice"?', 'alice or bob');
    await fails(() => s.PYU('zoe'), 'INVALID_ARGUMENT', 'Use alice or bob');
    await fails(() => s.PYU('alice')(3 as never), 'INVALID_ARGUMENT', 'runs functions');
  }));

test("a party's function computes on its own data: it cannot call devices", () =>
  withSession(PARTIES, async (s) => {
    const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
    const x = alice(() => bob(() => 1)())();
    await fails(() => s.reveal(x), 'INVALID_ARGUMENT', 'runs on alice called a device', 'return the value');
  }));

class Counter {
  #n: number;
  constructor(start: number) {
    this.#n = start;
  }
  async add(by: number): Promise<number> {
    const before = this.#n;
    await new Promise((r) => setTimeout(r, 3));
    this.#n = before + by;
    return this.#n;
  }
  fail(): never {
    throw new RangeError('too much');
  }
}

test('an object with state lives at its party, and its methods run in order', () =>
  withSession(PARTIES, async (s) => {
    const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
    const At = sf.proxy(Counter);
    const counter = new At(10, { device: alice });
    const results = [counter.add(1), counter.add(alice(() => 5)()), counter.add(1)];
    assert.equal(await s.reveal(results), [11, 16, 17]);
    const e = await fails(
      () => s.reveal(counter.fail()),
      'PARTY_FAILED',
      'Counter.fail',
      'too much',
      'alice',
    );
    assert.ok(e.cause instanceof RangeError);
    assert.is(await s.reveal(counter.add(0)), 17);
    await fails(() => counter.add(bob(() => 1)()), 'INVALID_ARGUMENT', 'on PYU(bob)');
    await fails(() => At(1, {} as never), 'INVALID_ARGUMENT', 'missing device');
    await fails(() => At(1, { device: 'alice' as never }), 'INVALID_ARGUMENT', 'unexpected device');
  }));

test('a function may return any thenable: what it is resolved with counts, whatever its then gives', () =>
  withSession(PARTIES, async (s) => {
    // biome-ignore lint/suspicious/noThenProperty: as queries of databases are
    const query = (): unknown => ({ then: (resolve: (x: number) => void) => resolve(5) });
    assert.is(await s.reveal(s.PYU('bob')(query)()), 5);
  }));

test.run();
