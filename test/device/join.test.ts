/** sf.join in a simulation: columns for rows with a partner, zeros for others, and what is refused. */
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { suite } from '../link/helpers.ts';
import { fails, near, withSpu } from './helpers.ts';

const test = suite('device/join');
const TWO = ['alice', 'bob'];

const numbers = async (s: sf.Session, x: sf.SPUObject): Promise<sf.NDArray> =>
  (await s.reveal(x)) as unknown as sf.NDArray;

/** n different numbers below 61, a prime: multiples of a step. */
const drawn = (n: number, step: number): number[] =>
  Array.from({ length: n }, (_, i) => (step * (i + 1)) % 61);

for (const field of ['FM128', 'FM64'])
  test(`tables at ${field}, with columns of one and of more dimensions`, async () => {
    await withSpu(TWO, { field }, async (s, spu) => {
      let joins = 0;
      for (const [n, m] of [
        [40, 25],
        [1, 30],
        [30, 1],
      ] as const) {
        const [x, y] = [drawn(n, 7), drawn(m, 11)];
        const columns = [y.map((id) => id + 0.5), y.map((id) => [id, -id])];
        const at = (party: string, v: unknown) => s.to(s.PYU(party), v);
        const { member, columns: found } = sf.join(
          spu,
          { alice: at('alice', x), bob: at('bob', y) },
          columns.map((c) => at('bob', c)),
        );
        await s.wait(member);
        joins += 1;
        // One sort to bring partners together and one back, whatever they carry; at FM64 the first takes keys in two parts.
        assert.is(spu.stats().ops.find(({ op }) => op === 'sort')!.count, (field === 'FM64' ? 3 : 2) * joins);
        assert.equal(
          Array.from((await numbers(s, member)).data, Boolean),
          x.map((id) => y.includes(id)),
        );
        near(
          await numbers(s, found[0]!),
          x.map((id) => (y.includes(id) ? id + 0.5 : 0)),
        );
        near(
          await numbers(s, found[1]!),
          x.flatMap((id) => (y.includes(id) ? [id, -id] : [0, 0])),
        );
      }
    });
  });

test('outer: rows of the second table that the first has not', async () => {
  await withSpu(TWO, {}, async (s, spu) => {
    const at = (party: string, v: unknown) => s.to(s.PYU(party), v);
    for (const [x, y] of [
      [drawn(12, 7), drawn(9, 11)],
      [[3], [4]],
      [[5], [5]],
    ] as const) {
      const ids = { alice: at('alice', x), bob: at('bob', y) };
      const { member, columns, lone } = sf.join(spu, ids, [at('bob', [...y])], { how: 'outer' });
      assert.equal(
        Array.from((await numbers(s, member)).data, Boolean),
        x.map((id) => y.includes(id as never)),
      );
      assert.equal(
        Array.from((await numbers(s, lone!)).data, Boolean),
        y.map((id) => !x.includes(id as never)),
      );
      near(
        await numbers(s, columns[0]!),
        x.map((id) => (y.includes(id as never) ? id : 0)),
      );
    }
    const ids = { alice: at('alice', [1]), bob: at('bob', [1]) };
    await fails(
      () => sf.join(spu, ids, [], { how: 'full' } as never),
      'INVALID_ARGUMENT',
      "'left' or 'outer'",
    );
    await fails(
      () => sf.join(spu, ids, [], { type: 'left' } as never),
      'INVALID_ARGUMENT',
      'unknown option "type"',
    );
  });
});

test('texts, normalize, rows without an identifier', async () => {
  await withSpu(TWO, {}, async (s, spu) => {
    const at = (party: string, v: unknown) => s.to(s.PYU(party), v);
    const normalize: sf.Normalize = (id) => (id === '' ? null : String(id).toLowerCase());
    const ids = { alice: at('alice', ['Ann', '', 'cy', '']), bob: at('bob', ['', 'CY', 'ann']) };
    const { member, columns } = sf.join(spu, ids, [at('bob', [1, 2, 3])], { normalize });
    assert.equal(Array.from((await numbers(s, member)).data, Boolean), [true, false, true, false]);
    near(await numbers(s, columns[0]!), [3, 0, 2, 0]);
  });
});

test('a third table by a call of its own: results have the same rows', async () => {
  await withSpu(['alice', 'bob', 'carol'], {}, async (s, spu) => {
    const at = (party: string, v: unknown) => s.to(s.PYU(party), v);
    const [x, y, z] = [drawn(9, 7), drawn(12, 11), drawn(10, 5)];
    const [alice, bob, carol] = [at('alice', x), at('bob', y), at('carol', z)];
    const [one, two] = [
      sf.join(spu, { alice, bob }, [at('bob', y)]),
      sf.join(spu, { alice, carol }, [
        at(
          'carol',
          z.map((id) => 2 * id),
        ),
      ]),
    ];
    const program = (a: sf.BaseArray, b: sf.BaseArray, u: sf.BaseArray, v: sf.BaseArray) =>
      sf.np.where(sf.np.logicalAnd(a, b), sf.np.add(u, v), 0);
    const all = spu(program)(one.member, two.member, one.columns[0]!, two.columns[0]!);
    near(
      await numbers(s, all as unknown as sf.SPUObject),
      x.map((id) => (y.includes(id) && z.includes(id) ? 3 * id : 0)),
    );
    await fails(() => sf.join(spu, { alice, bob, carol }, []), 'INVALID_ARGUMENT', 'by a call of its own');
  });
});

test('what is wrong is refused by name', async () => {
  await withSpu(TWO, {}, async (s, spu) => {
    const at = (party: string, v: unknown) => s.to(s.PYU(party), v);
    const ids = { alice: at('alice', ['a']), bob: at('bob', ['a', 'b']) };
    await fails(() => sf.join(s.PYU('alice') as never, ids, []), 'INVALID_ARGUMENT', 'an SPU first');
    await fails(() => sf.join(spu, ids, at('bob', [1]) as never), 'INVALID_ARGUMENT', 'a list of columns');
    await fails(
      () => sf.join(spu, { alice: ids.bob, bob: ids.alice }, []),
      'INVALID_ARGUMENT',
      'move them first',
    );
    await fails(() => sf.join(spu, { alice: ids.alice }, []), 'INVALID_ARGUMENT', 'by party');
    const short = sf.join(spu, ids, [at('bob', [1])]);
    await fails(() => short.member.ready(), 'SHAPE', 'column 0 has 1 rows, and there are 2 identifiers');
    await fails(() => short.columns[0]!.ready(), 'SHAPE');
    const none = sf.join(spu, { ...ids, bob: at('bob', []) }, []);
    assert.equal(
      Array.from((await numbers(s, none.member)).data, Boolean),
      [false],
      'a table without rows has none in common',
    );
    const twice = sf.join(spu, { ...ids, bob: at('bob', ['a', 'a']) }, []);
    const error = await fails(() => twice.member.ready(), 'INVALID_ARGUMENT', 'rows 0 and 1 of bob');
    assert.is(error.info.row, 1);
  });
});

test.run();
