/** sf.psi in a simulation: handles and sizes, options, duplicates, and errors before anything is sent. */
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { suite } from '../link/helpers.ts';
import { fails, withSession } from './helpers.ts';

const test = suite('device/psi');

const rows = async (s: sf.Session, handle: sf.DeviceObject): Promise<number[]> =>
  Array.from((await s.reveal(handle)) as unknown as Int32Array);

test('rows in one order at both, from handles; the size', async () => {
  await withSession(['alice', 'bob'], async (s) => {
    const [x, y] = [
      ['ann', 'bea', 'cy', 'dee'],
      ['eve', 'dee', 'ann'],
    ];
    const { alice, bob, size } = await sf.psi({
      alice: s.PYU('alice')(() => x)(),
      bob: s.to(s.PYU('bob'), y),
    });
    assert.is(size, 2);
    const [a, b] = [await rows(s, alice), await rows(s, bob)];
    assert.equal(
      a.map((row) => x[row]),
      b.map((row) => y[row]),
    );
    assert.equal(a.map((row) => x[row]).toSorted(), ['ann', 'dee']);
  });
});

test('empty sets have nothing in common', async () => {
  await withSession(['alice', 'bob'], async (s) => {
    const put = (party: string, ids: readonly sf.Id[]) => s.to(s.PYU(party), ids);
    for (const [x, y] of [
      [[], ['a']],
      [['a'], []],
      [[], []],
    ] as const) {
      const { alice, bob, size } = await sf.psi({ alice: put('alice', x), bob: put('bob', y) });
      assert.equal([size, await rows(s, alice), await rows(s, bob)], [0, [], []]);
    }
  });
});

test('one learns: there is a handle at that party alone, and no size', async () => {
  await withSession(['alice', 'bob', 'carol'], async (s) => {
    const ids = { alice: s.to(s.PYU('alice'), [1, 2, 3]), carol: s.to(s.PYU('carol'), [3, 4]) };
    for (const [party, want] of [
      ['alice', 2],
      ['carol', 0],
    ] as const) {
      const found: Readonly<Record<string, unknown>> = await sf.psi(ids, { receivers: [party] });
      assert.equal(Object.keys(found), [party]);
      assert.equal(await rows(s, found[party] as sf.DeviceObject), [want]);
    }
  });
});

test('how many there are, and nothing else', async () => {
  await withSession(['alice', 'bob', 'carol'], async (s) => {
    const ids = { alice: s.to(s.PYU('alice'), [1, 2, 3]), carol: s.to(s.PYU('carol'), [3, 4, 1]) };
    assert.equal(await sf.psi(ids, { reveal: 'size' }), { size: 2 });
    assert.equal(await sf.psi({ ...ids, carol: s.to(s.PYU('carol'), []) }, { reveal: 'size' }), { size: 0 });
    await fails(
      () => sf.psi(ids, { reveal: 'size', receivers: ['alice'] }),
      'INVALID_ARGUMENT',
      'leave receivers',
    );
    await fails(
      () => sf.psi(ids, { reveal: 'all' } as never),
      'INVALID_ARGUMENT',
      'reveal is "rows" or "size"',
    );
  });
});

test('several columns, normalize, and duplicates: the first, or every pair', async () => {
  await withSession(['alice', 'bob'], async (s) => {
    const x = [
      ['Ann', 'bea', 'ANN', ''],
      [1, 2, 1, 9],
    ] as const;
    const y = [
      ['bea', 'ann', 'ann', 'bea'],
      [2, 1, 1, 3],
    ] as const;
    const ids = { alice: s.to(s.PYU('alice'), x), bob: s.to(s.PYU('bob'), y) };
    const normalize: sf.Normalize = (id) => {
      const [name, n] = id as [string, number];
      return name === '' ? null : [name.toLowerCase(), n];
    };
    const first = await sf.psi(ids, { normalize, duplicates: 'first' });
    const pairsOf = async (r: { alice: sf.DeviceObject; bob: sf.DeviceObject }) => {
      const [a, b] = [await rows(s, r.alice), await rows(s, r.bob)];
      return a.map((row, i) => [row, b[i]!]).toSorted(([p, q], [r0, t]) => p! - r0! || q! - t!);
    };
    assert.equal(
      [first.size, await pairsOf(first)],
      [
        2,
        [
          [0, 1],
          [1, 0],
        ],
      ],
    );
    const product = await sf.psi(ids, { normalize, duplicates: 'product' });
    assert.equal(
      [product.size, await pairsOf(product)],
      [
        5,
        [
          [0, 1],
          [0, 2],
          [1, 0],
          [2, 1],
          [2, 2],
        ],
      ],
    );
    await fails(() => sf.psi(ids, { normalize }), 'INVALID_ARGUMENT', 'alice op #', 'rows 0 and 2 of alice');
  });
});

