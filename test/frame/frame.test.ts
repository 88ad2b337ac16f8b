/** Frames: reading, cleaning, what is computed over columns of two parties, and errors with column and row. */

import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Pieces, type ReadOptions, rawTable, readTable } from '../../src/frame/read.ts';
import * as sf from '../../src/index.ts';
import { fails, near } from '../device/helpers.ts';
import { even, table } from '../models/both.ts';
import { throws } from '../numpy/both.ts';

const test = suite('frame');
const PARTIES = ['alice', 'bob'];
await sf.init(PARTIES, { address: 'local', loggingLevel: 'error' });
const [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
const spu = sf.SPU(sf.utils.testing.clusterDef(PARTIES));
test.after(() => sf.shutdown());

const columns = (text: string | Uint8Array, options: ReadOptions = {}) =>
  Object.fromEntries(readTable(text, options).columns.map((c) => [c.name, [c.dtype, ...c.values]]));

test('CSV: quotes, separators, byte order mark, decimal commas, missing values, dtypes', () => {
  assert.equal(columns('\uFEFFa;b;c\r\n1,5;"x;""y""\nz";2020-02-29\r\n;q;\r\n', { decimal: ',' }), {
    a: ['number', 1.5, Number.NaN],
    b: ['text', 'x;"y"\nz', 'q'],
    c: ['date', 18321, Number.NaN],
  });
  assert.equal(columns(new TextEncoder().encode('n\tyes\n1\ttrue\n-2\tFALSE\n\n')), {
    n: ['integer', 1, -2],
    yes: ['boolean', 1, 0],
  });
  assert.equal(columns('k\nu\nu\nv\nNA\nv\n').k, ['category', 'u', 'u', 'v', null, 'v']);
  assert.equal(columns('k,e\n1,\n2,\n', { dtypes: { k: 'text' } }), {
    k: ['text', '1', '2'],
    e: ['text', null, null],
  });
  assert.equal(columns('a,b\r\n1,2\n3,4\r\n5,6').b, ['integer', 2, 4, 6]);
  assert.equal(columns('k,l\n-,1\n3,2\n', { missing: ['-'] }).k, ['integer', Number.NaN, 3]);
});

test('CSV is the same however it comes in pieces', () => {
  const text = '\uFEFFname,n,"said, once"\r\n"Zoë ""Z""",1,"a\r\nb"\r\n\r\n\u{1F600},22,x\ry,-3,"é,"\r\n';
  const bytes = new TextEncoder().encode(text);
  const whole = columns(text);
  assert.equal(whole, {
    name: ['text', 'Zoë "Z"', '\u{1F600}', 'y'],
    n: ['integer', 1, 22, -3],
    'said, once': ['text', 'a\nb', 'x', 'é,'],
  });
  assert.equal(columns(bytes), whole);
  for (const size of [1, 2, 3, 7, 64]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.slice(i * size, (i + 1) * size),
    );
    const { columns: found } = readTable(new Pieces(pieces), {});
    assert.equal(Object.fromEntries(found.map((c) => [c.name, [c.dtype, ...c.values]])), whole, `${size}`);
  }
  const cut = new Pieces([bytes.slice(0, -1), new Uint8Array([0xc3])]);
  throws(() => readTable(cut, {}), 'INVALID_ARGUMENT', 'no UTF-8');
});

/** More rows than are parsed at a time. */
const many = (rows: number, row: (i: number) => string): Uint8Array =>
  new TextEncoder().encode(`id,n,note\n${Array.from({ length: rows }, (_, i) => `${row(i)}\n`).join('')}`);
const note = (i: number): string => (i % 3 === 0 ? `two\nlines, ${i}` : `é ${i}`);
const line = (i: number): string => `u${i},${i},${i % 3 === 0 ? `"${note(i)}"` : note(i)}`;

test('a long file: rows over the ends of pieces, numbered as they stand', () => {
  const rows = 20_000;
  const found = readTable(many(rows, line), {}).columns;
  assert.equal(
    found.map((c) => c.dtype),
    ['text', 'integer', 'text'],
  );
  for (let i = 0; i < rows; i++)
    if (found[0]!.values[i] !== `u${i}` || found[1]!.values[i] !== i || found[2]!.values[i] !== note(i))
      assert.unreachable(`row ${i}: ${found.map(({ values }) => values[i])}`);
  const wrong = (cells: string, text: string, options: ReadOptions = {}) => {
    const data = many(rows, (i) => (i === 17_000 ? cells : line(i)));
    throws(() => readTable(data, options), 'INVALID_ARGUMENT', text);
  };
  wrong('u,1', 'row 17002 has 2 cells');
  wrong('u,x,1', 'column "n", row 17002: no integer', { dtypes: { n: 'integer' } });
  wrong('"u,1,1', 'row ');
});

