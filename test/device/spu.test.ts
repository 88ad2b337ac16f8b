/** SPUs end to end: parties in threads, with either dealer, held against plain numbers. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { near, withSpu } from './helpers.ts';

const test = suite('device: SPU');
const { np } = sf;
const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin'];

for (const n of [2, 3, 5]) {
  for (const beaver_type of ['TrustedFirstParty', 'TrustedThirdParty']) {
    for (const field of ['FM64', 'FM128']) {
      test(`${n} parties, ${beaver_type}, ${field}`, () =>
        withSpu(NAMES.slice(0, n), { beaver_type, field }, async (s, spu) => {
          const a = s.PYU('alice')(() => [
            [1, -2, 3],
            [0.5, 4, -1],
          ])();
          const b = s.PYU('bob')(() => [
            [2, 1],
            [0, -1],
            [1.5, 0.25],
          ])();
          const product = spu((a, b) => np.matmul(a, b))(a, b);
          near(await s.reveal(product), [6.5, 3.75, -0.5, -3.75]);
          const more = spu((a, p) => ({
            less: np.less(a, 1),
            relu: np.maximum(p, 0),
            soft: np.sigmoid(p),
            mean: np.mean(a),
          }))(a, product);
          const { less, relu, soft, mean } = await s.reveal(more);
          assert.equal(less.toArray(), [
            [false, true, false],
            [true, false, true],
          ]);
          near(relu, [6.5, 3.75, 0, 0]);
          near(
            soft,
            [6.5, 3.75, -0.5, -3.75].map((x) => 1 / (1 + Math.exp(-x))),
          );
          near(mean, [5.5 / 6]);
          const [only] = s.stats().spus;
          assert.is(Object.keys(only!.bytes).length, n);
          assert.ok(only!.rounds > 0 && only!.dealerBytes > 0);
        }));
    }
  }
}

test('integers and booleans are exact', () =>
  withSpu(['alice', 'bob'], {}, async (s, spu) => {
    const a = s.PYU('alice')(() => BigInt64Array.of(3n, -(2n ** 40n), 7n))();
    const b = s.PYU('bob')(() => BigInt64Array.of(3n, 5n, -2n))();
    const out = await s.reveal(spu((a, b) => [np.multiply(a, b), np.equal(a, b), np.greater(a, b)])(a, b));
    assert.equal([...out[0]!.data], [9n, -5n * 2n ** 40n, -14n]);
    assert.equal(out[1]!.toArray(), [true, false, false]);
    assert.equal(out[2]!.toArray(), [false, false, true]);
  }));

test('trees, static arguments, public numbers and several results', () =>
  withSpu(['alice', 'bob'], {}, async (s, spu) => {
    const params = s.PYU('alice')(() => ({
      w: [
        [1, 2],
        [3, 4],
      ],
      layers: [Float64Array.of(1, 2), Float64Array.of(3)],
    }))();
    interface Params {
      w: sf.BaseArray;
      layers: sf.BaseArray[];
    }
    const apply = (p: Params, axis: number, by: number, names: { out: string }) => ({
      [names.out]: np.multiply(np.sum(p.w, axis), by),
      tail: p.layers[1]!,
    });
    const twice = spu(apply, { static: [1, -1] })(params as never, 0, 2, { out: 'sums' });
    const shown = (await s.reveal(twice)) as Record<string, sf.NDArray>;
    near(shown.sums!, [8, 12]);
    near(shown.tail!, [3]);
    const [q, r] = spu((x: sf.BaseArray): [sf.BaseArray, sf.BaseArray] => [np.add(x, 1), np.sum(x)], {
      numReturns: 2,
    })(s.PYU('bob')(() => [1, 2])());
    assert.is(String(r), `SPUObject(alice+bob #${r.op.number}[1])`);
    near(await s.reveal(q), [2, 3]);
    assert.is((await s.reveal(r)).item(), 3);
    near(await s.reveal(spu((x, y) => np.add(x, y))([1, 2], [[3], [4]])), [4, 5, 5, 6]);
  }));

test('what a function captures is up to date at every call', () =>
  withSpu(['alice', 'bob'], {}, async (s, spu) => {
    let by = 2;
    const scale = spu((x) => np.multiply(x, by));
    const x = s.PYU('alice')(() => 3)();
    assert.is((await s.reveal(scale(x))).item(), 6);
    by = 5;
    assert.is((await s.reveal(scale(x))).item(), 15);
  }));

test('alice -> SPU -> bob: only bob is given the result', () =>
  withSpu(['alice', 'bob', 'carol'], {}, async (s, spu) => {
    const bob = s.PYU('bob');
    const x = s.PYU('alice')(() => [1, 2, 3])();
    const shared = x.to(spu);
    assert.is(x.to(spu), shared, 'a value enters an SPU once');
    await shared.ready();
    const before = s.stats().spus[0]!.bytes;
    const atBob = spu((x) => np.square(x))(x).to(bob);
    assert.is(atBob.device, bob);
    near(await s.reveal(bob((v: sf.NDArray) => np.add(v, 1) as sf.NDArray)(atBob)), [2, 5, 10]);
    const after = s.stats().spus[0]!.bytes;
    // The square is opened masked to all (2 * 48 bytes a party); the reveal goes to bob alone (48 bytes from others).
    assert.is(after.alice! - before.alice!, 2 * 48 + 48);
    assert.is(after.bob! - before.bob!, 2 * 48);
    assert.is(s.to(spu, shared), shared);
  }));

test('calls run in the order in which they were made, however late their arguments come', () =>
  withSpu(['alice', 'bob'], {}, async (s, spu) => {
    const order: string[] = [];
    const late = s.PYU('alice')(async () => {
      await new Promise((r) => setTimeout(r, 30));
      return 1;
    })();
    const first = spu((x) => np.add(x, 1))(late);
    const second = spu((x) => np.add(x, 2))(s.PYU('bob')(() => 1)());
    const watch = (name: string, o: sf.SPUObject) => o.ready().then(() => order.push(name));
    await Promise.all([watch('second', second), watch('first', first)]);
    assert.equal(order, ['first', 'second']);
    assert.equal([(await s.reveal(first)).item(), (await s.reveal(second)).item()], [2, 3]);
  }));

test('public results stay public, and can be carried on', () =>
  withSpu(['alice', 'bob'], {}, async (s, spu) => {
    let w: sf.SPUObject<sf.NDArray> = spu(() => np.zeros(2))();
    const x = s.PYU('alice')(() => [1, 2])();
    for (let i = 0; i < 3; i++) w = spu((w, x) => np.add(w, x))(w, x);
    near(await s.reveal(w), [3, 6]);
  }));

test('two SPUs and two sessions at the same time', async () => {
  await withSpu(['alice', 'bob', 'carol'], {}, async (s, abc) => {
    const bc = s.SPU(sf.utils.testing.cluster_def(['bob', 'carol'], { field: 'FM64' }));
    const x = s.PYU('bob')(() => [1, 2])();
    await withSpu(['alice', 'bob'], {}, async (other, spu) => {
      const y = spu((x) => np.add(x, 1))(other.PYU('alice')(() => 1)());
      const both = s.reveal([abc((x) => np.sum(x))(x), bc((x) => np.sum(x))(x)]);
      assert.is((await other.reveal(y)).item(), 2);
      assert.equal(
        (await both).map((a) => a.item()),
        [3, 3],
      );
    });
  });
});

test('memory is given back: by hand, and when handles are gone', () =>
  withSpu(['alice', 'bob'], {}, async (s, spu) => {
    const x = s.PYU('alice')(() => new Float64Array(20_000).fill(1))();
    const add = spu((x, y) => np.add(x, y));
    let sum = add(x, x);
    for (let i = 0; i < 60; i++) {
      const next = add(sum, x);
      sum.free();
      sum = next;
    }
    near((await s.reveal(spu((x) => np.sum(x))(sum))) as sf.NDArray, [62 * 20_000], 1e-2);
    const peak = Math.max(...Object.values(s.stats().spus[0]!.peakMemory));
    assert.ok(peak < 20_000 * 16 * 20, `peak memory ${peak}`);
  }));

test.run();