test('three parties and five: rows in one order at all, or at the receivers alone', async () => {
  const names = ['alice', 'bob', 'carol', 'dave', 'erin'];
  await withSession(names, async (s) => {
    const common = Array.from({ length: 40 }, (_, i) => `common ${i}`);
    const tables = names.map((name, k) => {
      const own = Array.from({ length: 30 + 10 * k }, (_, i) => `${name} ${i}`);
      // What all but one have is not common.
      const nearly = names.flatMap((other) => (other === name ? [] : [`all but ${other}`]));
      const ids = [...common, ...own, ...nearly];
      return ids.map((_, i) => ids[(i * (2 * k + 7)) % ids.length]!);
    });
    for (const n of [3, 5]) {
      const parties = names.slice(0, n);
      const given = Object.fromEntries(parties.map((name, k) => [name, s.to(s.PYU(name), tables[k])]));
      const want = new Set(tables[0]!.filter((id) => tables.slice(0, n).every((t) => t.includes(id))));
      const found: Readonly<Record<string, unknown>> = await sf.psi(given, { duplicates: 'first' });
      assert.is(found.size, want.size);
      const seen = await Promise.all(
        parties.map(async (name, k) =>
          (await rows(s, found[name] as sf.DeviceObject)).map((row) => tables[k]![row]),
        ),
      );
      for (const ids of seen) assert.equal(ids, seen[0]);
      assert.equal(new Set(seen[0]), want);
      const some: Readonly<Record<string, unknown>> = await sf.psi(given, {
        duplicates: 'first',
        receivers: ['carol', 'bob'],
      });
      assert.equal(Object.keys(some), ['bob', 'carol']);
      assert.is((await rows(s, some.bob as sf.DeviceObject)).length, want.size);
    }
    const empty = {
      alice: s.to(s.PYU('alice'), ['a']),
      bob: s.to(s.PYU('bob'), []),
      carol: s.to(s.PYU('carol'), ['a']),
    };
    assert.is((await sf.psi(empty)).size, 0);
  });
});

test('a set that is prepared once and asked often', async () => {
  await withSession(['alice', 'bob'], async (s) => {
    const large = Array.from({ length: 700 }, (_, i) => `id ${3 * i}`);
    const known = await sf.prepareSet({ bob: s.to(s.PYU('bob'), large) }, 'alice');
    assert.equal([known.owner, known.receiver, known.size], ['bob', 'alice', 700]);
    const ask = async (ids: readonly sf.Id[], options = {}) =>
      rows(s, await known.rows(s.to(s.PYU('alice'), ids), options));
    assert.equal(await ask(['id 5', 'id 6', 'id 2097', 'id 2100', 'id 0']), [1, 2, 4]);
    assert.equal(await ask([]), []);
    assert.equal(await ask(['x']), []);
    const normalize: sf.Normalize = (id) => (id === '' ? null : String(id).toLowerCase());
    assert.equal(await ask(['', 'ID 3', 'ID 3'], { normalize, duplicates: 'first' }), [1]);
    await fails(() => ask(['a', 'a']), 'INVALID_ARGUMENT', 'rows 0 and 1 of alice');
    await fails(() => ask(['a'], { normalise: 1 }), 'INVALID_ARGUMENT', 'unknown option "normalise"');
    await fails(() => known.rows(s.to(s.PYU('bob'), ['a'])), 'INVALID_ARGUMENT', 'identifiers of alice');
    const at = (ids: unknown) => ({ bob: s.to(s.PYU('bob'), ids) }) as Record<string, sf.Identifiers>;
    await fails(() => sf.prepareSet(at([1]), 'bob'), 'INVALID_ARGUMENT', 'bob has the set already');
    await fails(() => sf.prepareSet(at([1]), 'carol'), 'INVALID_ARGUMENT', 'no party');
    await fails(() => sf.prepareSet({}, 'alice'), 'INVALID_ARGUMENT', 'of one party');
    await fails(() => sf.prepareSet(at([1, 1]), 'alice'), 'INVALID_ARGUMENT', 'rows 0 and 1 of bob');
    const none = await sf.prepareSet(at([]), 'alice');
    assert.equal(await rows(s, await none.rows(s.to(s.PYU('alice'), [1]))), []);
  });
});