test('of a long file neither the text nor a list of cells is there, at no time', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = (): number => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const rows = 100_000;
  const bytes = many(rows, (i) => `${i},${i}.25,${['Rome', 'Bonn', 'Oslo'][i % 3]}`);
  const before = held();
  let most = 0;
  function* pieces(): Iterable<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 1 << 16) {
      if (at % (1 << 18) === 0) most = Math.max(most, held() - before);
      yield bytes.subarray(at, at + (1 << 16));
    }
  }
  const { raw } = rawTable(new Pieces(pieces()), {});
  assert.is(raw[2]!.cells.at(rows - 1), 'Rome');
  // Their bytes and four more each, with room to grow, and a piece of text; as strings in lists of rows they would take ten times as much.
  const packed = bytes.length + 4 * 3 * rows;
  assert.ok(held() - before < 2 * packed, `${held() - before} bytes of ${bytes.length}`);
  assert.ok(most < 2 * packed + (1 << 21), `${most} bytes of ${bytes.length} on the way`);
});

test('a table that is none is an error with column and row', () => {
  const wrong = (data: unknown, text: string, options: ReadOptions = {}) =>
    throws(() => readTable(data, options), 'INVALID_ARGUMENT', text);
  wrong('a,b\n1,2\n3\n', 'row 3 has 1 cells');
  wrong('a,a\n1,2\n', 'two columns are called "a"');
  wrong('a,\n1,2\n', 'column 2 has no name');
  wrong('a,b\n', 'without rows');
  wrong('', 'without columns');
  wrong('a,b\n"1,2\n', 'row');
  wrong('a\n1\nx\n', 'column "a", row 3: no integer', { dtypes: { a: 'integer' } });
  wrong('d\n2021-02-30\n', 'column "d", row 2: no date', { dtypes: { d: 'date' } });
  wrong([{ a: 1 }, { a: 2, b: 3 }], 'row 1 has a column "b"');
  wrong([{ a: 1 }, 5], 'row 1 is 5');
  wrong({ a: [1, 2], b: [1] }, '"a" and "b" have 2 and 1 rows');
  wrong({ a: [{}] }, 'column "a", row 0');
  wrong(7, 'not 7');
  wrong(new Uint8Array([0xff, 0xfe, 0x41]), 'no UTF-8');
});

const make = () =>
  sf.frame({
    alice: sf.to(
      alice,
      'age,city,since\n30,Rome,2020-01-01\n40,Bonn,2021-01-01\nNA,Rome,2022-01-01\n50,Oslo,2023-01-01\n',
    ),
    bob: sf.to(bob, { paid: [10, 20.5, 30, 40], ok: [true, false, true, true] }),
  });

test('the schema is public, values are not', async () => {
  const f = await make();
  assert.equal(f.shape, [4, 5]);
  assert.is(String(f), inspect(f));
  assert.match(
    String(f),
    /age: integer, of alice\n {2}city: text, of alice\n {2}since: date, of alice\n {2}paid: number, of bob/,
  );
  assert.not.match(inspect(f, { depth: 5, showHidden: true }), /Rome|20\.5/);
  assert.equal(await sf.reveal(f.head('bob', 2)), [
    { paid: 10, ok: true },
    { paid: 20.5, ok: false },
  ]);
});

test('columns are chosen, cleaned and counted at their owners', async () => {
  const f = await make();
  const g = f.fillna({ age: 'median' }).clip(['paid'], 15, 35).rename({ paid: 'sum' }).drop(['since', 'ok']);
  assert.equal(await sf.reveal(g.head('alice')), [
    { age: 30, city: 'Rome' },
    { age: 40, city: 'Bonn' },
    { age: 40, city: 'Rome' },
    { age: 50, city: 'Oslo' },
  ]);
  assert.equal(await sf.reveal(g.head('bob')), [{ sum: 15 }, { sum: 20.5 }, { sum: 30 }, { sum: 35 }]);
  const h = g.onehot('city', ['Rome', 'Oslo']).minmax(['sum']).standardize(['age']);
  const [hers, his] = (await sf.reveal(h.features())) as sf.NDArray[];
  const unit = Math.sqrt(50);
  near(hers!, [-10 / unit, 1, 0, 0, 0, 0, 0, 1, 0, 10 / unit, 0, 1], 1e-12);
  near(his!, [0, 0.275, 0.75, 1], 1e-12);
  const [d] = await sf.reveal(f.describe().alice!);
  assert.equal([d!.mean, d!.std, d!.missing, d!.quartiles], [40, 10, 1, [35, 40, 45]]);
  assert.equal(await sf.reveal(f.valueCounts('city')), { Rome: 2, Bonn: 1, Oslo: 1 });
  assert.equal(await sf.reveal(f.replace('city', { Bonn: 'Rome' }).valueCounts('city')), {
    Rome: 3,
    Oslo: 1,
  });
  assert.equal(
    await sf.reveal(f.binning('paid', 2, 'quantile').select(['paid']).head('bob')),
    [0, 0, 1, 1].map((paid) => ({ paid })),
  );
  const parts = f.split(0.5, 3);
  const both = await Promise.all(
    parts.map(async (p) => [await sf.reveal(p.head('alice')), await sf.reveal(p.head('bob'))] as const),
  );
  const ages = both.flatMap(([a]) => (a as { since: string }[]).map((r) => r.since));
  const sums = both.flatMap(([, b]) => (b as { paid: number }[]).map((r) => r.paid));
  // Both parties' rows are in one order.
  const pairs = ages.map((since, i) => `${since.slice(0, 4)} ${sums[i]}`);
  assert.equal(pairs.sort(), ['2020 10', '2021 20.5', '2022 30', '2023 40']);
});

