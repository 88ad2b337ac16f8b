/** Calls mean what they meant when they were made; values move by value, as in production; failures are told. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { fails, near, withSession, withSpu } from './helpers.ts';
import { MEANING, meaning, weights } from './meaning.ts';

const { np } = sf;

const test = suite('device: calls');

const PARTIES = ['alice', 'bob'];

const numbers = (list: readonly unknown[]): unknown[] => list.map((x) => (x as sf.NDArray).toArray());

test('arguments are what they were at the call: arrays, trees, options, static arguments, data put on a party', () =>
  withSpu(PARTIES, {}, async (s, spu) => {
    const alice = s.PYU('alice');
    const one = alice(async () => 1)();
    const kinds: Readonly<Record<string, () => { set(i: number): unknown; value: unknown }>> = {
      'a typed array': () => {
        const value = new Float64Array(1);
        return { value, set: (i) => value.fill(i) };
      },
      'a list': () => {
        const value = [0];
        return { value, set: (i) => value.fill(i) };
      },
      'an NDArray': () => {
        const value = np.zeros([1]) as sf.NDArray;
        return { value, set: (i) => (value.data as Float64Array).fill(i) };
      },
    };
    for (const [name, make] of Object.entries(kinds)) {
      const { set, value } = make();
      const [there, secret, put, fixed, own] = [[], [], [], [], []] as sf.DeviceObject[][];
      class Kept {
        readonly #v: { readonly [i: number]: number };
        constructor(v: { readonly [i: number]: number }) {
          this.#v = v;
        }
        first(): number {
          return Number(np.sum(this.#v as never).item());
        }
        other(v: never): number {
          return Number(np.sum(v).item());
        }
      }
      const At = sf.proxy(Kept);
      const kept = At([0], { device: alice });
      for (let i = 1; i <= 3; i++) {
        set(i);
        there!.push(alice((v: never) => Number(np.sum(v).item()))(value as never));
        secret!.push(spu((x, v) => np.multiply(x, v))(one, value as never));
        put!.push(s.to(alice, value));
        fixed!.push(spu((x, v) => np.multiply(x, np.sum(v as never)), { static: [1] })(one, value as never));
        own!.push(At(value as never, { device: alice }).first(), kept.other(value as never));
      }
      set(9);
      assert.equal(await s.reveal(there), [1, 2, 3], name);
      assert.equal(numbers(await s.reveal(secret!)), [[1], [2], [3]], name);
      assert.equal(numbers(await s.reveal(fixed!)), [1, 2, 3], name);
      const values = (await s.reveal(put!)) as never[];
      assert.equal(
        values.map((v) => Number(np.sum(v).item())),
        [1, 2, 3],
        name,
      );
      assert.equal(await s.reveal(own!), [1, 1, 2, 2, 3, 3], name);
    }
    const options = { k: 0, deep: { list: [0], map: new Map([['k', [0]]]), when: new Date(0) } };
    const read = (o: typeof options) =>
      o.k + o.deep.list[0]! + o.deep.map.get('k')![0]! + o.deep.when.getTime();
    const reads = [1, 2, 3].map((i) => {
      options.k = i;
      options.deep.list[0] = i;
      options.deep.map.get('k')![0] = i;
      options.deep.when.setTime(i);
      return alice(read)(options);
    });
    assert.equal(await s.reveal(reads), [4, 8, 12]);
    const settings = { static: [1] };
    const f = spu((x, n) => np.multiply(x, n as never), settings);
    settings.static = [];
    assert.is((await s.reveal(f(one, 4 as never))).item(), 4);
    const asked = [one];
    const answer = s.reveal(asked);
    asked.push(alice(() => 2)());
    assert.equal(await answer, [1]);
  }));

test('what a method gives is what it was then, also where the object goes on changing it', () =>
  withSession(PARTIES, async (s) => {
    class Model {
      readonly w = Float64Array.of(0);
      step(): { readonly w: Float64Array } {
        this.w[0]! += 1;
        return { w: this.w };
      }
    }
    const model = sf.proxy(Model)({ device: s.PYU('alice') });
    const all = (await s.reveal([model.step(), model.step(), model.step()])) as { w: Float64Array }[];
    assert.equal(
      all.map(({ w }) => w[0]),
      [1, 2, 3],
    );
  }));

class Stack extends Array<number> {}

class Box {
  n = 1;
}

test('what is behind a handle does not change, whatever functions do to what they are given and have given', () =>
  withSpu(PARTIES, {}, async (s, spu) => {
    const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
    const kept = Float64Array.of(1, 2, 3);
    const buffers = [
      () => [3, 1, 2],
      () => Float64Array.of(3, 1, 2),
      () => new Float64Array([3, 1, 2, 9]).subarray(0, 3),
    ];
    for (const make of buffers) {
      const x = alice(make as () => number[])();
      const before = alice((v: number[]) => v[0]!)(x);
      const sorted = alice((v: number[]) => v.sort())(x);
      const filled = alice((v: number[]) => v.fill(7))(x);
      const after = alice((v: number[]) => v[0]!)(x);
      const inside = spu((v) => np.add(v as sf.BaseArray, 0))(x);
      const elsewhere = bob((v: number[]) => v.fill(0)[0]!)(x.to(bob));
      assert.equal(await s.reveal([before, after, elsewhere]), [3, 3, 0]);
      assert.equal([...(await s.reveal(sorted))], [1, 2, 3]);
      assert.equal([...(await s.reveal(filled))], [7, 7, 7]);
      near(await s.reveal(inside), [3, 1, 2]);
    }
    const deep = alice(() => ({
      list: [{ k: 1 }],
      map: new Map([['k', [1]]]),
      set: new Set([1]),
      when: new Date(1),
    }))();
    const change = alice(
      (d: { list: { k: number }[]; map: Map<string, number[]>; set: Set<number>; when: Date }) => {
        d.list[0]!.k = 2;
        d.map.get('k')!.push(2);
        d.set.add(2);
        d.when.setTime(2);
        return d;
      },
    );
    const changed = change(deep);
    const read = { list: [{ k: 1 }], map: new Map([['k', [1]]]), set: new Set([1]), when: new Date(1) };
    assert.equal(await s.reveal(deep), read);
    assert.equal(((await s.reveal(changed)) as typeof read).list, [{ k: 2 }]);
    const given = [1, 2, 3].map((i) =>
      alice(() => {
        kept[0] = i;
        return kept;
      })(),
    );
    const parts = alice(() => [kept, kept.subarray(1)], { numReturns: 2 })();
    await alice(() => void kept.fill(0))().ready();
    assert.equal(
      ((await s.reveal(given)) as Float64Array[]).map(([first]) => first),
      [1, 2, 3],
    );
    assert.equal(
      ((await s.reveal([...parts])) as Float64Array[]).map(([first]) => first),
      [3, 2],
    );
    const big = Float64Array.of(5);
    assert.equal([...((await s.reveal(alice(() => sf.take(big))())) as Float64Array)], [5]);
    assert.is(big.length, 0, 'taken, not copied');
    // What stays at its party stays what it is.
    const text = alice(() => Buffer.from('text'))();
    assert.is(await s.reveal(alice((b: Buffer) => b.toString())(text)), 'text');
    const stack = alice(() => Stack.from([1]))();
    assert.is(await s.reveal(alice((x: Stack) => x instanceof Stack)(stack)), true);
    const box = alice(() => new Box())();
    await alice((b: Box) => {
      b.n += 1;
    })(box).ready();
    assert.is(await s.reveal(alice((b: Box) => b.n)(box)), 2);
  }));

test('training that reuses one buffer for its labels gives what fresh buffers give', () =>
  withSpu(PARTIES, {}, async (s, spu) => {
    const alice = s.PYU('alice');
    const x = alice(() => [
      [1, 2],
      [3, 4],
      [5, 6],
    ])();
    const step = (w: sf.BaseArray, X: sf.BaseArray, y: sf.BaseArray) =>
      np.subtract(w, np.multiply(0.01, np.matmul(np.transpose(X), np.subtract(np.matmul(X, w), y))));
    const train = async (labels: (turn: number) => Float64Array) => {
      let w = spu(() => np.zeros([2]))() as sf.SPUObject<sf.NDArray>;
      for (let i = 0; i < 4; i++) w = spu(step)(w, x, labels(i));
      return [...((await s.reveal(w)).data as Float64Array)];
    };
    const fresh = await train((i) => Float64Array.of(i, i + 1, i + 2));
    const buffer = new Float64Array(3);
    const reused = await train((i) => {
      for (let k = 0; k < 3; k++) buffer[k] = i + k;
      return buffer;
    });
    for (const [i, w] of reused.entries()) assert.ok(Math.abs(w - fresh[i]!) < 1e-5, `${w}, ${fresh[i]}`);
  }));

test('what a function captures is read at the call, where the shapes are known there', () =>
  withSpu(PARTIES, {}, async (s, spu) => {
    const one = s
      .PYU('alice')(() => 1)()
      .to(spu);
    await one.ready();
    let rate = 1;
    const scaled = Array.from({ length: 3 }, () => {
      const h = spu((x) => np.multiply(x, rate))(one);
      rate *= 0.5;
      return h;
    });
    assert.equal(numbers(await s.reveal(scaled)), [1, 0.5, 0.25]);
    // A chain of programs from a first one without arguments; and parts of a program with several results.
    let w = spu(() => np.zeros([2]))();
    let parts = spu(() => [np.ones([1]), np.ones([2])], { numReturns: 2 })() as readonly sf.SPUObject[];
    for (rate = 1; rate > 0.2; rate *= 0.5) {
      w = spu((v) => np.add(v, rate))(w);
      parts = spu((a, b) => [np.multiply(a, rate), np.add(b, rate)], { numReturns: 2 })(...parts) as never;
    }
    assert.equal((await s.reveal(w)).toArray(), [1.75, 1.75]);
    assert.equal(numbers(await s.reveal([...parts])), [[0.125], [2.75, 2.75]]);
    // An error of the recording is the handle's, and later programs run.
    const bad = spu((v) => np.matmul(v, np.zeros([5])))(w);
    assert.instance(bad, sf.SPUObject);
    const after = spu((v) => np.add(v, 1))(bad);
    await fails(() => after.ready(), 'SHAPE');
    assert.equal((await s.reveal(spu((v) => np.add(v, 1))(w))).toArray(), [2.75, 2.75]);
  }));

test('an array that is taken over is not copied, and is gone afterwards', () =>
  withSpu(PARTIES, {}, async (s, spu) => {
    const alice = s.PYU('alice');
    const mine = Float64Array.of(1, 2, 3);
    const taken = sf.take(mine);
    assert.is(mine.length, 0);
    assert.equal([...taken], [1, 2, 3]);
    const x = alice((v: Float64Array) => v[1]!)(taken);
    assert.is(taken.length, 0);
    assert.is(await s.reveal(x), 2);
    for (const gone of [mine, taken])
      for (const use of [
        () => alice((v: unknown) => v)(gone),
        () => spu((v) => v)(gone),
        () => s.to(alice, { deep: [gone] }),
        () => sf.take(gone),
      ])
        await fails(use, 'INVALID_ARGUMENT', 'taken over');
    near(await s.reveal(spu((v) => np.add(v, 1))(sf.take(Float64Array.of(1)))), [2]);
    near((await s.reveal(s.to(alice, sf.take(np.ones([2, 2]) as sf.NDArray)))) as sf.NDArray, [1, 1, 1, 1]);
    await fails(() => sf.take(new Float64Array(4).subarray(1)), 'INVALID_ARGUMENT', 'shares its memory');
    await fails(() => sf.take(Buffer.alloc(4).subarray(0, 2)), 'INVALID_ARGUMENT', 'shares its memory');
    await fails(() => sf.take([1] as never), 'INVALID_ARGUMENT', 'arrays of numbers');
  }));

test('parties of a simulation share no memory', () =>
  withSession(PARTIES, async (s) => {
    const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
    for (const make of [() => Float64Array.of(1, 2, 3), () => [1, 2, 3], () => new Uint8Array([1, 2, 3])]) {
      const hers = alice(make as () => number[])();
      await bob((v: number[]) => void v.fill(0))(hers.to(bob)).ready();
      assert.is(await s.reveal(alice((v: number[]) => v.reduce((a, b) => a + b, 0))(hers)), 6);
      (await s.reveal(hers)).fill(0);
      assert.is(await s.reveal(alice((v: number[]) => v.reduce((a, b) => a + b, 0))(hers)), 6);
    }
  }));

test('a program means in a simulation what it means in production', () =>
  withSpu(PARTIES, {}, async (s, spu) => {
    const { w, codes, ...rest } = (await meaning(s, spu)) as typeof MEANING & {
      w: number[];
      codes: unknown[];
    };
    assert.equal(rest, MEANING);
    weights().forEach((want, i) => {
      assert.ok(Math.abs(w[i]! - want) < 0.002, `${w[i]}, ${want}`);
    });
    assert.equal(codes, ['SERIALIZATION', 'INVALID_ARGUMENT', 'UNUSED_CONDITION', 'DTYPE', true, true]);
  }));

class Secret {
  readonly x: unknown;
  constructor(x: unknown = 1) {
    this.x = x;
  }
}

test('what may move in production moves in a simulation, and nothing else', () =>
  withSession(PARTIES, async (s) => {
    const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
    const refused: Readonly<Record<string, () => unknown>> = {
      'a function': () => () => 1,
      'a Secret': () => [new Secret()],
      'a symbol': () => Symbol('x'),
      'a RegExp': () => ({ r: /x/ }),
      'a Error': () => new Error('x'),
    };
    for (const [name, make] of Object.entries(refused)) {
      await fails(() => alice(make)().to(bob).ready(), 'SERIALIZATION', name, 'alice op #');
      await fails(() => s.reveal(alice(make)()), 'SERIALIZATION', name);
    }
    await fails(() => alice((x: Secret) => x.x)(new Secret()), 'SERIALIZATION', 'a Secret', 'registerType');
    const data = {
      list: [1, -0, Number.NaN, 'text', true, null, undefined],
      big: 12n ** 30n,
      bytes: Buffer.from([1, 2]),
      floats: Float32Array.of(0.5),
      when: new Date(5),
      map: new Map<unknown, unknown>([['k', new Set([1])]]),
      lone: 'a\ud800b',
      'lone\udc00': 1,
    };
    const arrived = (await s.reveal(alice(() => data)().to(bob))) as typeof data;
    assert.equal(arrived, { ...data, bytes: new Uint8Array([1, 2]) });
    assert.ok(Object.is(arrived.list[1], -0));
    assert.is(arrived.bytes.constructor, Uint8Array);
    assert.equal(await s.reveal(alice(() => data)()), arrived, 'alike for its owner');
    assert.is(await s.reveal(alice((b: Uint8Array) => b.constructor.name)(Buffer.from([1]))), 'Uint8Array');
    for (const value of [undefined, null, 0, '', false, Number.NaN])
      assert.equal(
        await s.reveal([alice(() => value)(), alice(() => value)().to(bob)] as sf.DeviceObject[]),
        [value, value],
      );
  }));

test("a simulation keeps to an allow-list, in production's words", async () => {
  const s = await sf.session({
    parties: PARTIES,
    loggingLevel: 'warning',
    cross_silo_serializing_allowed_list: { builtins: ['list'] },
  });
  try {
    const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
    assert.equal(await s.reveal(alice(() => [1, 2])().to(bob)), [1, 2]);
    await fails(
      () =>
        alice(() => Float64Array.of(1))()
          .to(bob)
          .ready(),
      'SERIALIZATION',
      'allow-list',
    );
  } finally {
    await s.shutdown();
  }
});

test('handles in Map and Set are found and resolved; elsewhere they are an error', () =>
  withSpu(PARTIES, {}, async (s, spu) => {
    const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
    const x = alice(() => 2)();
    const nested = new Map<string, unknown>([
      ['x', x],
      ['set', new Set([x])],
    ]);
    const sum = (m: Map<string, unknown>) => (m.get('x') as number) + [...(m.get('set') as Set<number>)][0]!;
    assert.is(await s.reveal(alice(sum as never)(nested as never)), 4);
    await fails(() => bob(sum as never)(nested as never), 'INVALID_ARGUMENT', 'which is on PYU(alice)');
    const got = (await s.reveal(nested)) as Map<string, unknown>;
    assert.equal([got.get('x'), got.get('set')], [2, new Set([2])]);
    const bad = alice((): number => {
      throw new Error('no such file');
    })();
    await fails(() => s.wait(new Map([['bad', bad]])), 'PARTY_FAILED', 'no such file');
    const f = (m: never) => new Map([['y', np.add((m as Map<string, sf.BaseArray>).get('x')!, 1)]]);
    const y = (await s.reveal(spu(f)(new Map([['x', x]]) as never))) as unknown as Map<string, sf.NDArray>;
    assert.is(y.get('y')!.item(), 3);
    for (const use of [
      () => alice((v: unknown) => v)(new Secret(x)),
      () => spu((v) => v)([new Secret(x)] as never),
      () => s.reveal(new Secret(x)),
      () => s.wait([new Secret(x)]),
      () => s.to(alice, new Secret(x)),
    ])
      await fails(use, 'INVALID_ARGUMENT', 'a Secret with a handle in it (.x)', 'Map and Set');
    await fails(() => s.to(alice, [x]), 'INVALID_ARGUMENT', 'data with handles in it');
  }));

test.run();
