/** What JavaScript would swallow of handles, data and options is an error that says what was meant. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { fails, withSession, withSpu } from './helpers.ts';

const { np } = sf;

const test = suite('device: swallowed handles and options');

const PARTIES = ['alice', 'bob'];

// biome-ignore lint/suspicious/noExplicitAny: programs that no compiler would let pass
type Program = (...args: any[]) => unknown;

test('a handle as a number, as JSON, taken apart, asked for a field', () =>
  withSpu(PARTIES, {}, async (s, spu) => {
    const alice = s.PYU('alice');
    const x = alice(() => ({ age: 47 }))();
    const z = spu(() => np.zeros([2]))();
    for (const h of [x, z] as readonly unknown[]) {
      const handle = h as { age: number } & number & Iterable<number>;
      const use = (work: () => unknown, ...texts: string[]) =>
        fails(
          work,
          'INVALID_ARGUMENT',
          String(h),
          'swallowed-handles.test',
          'await sf.reveal(handle)',
          ...texts,
        );
      await use(() => handle + 1, 'as a number');
      await use(() => handle > 1, 'as a number');
      await use(() => JSON.stringify({ handle }), 'JSON');
      await use(() => {
        const [a] = handle;
        return a;
      }, '{ numReturns: 2 }');
      await use(() => handle.age, '.age');
      await use(() => {
        const { age } = handle;
        return age;
      }, '.age');
      assert.is(await (handle as unknown), h, 'await gives the handle: nothing is revealed');
      assert.is(`${h}`, String(h), 'its name, for messages');
      assert.is((h as { then?: unknown }).then, undefined);
    }
    await fails(
      () => alice((o: { age: number }) => o.age + (x as never))(x).ready(),
      'INVALID_ARGUMENT',
      'as a number',
    );
  }));

test('what is assigned to an element or field of an array or handle is an error, and so is a place asked for by in', () =>
  withSpu(PARTIES, {}, async (s, spu) => {
    const x = s.PYU('alice')(() => [1, 2, 3])();
    const programs: readonly Program[] = [
      (a) => {
        a[0] = 9;
        return a;
      },
      (a) => {
        const o = np.zeros([3]) as unknown as unknown[];
        for (let i = 0; i < 3; i++) o[i] = np.multiply(a.at(i), 2);
        return o;
      },
      (a) => {
        a.scale = 2;
        return a;
      },
      (a) => (0 in a ? a : np.negative(a)),
    ];
    for (const program of programs)
      await fails(() => spu(program)(x).ready(), 'INVALID_ARGUMENT', 'it stays as it is', 'np.stack');
    const known = np.array([1, 2]) as unknown as number[] & { own?: number };
    await fails(() => (known[1] = 5), 'INVALID_ARGUMENT', 'cannot be assigned');
    await fails(() => (known.own = 5), 'INVALID_ARGUMENT', '"own"');
    await fails(() => ((x as unknown as number[])[0] = 9), 'INVALID_ARGUMENT', 'cannot be assigned');
    assert.ok(known instanceof Object && 'shape' in known && !('other' in known));
  }));

test('handles that functions captured, or returned', () =>
  withSpu(PARTIES, {}, async (s, spu) => {
    const alice = s.PYU('alice');
    const x = alice(() => 1)();
    const captured = x as never;
    const advice = 'give it to the call as an argument';
    await fails(() => s.reveal(spu((y) => np.add(y, captured))(x)), 'DTYPE', String(x), advice);
    await fails(
      () => s.reveal(spu((y) => [np.add(y, 1), captured])(x)),
      'INVALID_ARGUMENT',
      String(x),
      advice,
    );
    await fails(() => s.reveal(alice((y: number) => np.add(y, captured))(x)), 'DTYPE', String(x), advice);
    await fails(() => s.reveal(alice((y: number) => [{ y, x }])(x)), 'INVALID_ARGUMENT', 'returned a handle');
    await fails(() => s.reveal(alice(() => new Map([['x', x]]))()), 'INVALID_ARGUMENT', 'returned a handle');
  }));

test('devices inside of an SPU function, promises as arguments, calls that were not made', () =>
  withSpu(PARTIES, {}, async (s, spu) => {
    const alice = s.PYU('alice');
    const x = alice(() => 1)();
    const inside = (fn: Program) =>
      fails(
        () => s.reveal(spu(fn as never)(x)),
        'INVALID_ARGUMENT',
        'recorded for an SPU',
        'called a device',
      );
    await inside((y) => spu((v) => v)(y));
    await inside((y) => alice((v: unknown) => v)(y));
    await inside(() => alice(() => 1)());
    await inside(() => s.reveal(x));
    await inside((y) => {
      void s.wait(x);
      return y;
    });
    await inside((y) => s.to(alice, y));
    await inside((y) => {
      x.to(spu);
      return y;
    });
    await inside(() => x.to(s.PYU('bob')));
    const promise = Promise.resolve(1) as never;
    await fails(() => alice((v: number) => v)(promise), 'INVALID_ARGUMENT', 'is a Promise: await it');
    await fails(() => spu((v) => v)([promise]), 'INVALID_ARGUMENT', 'is a Promise: await it');
    await fails(() => s.to(alice, { a: promise }), 'INVALID_ARGUMENT', 'is a Promise: await it');
    await fails(() => s.reveal([promise]), 'INVALID_ARGUMENT', 'is a Promise: await it');
    await fails(() => s.reveal(alice(() => 1)), 'INVALID_ARGUMENT', 'was not called: write alice(fn)(...)');
    await fails(() => s.reveal([spu(() => 1)]), 'INVALID_ARGUMENT', 'was not called: write spu(fn)(...)');
    await fails(() => s.wait(alice(() => 1)), 'INVALID_ARGUMENT', 'was not called');
    await fails(() => alice((v: unknown) => v)(alice(() => 1)), 'INVALID_ARGUMENT', 'was not called');
    await fails(() => s.reveal(alice), 'INVALID_ARGUMENT', 'is a device');
  }));

test('gaps in data are named with their place', () =>
  withSpu(PARTIES, {}, async (s, spu) => {
    const alice = s.PYU('alice');
    const gap = async (value: unknown, ...texts: string[]) =>
      fails(() => s.reveal(alice(() => value)().to(spu)), 'DTYPE', 'not a number', ...texts);
    await gap([1, null, 3], 'at [1] is null');
    await gap(
      [
        [1, 2],
        [3, undefined],
      ],
      'at [1][1] is undefined',
    );
    await gap({ age: [47, null] }, 'at .age[1] is null');
    await gap([[1, 2], null], 'at [1] is null');
    await fails(() => s.reveal(spu((x) => np.sum(x))([1, null] as never)), 'DTYPE', 'argument 0[1] is null');
    const tree = spu((t) => np.sum((t as unknown as { w: sf.BaseArray }).w))({ w: [1, 2], b: null } as never);
    assert.is((await s.reveal(tree)).item(), 3, 'a part of a tree may be left out');
  }));

class Model {
  readonly weight = 1;
  fit(): number {
    return this.weight;
  }
}

test('nothing that is given is ignored', () =>
  withSession(PARTIES, async (s) => {
    const alice = s.PYU('alice');
    const spu = s.SPU(sf.utils.testing.clusterDef(PARTIES));
    const x = alice(() => 1)();
    const z = x.to(spu);
    await z.ready();
    const surplus = (work: (...more: never[]) => unknown) =>
      fails(() => work(2 as never), 'INVALID_ARGUMENT', 'an argument too many (2)');
    await surplus((m) => s.wait(x, m));
    await surplus((m) => s.reveal(x, m));
    await surplus((m) => s.to(alice, 1, m));
    await surplus((m) => s.PYU('alice', m));
    await surplus((m) => s.SPU(sf.utils.testing.clusterDef(PARTIES), m));
    await surplus((m) => s.barrier(m));
    await surplus((m) => s.shutdown(m));
    await surplus((m) => sf.shutdown(m));
    await surplus((m) => sf.stats(m));
    await surplus((m) => (sf.init as Program)({ parties: PARTIES }, undefined, m));
    await surplus((m) => (sf.session as Program)({ parties: PARTIES }, undefined, m));
    await fails(() => sf.proxy(Model, 2 as never), 'INVALID_ARGUMENT', 'options are an object');
    await surplus((m) => (alice as unknown as Program)(() => 1, {}, m));
    await surplus((m) => (spu as unknown as Program)(() => 1, {}, m));
    await surplus((m) => x.to(spu, m));
    await surplus((m) => z.to(alice, m));
    await surplus((m) => x.ready(m));
    await surplus((m) => z.ready(m));
    await surplus((m) => z.free(m));
    for (const name of ['ready', 'stats', 'record', 'close'] as const)
      await surplus((m) => (spu[name] as Program)(m));
    await surplus((m) => (spu.revealTo as Program)(alice, z, m));
    await surplus((m) => (spu.dump as Program)(z, 'file', m));
    await surplus((m) => (spu.load as Program)('file', m));
    await surplus((m) => (sf.utils.testing.clusterDef as Program)(PARTIES, {}, m));
    await fails(() => sf.proxy(Model, { maxConcurency: 2 } as never), 'INVALID_ARGUMENT', 'maxConcurency');
    await fails(() => alice(() => 1, { maxConcurrency: 2 } as never), 'INVALID_ARGUMENT', '"maxConcurrency"');
    await fails(() => spu(() => 1, { maxConcurrency: 2 } as never), 'INVALID_ARGUMENT', '"maxConcurrency"');
    await fails(
      () => sf.proxy(Model)({ device: alice, maxConcurrency: 2 } as never),
      'INVALID_ARGUMENT',
      'unknown option',
    );
    await fails(() => sf.init({ parties: PARTIES, maxConcurrency: 2 } as never), 'CONFIG', 'maxConcurrency');
    await fails(() => s.to(alice, ...([] as unknown as [number])), 'INVALID_ARGUMENT', 'what is to be put');
    await fails(
      () => s.reveal(alice(() => 5, { numReturns: 1 })()),
      'INVALID_ARGUMENT',
      'leave numReturns out',
    );
    assert.equal(await s.reveal(alice(() => [5], { numReturns: 1 })()), [5]);
    await fails(() => x.to('bob' as never), 'INVALID_ARGUMENT', "x.to(sf.PYU('bob'))", '"bob"');
    await fails(() => x.to(...([] as unknown as [sf.PYU])), 'INVALID_ARGUMENT', "x.to(sf.PYU('bob'))");
    await fails(() => s.to('bob' as never, 1), 'INVALID_ARGUMENT', 'takes a device');
    const model = sf.proxy(Model)({ device: alice });
    await fails(
      () => (model as unknown as Model).weight,
      'INVALID_ARGUMENT',
      '"weight"',
      'methods alone (fit)',
    );
    await fails(() => (model as unknown as { fitt(): void }).fitt(), 'INVALID_ARGUMENT', 'did you mean fit?');
    assert.is(await s.reveal(model.fit()), 1);
  }));

test('a configuration is answered in its own spelling', async () => {
  const def = (runtime: object) => ({
    nodes: PARTIES.map((party) => ({ party })),
    runtime_config: runtime as sf.RuntimeConfigOptions,
  });
  await withSession(PARTIES, async (s) => {
    const snake = await fails(() => s.SPU(def({ protocol: 'SEMI2K', feild: 'FM64' })), 'CONFIG', '"field"');
    assert.match(snake.message, /fxp_fraction_bits/);
    assert.not.match(snake.message, /fxpFractionBits/);
    const camel = await fails(
      () =>
        s.SPU({
          nodes: def({}).nodes,
          // @ts-expect-error: editors know it, too
          runtimeConfig: { protocol: 'SEMI2K', feild: 'FM64' },
        }),
      'CONFIG',
    );
    assert.match(camel.message, /fxpFractionBits/);
  });
});

test.run();