test('statistics over columns of two parties are those of plain numbers', async () => {
  const { x, y } = table('cancer');
  const rows = even(x).slice(0, 80);
  const labels = even(y).slice(0, 80);
  const f = await sf.frame({
    alice: sf.to(alice, { a: rows.map((r) => r[0]!), b: rows.map((r) => r[1]!) }),
    bob: sf.to(bob, { c: rows.map((r) => r[4]!), sick: labels }),
  });
  const np = sf.np;
  const plain = np.corrcoef(
    np.array(['a', 'b', 'c'].map((_, j) => rows.map((r) => r[[0, 1, 4][j]!]!))),
  ) as sf.NDArray;
  near((await sf.reveal(f.corr(spu, ['a', 'b', 'c']))) as sf.NDArray, Array.from(plain.data, Number), 1e-5);
  const vif = np.diagonal(np.linalg.inv(plain)) as sf.NDArray;
  near((await sf.reveal(f.vif(spu, ['a', 'b', 'c']))) as sf.NDArray, Array.from(vif.data, Number), 1e-4);
  const g = f.binning('a', 4, 'quantile');
  const codes = ((await sf.reveal(g.select(['a']).features())) as sf.NDArray[])[0]!.data;
  const inBin = (b: number, label: number): number =>
    labels.filter((l, i) => l === label && codes[i] === b).length;
  const bins = [0, 1, 2, 3];
  near(
    (await sf.reveal(g.crosstab(spu, ['a', bins], ['sick', [0, 1]]))) as sf.NDArray,
    bins.flatMap((b) => [inBin(b, 0), inBin(b, 1)]),
    0,
  );
  const grouped = (await sf.reveal(g.groupby('a', bins).agg(spu, { c: 'mean', sick: 'sum' }))) as Record<
    string,
    sf.NDArray
  >;
  const mean = (b: number): number => {
    const own = rows.filter((_, i) => codes[i] === b).map((r) => r[4]!);
    return own.reduce((p, q) => p + q, 0) / own.length;
  };
  near(grouped.c!, bins.map(mean), 1e-5);
  near(
    grouped.sick!,
    bins.map((b) => inBin(b, 1)),
    1e-5,
  );
  near(
    grouped.count!,
    bins.map((b) => inBin(b, 0) + inBin(b, 1)),
    0,
  );
  const total = labels.filter((l) => l === 1).length;
  const shares = bins.map(
    (b) => [(inBin(b, 1) + 0.5) / total, (inBin(b, 0) + 0.5) / (labels.length - total)] as const,
  );
  const { woe, iv } = (await sf.reveal(g.woe(spu, 'a', bins, g.labels('sick')))) as {
    woe: sf.NDArray;
    iv: sf.NDArray;
  };
  near(
    woe,
    shares.map(([p, q]) => Math.log(p / q)),
    1e-5,
  );
  near(iv, [shares.reduce((sum, [p, q]) => sum + (p - q) * Math.log(p / q), 0)], 1e-5);
});

test('rows that psi gives, and a model on them', async () => {
  const { x, y } = table('cancer');
  const [n, m] = [120, 100];
  const f = await sf.frame(
    {
      alice: sf.to(alice, { a: x.slice(0, n).map((r) => r[0]!), b: x.slice(0, n).map((r) => r[4]!) }),
      bob: sf.to(bob, {
        c: x.slice(20, n).map((r) => r[1]!),
        sick: y.slice(20, n).map((v) => (v === 1 ? 'yes' : 'no')),
      }),
    },
    {
      rows: {
        alice: sf.to(
          alice,
          Int32Array.from({ length: m }, (_, i) => n - 1 - i),
        ) as sf.PYUObject<Int32Array>,
        bob: sf.to(
          bob,
          Int32Array.from({ length: m }, (_, i) => m - 1 - i),
        ) as sf.PYUObject<Int32Array>,
      },
    },
  );
  assert.equal(f.shape, [m, 4]);
  const { logisticRegression } = await sf.models();
  const model = logisticRegression({ maxIter: 6 });
  const state = spu(model.fit)(f.features(), f.labels('sick', { positive: 'yes' }));
  const p = (await sf.reveal(spu(model.predictProba)(state, f.features()))) as sf.NDArray;
  const own = [0, 4, 1].map((j) => sf.np.array(x.slice(20, n).map((r) => r[j]!)));
  const plain = model.predictProba(model.fit(own, sf.np.array(y.slice(20, n))), own) as sf.NDArray;
  near(p, Array.from(plain.data, Number).reverse(), 1e-4);
});

