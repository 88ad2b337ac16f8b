/** Frames whose rows are apart, tables from Parquet and Arrow, and arrays from CSV. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { columnFromArray, tableFromColumns, tableToIPC } from '@uwdata/flechette';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '../../src/index.ts';
import { fails, near } from '../device/helpers.ts';
import { table } from '../models/both.ts';
import { throws } from '../numpy/both.ts';

const test = suite('frame: rows apart, files');
const PARTIES = ['alice', 'bob', 'carol'];
await sf.init(PARTIES, { address: 'local', loggingLevel: 'error' });
const [alice, bob, carol] = [sf.PYU('alice'), sf.PYU('bob'), sf.PYU('carol')];
const spu = sf.SPU(sf.utils.testing.clusterDef(PARTIES));
const folder = mkdtempSync(join(tmpdir(), 'tessera-rows-'));
test.after(async () => {
  await sf.shutdown();
  rmSync(folder, { recursive: true });
});

const plain = async (x: unknown): Promise<sf.NDArray> => (await sf.reveal(x as never)) as sf.NDArray;

test('rows of three parties: cleaning where they are, statistics and a model over all', async () => {
  const { x, y } = table('cancer');
  const [n, cuts] = [90, [0, 20, 50, 90]];
  const part = (k: number, order: readonly string[]) => {
    const rows = x.slice(cuts[k], cuts[k + 1]);
    const columns: Record<string, unknown> = {
      a: rows.map((r) => r[0]!),
      b: rows.map((r) => r[1]!),
      sick: y.slice(cuts[k], cuts[k + 1]).map((v) => (v === 1 ? 'yes' : 'no')),
    };
    return Object.fromEntries(order.map((name) => [name, columns[name]]));
  };
  const f = await sf.frame(
    {
      alice: sf.to(alice, part(0, ['a', 'b', 'sick'])),
      bob: sf.to(bob, part(1, ['sick', 'a', 'b'])),
      carol: sf.to(carol, part(2, ['a', 'b', 'sick'])),
    },
    { apart: 'rows' },
  );
  assert.equal(f.shape, [n, 3]);
  assert.is(
    String(f),
    'Frame, 90 rows: 20 of alice, 30 of bob, 40 of carol\n  a: number\n  b: number\n  sick: category',
  );
  assert.not.match(inspect(f, { depth: 5, showHidden: true }), /yes/);
  const own = x.slice(0, n).map((r) => [r[0]!, r[1]!]);
  near(await plain(f.features(spu)), own.flat(), 1e-6);
  const { mean, std, min, max } = (await sf.reveal(f.describe(spu, ['a']))) as Record<string, sf.NDArray>;
  const as = own.map(([a]) => a!);
  const average = as.reduce((p, q) => p + q, 0) / n;
  near(mean!, [average], 1e-5);
  near(std!, [Math.sqrt(as.reduce((s, a) => s + (a - average) ** 2, 0) / (n - 1))], 1e-4);
  near(min!, [Math.min(...as)], 1e-6);
  near(max!, [Math.max(...as)], 1e-6);
  const corr = sf.np.corrcoef(sf.np.array([as, own.map(([, b]) => b!)])) as sf.NDArray;
  near(await plain(f.corr(spu)), Array.from(corr.data, Number), 1e-4);
  const [train, rest] = f.split(0.8, 1);
  assert.equal([train.shape[0], rest.shape[0]], [72, 18]);
  const { logisticRegression } = await sf.models();
  const model = logisticRegression({ maxIter: 5 });
  const labels = (g: sf.RowFrame) => g.labels(spu, 'sick', ['no', 'yes']);
  const state = spu(model.fit)([train.features(spu)], labels(train));
  const score = await plain(spu(model.score)(state, [rest.features(spu)], labels(rest)));
  assert.ok(Number(score.item()) > 0.7, String(score));
});

test('columns are chosen and cleaned at all parties alike', async () => {
  const f = await sf.frame(
    { alice: sf.to(alice, 'age,city\n30,Rome\nNA,Bonn\n'), bob: sf.to(bob, 'age,city\n40.5,Oslo\n') },
    { apart: 'rows', dtypes: { city: 'category' } },
  );
  assert.equal(f.columns[0], { name: 'age', dtype: 'number' });
  const g = f
    .fillna({ age: 7 })
    .clip(['age'], 0, 35)
    .onehot('city', ['Rome', 'Oslo'])
    .rename({ age: 'years' });
  assert.equal(await sf.reveal(g.head('alice')), [
    { years: 30, 'city=Rome': 1, 'city=Oslo': 0 },
    { years: 7, 'city=Rome': 0, 'city=Oslo': 0 },
  ]);
  assert.equal(await sf.reveal(g.drop(['years']).head('bob')), [{ 'city=Rome': 0, 'city=Oslo': 1 }]);
  throws(() => f.select(['agee']), 'INVALID_ARGUMENT', 'did you mean "age"');
  throws(() => f.fillna({ age: 'mean' }), 'UNSUPPORTED', 'is a secret');
  throws(() => f.features(spu, ['city']), 'DTYPE', 'onehot');
  throws(() => f.split(0.9), 'INVALID_ARGUMENT', "bob's 1 rows");
  throws(() => f.rename({ age: 'city' }), 'INVALID_ARGUMENT', 'two columns');
  await fails(() => sf.reveal(f.features(spu, ['age'])), 'INVALID_ARGUMENT', 'column "age", row 1: missing');
  await fails(
    () => sf.reveal(f.labels(spu, 'city', ['Rome', 'Oslo'])),
    'INVALID_ARGUMENT',
    'row 1: none of the two',
  );
  const apart = (his: string, text: string, code: sf.ErrorCode = 'INVALID_ARGUMENT') =>
    fails(
      () => sf.frame({ alice: sf.to(alice, 'a,b\n1,x\n'), bob: sf.to(bob, his) }, { apart: 'rows' }),
      code,
      text,
    );
  await apart('a\n1\n', 'bob\'s column "b" is not there');
  await apart('a,b,c\n1,x,2\n', 'bob\'s column "c" is not there at alice');
  await apart('a,b\n2020-01-01,x\n', 'bob\'s column "a" holds date, where others have integer');
});

test('tables from Parquet and Arrow', async () => {
  const columns = {
    id: ['u1', 'u2', 'u3'],
    age: [30, 40, 50],
    paid: [1.5, null, 2.5],
    ok: [true, false, true],
  };
  const parquet = new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'id', data: columns.id, type: 'STRING' },
        { name: 'age', data: columns.age, type: 'INT32' },
        { name: 'paid', data: columns.paid, type: 'DOUBLE' },
        { name: 'ok', data: columns.ok, type: 'BOOLEAN' },
      ],
    }),
  );
  const arrow = tableFromColumns(
    Object.fromEntries(
      Object.entries(columns).map(([name, values]) => [name, columnFromArray(values as never)]),
    ),
  );
  for (const [form, bytes] of [
    ['parquet', parquet],
    ['file', tableToIPC(arrow, { format: 'file' })!],
    ['stream', tableToIPC(arrow, { format: 'stream' })!],
  ] as const) {
    const f = await sf.frame({ alice: alice(() => bytes)() });
    assert.equal(
      f.columns.map((c) => c.dtype),
      ['text', 'integer', 'number', 'boolean'],
      form,
    );
    assert.equal(await sf.reveal(f.head('alice')), [
      { id: 'u1', age: 30, paid: 1.5, ok: true },
      { id: 'u2', age: 40, paid: null, ok: false },
      { id: 'u3', age: 50, paid: 2.5, ok: true },
    ]);
    const cut = bytes.slice(0, bytes.length - 9);
    if (form !== 'stream')
      await fails(() => sf.frame({ alice: alice(() => cut)() }), 'INVALID_ARGUMENT', 'that cannot be read');
  }
});

test('sf.load reads CSV and sf.save writes it', async () => {
  const path = join(folder, 'x.csv');
  await sf.save(path, {
    a: [0.1, -2e-9, 3],
    n: sf.np.array([1, 2, 3], 'int64'),
    m: [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
  });
  const x = await sf.load<sf.NamedArrays>(path);
  assert.equal(Object.keys(x), ['a', 'n', 'm.0', 'm.1']);
  assert.equal(Array.from(x.a!.data, Number), [0.1, -2e-9, 3]);
  assert.equal([x.a!.dtype, x.n!.dtype, Array.from(x.n!.data, Number)], ['fxp', 'int64', [1, 2, 3]]);
  const wrong = async (text: string, error: string) => {
    writeFileSync(path, text);
    await fails(() => sf.load(path), 'INVALID_ARGUMENT', error);
  };
  await wrong('a,b\n1,2\n3,x\n', 'column "b", row 3: no number');
  await wrong('a,b\n1,2\n,4\n', 'column "a", row 3: nothing');
  await wrong('a,b\n1\n', 'row 2 has 1 cells');
  await fails(() => sf.save(path, { a: [1], b: [1, 2] }), 'INVALID_ARGUMENT', 'have 1 and 2 rows');
  await fails(() => sf.save(path, [1, 2]), 'INVALID_ARGUMENT', 'arrays by name');
});

test.run();