test('three parties and five: how many all have; every combination of their rows', async () => {
  const names = ['alice', 'bob', 'carol', 'dave', 'erin'];
  const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
  await withSession(names, async (s) => {
    const put = (tables: Readonly<Record<string, readonly sf.Id[]>>) =>
      Object.fromEntries(Object.entries(tables).map(([party, ids]) => [party, s.to(s.PYU(party), ids)]));
    const sets = {
      dave: [...range(0, 40), 90],
      alice: [...range(10, 60), 90],
      bob: range(20, 31),
      carol: range(0, 29),
      erin: range(-20, 200),
    };
    // The first that is named is told the number: once the leader (bob has the fewest), else one of the others.
    for (const order of [
      names,
      ['bob', 'alice', 'carol'],
      ['carol', 'alice', 'bob'],
      ['alice', 'dave', 'erin'],
    ]) {
      const given = Object.fromEntries(order.map((name) => [name, sets[name as keyof typeof sets]]));
      const lists = Object.values(given);
      const want = lists[0]!.filter((id) => lists.every((list) => list.includes(id))).length;
      assert.equal(await sf.psi(put(given), { reveal: 'size' }), { size: want }, order.join());
    }
    assert.equal(
      await sf.psi(put({ alice: [1, 2], bob: [2, 3], carol: [3, 1] }), { reveal: 'size' }),
      { size: 0 },
      'each two have one',
    );

    const tables: Record<string, string[]> = {
      carol: ['x', 'y', 'x', 'z', 'w'],
      alice: ['y', 'x', 'x', 'q', 'y', 'x'],
      bob: ['x', 'z', 'y', 'x'],
    };
    const found = await sf.psi(put(tables), { duplicates: 'product' });
    const all: string[] = [];
    const [c, a, b] = [await rows(s, found.carol!), await rows(s, found.alice!), await rows(s, found.bob!)];
    for (const [i, row] of c.entries()) {
      assert.is(tables.carol![row], tables.alice![a[i]!]);
      assert.is(tables.carol![row], tables.bob![b[i]!]);
      all.push(`${row} ${a[i]} ${b[i]}`);
    }
    // 2 x 3 x 2 of x, 1 x 2 x 1 of y.
    assert.is(found.size, 14);
    assert.is(new Set(all).size, 14);
  });
});

test('what is wrong is refused by name', async () => {
  await withSession(['alice', 'bob', 'carol'], async (s) => {
    const at = (party: string, ids: unknown) => s.to(s.PYU(party), ids);
    const ids = { alice: at('alice', ['a']), bob: at('bob', ['a']) };
    const bad = (options: object) => () => sf.psi(ids, options as sf.PsiOptions);
    await fails(bad({ receiver: ['alice'] }), 'INVALID_ARGUMENT', 'unknown option "receiver"');
    await fails(
      bad({ receivers: [] }),
      'INVALID_ARGUMENT',
      'receivers is a list of parties of it: alice, bob',
    );
    await fails(bad({ receivers: ['carol'] }), 'INVALID_ARGUMENT', 'receivers');
    await fails(bad({ duplicates: 'all' }), 'INVALID_ARGUMENT', 'duplicates is');
    await fails(
      bad({ duplicates: 'product', receivers: ['bob'] }),
      'INVALID_ARGUMENT',
      'all have to be receivers',
    );
    await fails(bad({ normalize: 'lower' }), 'INVALID_ARGUMENT', 'normalize is a function');
    await fails(() => sf.psi([['a']] as never), 'INVALID_ARGUMENT', 'by party');
    await fails(() => sf.psi({ alice: ids.bob, bob: ids.alice }), 'INVALID_ARGUMENT', 'move them first');
    const three = { ...ids, carol: at('carol', ['a']) };
    await fails(
      () => sf.psi(three, { duplicates: 'product', receivers: ['alice', 'bob'] }),
      'INVALID_ARGUMENT',
      'all have to be receivers',
    );
    await fails(() => sf.psi({ alice: ids.alice }), 'INVALID_ARGUMENT', 'by party');
    await fails(
      () => sf.psi({ alice: at('alice', [1.5]), bob: ids.bob }),
      'INVALID_ARGUMENT',
      'row 0 of alice',
    );
    const error = await fails(
      () => sf.psi({ alice: ids.alice, bob: at('bob', ['a', null]) }),
      'INVALID_ARGUMENT',
    );
    assert.equal([error.info.party, error.info.row], ['bob', 1]);
    await s.reveal(ids.alice);
  });
});

test.run();