test('rows that both parties have, by a column', async () => {
  const f = await sf.frame(
    {
      alice: sf.to(alice, 'id,age\nu1,30\nu2,40\n,99\nu3,50\nu4,60\n'),
      bob: sf.to(bob, [
        { id: 'u4', paid: 4 },
        { id: 'u9', paid: 9 },
        { id: 'u2', paid: 2 },
        { id: null, paid: 7 },
        { id: 'u1', paid: 1 },
      ]),
    },
    { on: 'id' },
  );
  assert.equal(f.shape, [3, 2]);
  const [ages, sums] = (await sf.reveal(f.features())) as sf.NDArray[];
  assert.equal(
    Array.from(ages!.data, Number)
      .map((v, i) => `${v} ${sums!.data[i]}`)
      .sort(),
    ['30 1', '40 2', '60 4'],
  );
  await fails(
    () => sf.frame({ alice: sf.to(alice, 'id,a\n1.5,1\n'), bob: sf.to(bob, 'id,b\n1,1\n') }, { on: 'id' }),
    'DTYPE',
    'identifiers',
  );
});

test('what does not fit is a typed error that names column and row', async () => {
  const f = await make();
  throws(() => f.select(['agee']), 'INVALID_ARGUMENT', 'did you mean "age"');
  throws(() => f.rename({ age: 'paid' }), 'INVALID_ARGUMENT', 'two columns are called "paid"');
  throws(() => f.features(['city']), 'DTYPE', 'onehot');
  throws(() => f.head('carol'), 'INVALID_ARGUMENT', 'alice or bob');
  throws(() => f.split(1), 'INVALID_ARGUMENT', 'share');
  throws(() => f.binning('age', 0), 'INVALID_ARGUMENT', 'bins');
  throws(() => f.drop(['age', 'city', 'since', 'paid', 'ok']), 'INVALID_ARGUMENT', 'without columns');
  throws(() => f.clip(['age'], 2, 1), 'INVALID_ARGUMENT', 'clip');
  await fails(() => sf.reveal(f.features(['age'])), 'INVALID_ARGUMENT', 'column "age", row 2: missing');
  await fails(() => sf.reveal(f.labels('city')), 'INVALID_ARGUMENT', 'label "city", row 3: a third value');
  const constant = await sf.frame({ alice: sf.to(alice, { k: [2, 2] }) });
  await fails(
    () => sf.reveal(constant.standardize(['k']).head('alice')),
    'INVALID_ARGUMENT',
    'column "k" is constant',
  );
  const nothing = await sf.frame({ alice: sf.to(alice, { k: [null, null] }) }, { dtypes: { k: 'number' } });
  for (const by of ['mean', 'median', 'mode'] as const)
    await fails(
      () => sf.reveal(nothing.fillna({ k: by }).head('alice')),
      'INVALID_ARGUMENT',
      'column "k" holds nothing',
    );
  await fails(() => sf.reveal(constant.labels('k')), 'INVALID_ARGUMENT', 'one value only');
  await fails(
    () => sf.frame({ alice: sf.to(alice, { a: [1] }), bob: sf.to(bob, { b: [1, 2] }) }),
    'SHAPE',
    'alice has 1 rows, bob 2',
  );
  await fails(
    () => sf.frame({ alice: sf.to(alice, { a: [1] }), bob: sf.to(bob, { a: [1] }) }),
    'INVALID_ARGUMENT',
    'two columns are called "a"',
  );
  await fails(
    () => sf.frame({ alice: sf.to(alice, 'a\nx\n') }, { dtypes: { a: 'number' } }),
    'INVALID_ARGUMENT',
    'column "a", row 2',
  );
  await fails(() => sf.frame({ alice: sf.to(bob, 'a\n1\n') }), 'INVALID_ARGUMENT', "not a handle of alice's");
  await fails(
    () => sf.frame({ alice: sf.to(alice, 'a\n1\n') }, { dtype: {} } as object),
    'INVALID_ARGUMENT',
    'dtypes',
  );
});

test.run();
