/** `tessera serve`: a model that was saved answers over HTTP, each party a process of its own. */
import * as assert from 'uvu/assert';
import type * as sf from '#tessera';
import { freePort, sleep, suite } from '../production/harness.ts';
import { type Ended, start } from './commands.ts';
import { near, place, tables, wells } from './parties.ts';

const test = suite('cli/serve');

/** Asks what serves at a port, until it is there. */
const asking = (port: number) => {
  const at = `http://127.0.0.1:${port}`;
  const until = async (): Promise<Record<string, unknown>> => {
    for (;;) {
      const found = await fetch(at).catch(() => undefined);
      if (found) return (await found.json()) as Record<string, unknown>;
      await sleep(50);
    }
  };
  const ask = async (body: unknown, type = 'application/json') => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const got = await fetch(`${at}/predict`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: text,
    });
    return {
      status: got.status,
      ...((await got.json()) as { predictions: number[]; error: sf.TesseraError }),
    };
  };
  return { until, ask };
};

test('a model that was saved serves: by the rows that are asked, and by identifiers; its answers go to who asks alone', async () => {
  const given = tables();
  // A column of categories, one with holes, and one whose training rows are whole numbers.
  const more = (text: string, make: (i: number) => string[], names: string[]): string =>
    text
      .trim()
      .split('\n')
      .map((line, i) => [line, ...(i === 0 ? names : make(i))].join(','))
      .join('\n');
  const hers = more(
    given.alice,
    (i) => [['Rome', 'Bonn', 'Oslo'][i % 3]!, i % 10 === 0 ? '' : String(i % 7)],
    ['city', 'n'],
  );
  const key = { storageKey: Buffer.alloc(32, 7).toString('base64') };
  const at = await place(['alice', 'bob', 'dealer'], (_, o) => ({ ...o, ...key }));
  const [a, b] = [at.file('a.csv', hers), at.file('b.csv', given.bob)];
  const flags = (name: string, ...own: string[]): string[] => [
    ...['--table', name === 'alice' ? a : b, '--key', 'id', ...own],
  ];
  const cleaning = ['--onehot', 'city', '--fillna', 'median'];
  const train = (name: string, model: string, ...own: string[]): string[] => [
    ...[
      'train',
      ...flags(name, ...(name === 'alice' ? cleaning : [])),
      '--model',
      model,
      '--label',
      'default',
    ],
    ...['--positive', 'yes', '--json', '--save', at.file(`${name}.${model}`), ...own],
  ];
  const both = (make: (name: string) => string[]) => ({ alice: make('alice'), bob: make('bob') });
  const trained = await at.run(
    both((name) => train(name, 'logistic', '--coefficients', 'bob', '--set', 'maxIter=2')),
  );
  wells(trained);
  const grown = await at.run(
    both((name) => [
      ...train(name, 'boosting', '--set', 'nEstimators=2', 'maxDepth=2', 'maxBins=4'),
      ...['--importance', 'bob', '--report', at.file(`${name}.html`)],
    ]),
  );
  wells(grown);
  const learned = JSON.parse(grown.bob!.out) as { importances: Record<string, number>; losses: number[] };
  assert.is(learned.losses.length, 2);
  const shares = Object.values(learned.importances);
  near([shares.reduce((sum, v) => sum + v)], [1]);
  assert.is('importances' in JSON.parse(grown.alice!.out), false);
  for (const name of ['alice', 'bob']) {
    assert.match(at.text(`${name}.html`), /<th>the importance of columns<\/th><td>bob<\/td>/);
    assert.is(at.text(`${name}.html`).includes('<figcaption>Importance of columns<'), name === 'bob');
  }
  const { columns, coef, intercept } = JSON.parse(trained.bob!.out) as {
    columns: string[];
    coef: number[];
    intercept: number;
  };
  assert.equal(Object.keys(learned.importances), columns);
  assert.equal(columns, ['a', 'b', 'c', 'city=Bonn', 'city=Oslo', 'city=Rome', 'n', 'd', 'e']);
  const plan = JSON.parse(at.text('alice.logistic.json'));
  const other = JSON.parse(at.text('bob.logistic.json'));
  assert.equal(plan.plan, other.plan);
  // What its columns hold is each party's own.
  assert.equal(plan.own.filling.n, 3);
  assert.equal(other.own.filling, {});

  const rowsOf = (text: string): Record<string, string>[] => {
    const [names, ...rows] = text
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    return rows.map((row) => Object.fromEntries(row.map((cell, i) => [names![i]!, cell])));
  };
  const [own, his] = [rowsOf(hers), rowsOf(given.bob)];
  const shared = own.filter(({ id }) => his.some((r) => r.id === id));
  // The first has a hole.
  const wanted = [shared.find(({ n }) => n === '')!, ...shared.filter(({ n }) => n !== '').slice(0, 5)];
  const theirs = wanted.map(({ id }) => his.find((r) => r.id === id)!);
  const numbers = (row: Record<string, string>, name: string): number =>
    name.startsWith('city=') ? Number(`city=${row.city}` === name) : Number(row[name] === '' ? 3 : row[name]);
  const want = wanted.map((row, i) => {
    const all = { ...theirs[i]!, ...row };
    const sum = columns.reduce((s, name, j) => s + coef[j]! * numbers(all, name), intercept);
    return 1 / (1 + Math.exp(-sum));
  });

  /** Parties with shares of a model serve, and `askers` of them or beside them ask. */
  const served = async (
    where: Awaited<ReturnType<typeof place>>,
    askers: readonly [string, string],
    model: string,
    more: Readonly<Record<string, string[]>>,
    use: (one: ReturnType<typeof asking>, two: ReturnType<typeof asking>) => Promise<void>,
  ): Promise<Ended[]> => {
    const ports = [await freePort(), await freePort()];
    const dealer = start(['dealer', '--config', where.file('dealer.json')]);
    const all = [...new Set(['alice', 'bob', ...askers])].map((name) => {
      const asks = askers.indexOf(name);
      return start([
        ...['serve', '--config', where.file(`${name}.json`), '--askers', askers.join()],
        ...(name === 'carol' ? [] : ['--model', at.file(`${name}.${model}`)]),
        ...(asks < 0 ? [] : ['--port', String(ports[asks])]),
        ...(more[name] ?? []),
      ]);
    });
    try {
      const [one, two] = ports.map(asking) as [ReturnType<typeof asking>, ReturnType<typeof asking>];
      await Promise.race([
        Promise.all([one.until(), two.until()]),
        ...all.map(async ({ ended }) => assert.unreachable((await ended).err)),
      ]);
      await use(one, two);
    } finally {
      all[0]!.child.kill('SIGKILL');
    }
    const ended = await Promise.all(all.map((s) => s.ended));
    dealer.child.kill('SIGKILL');
    await dealer.ended;
    return ended;
  };
  const close = (got: { predictions?: number[]; error?: unknown }, to: readonly number[]): void => {
    assert.ok(got.predictions, JSON.stringify(got.error));
    near(got.predictions, to);
  };
  const full = wanted.map((row, i): Record<string, unknown> => {
    const { id: _id, default: _label, ...all } = { ...row, ...theirs[i]! };
    return { ...all, n: row.n === '' ? null : row.n };
  });
  const asked = wanted.map(({ id }) => ({ id }));
  const ended = await served(
    at,
    ['alice', 'bob'],
    'logistic',
    { alice: flags('alice'), bob: flags('bob') },
    async (alice, bob) => {
      assert.equal(((await alice.until()) as { tables: string[] }).tables, ['alice', 'bob']);
      // Both ask at once.
      const [byRows, byIds, mixed] = await Promise.all([
        alice.ask({ rows: full }),
        bob.ask({ rows: asked }),
        alice.ask({ rows: wanted.map(({ n, ...row }) => ({ ...row, n: n === '' ? null : n })) }),
      ]);
      for (const got of [byRows, byIds, mixed]) close(got, want);
      const refused = async (
        body: unknown,
        text: RegExp,
        more: Record<string, unknown> = {},
      ): Promise<void> => {
        const { status, error } = await alice.ask(body);
        assert.is(status, 400, error?.message);
        assert.match(error.message, text);
        for (const [name, v] of Object.entries(more)) assert.is((error as never)[name], v, name);
      };
      const row = full[1]!;
      await refused('{', /no JSON/);
      await refused({ rows: [] }, /a list of objects is wanted/);
      await refused({ rows: [{ ...row, citty: 'Rome' }] }, /no column "citty": did you mean "city"/, {
        column: 'citty',
      });
      await refused({ rows: [row, { ...row, city: 'Paris' }] }, /column "city", row 1: none of the values/, {
        column: 'city',
        row: 1,
      });
      await refused({ rows: [row, { ...row, d: 'x' }] }, /column "d", row 1: no number/, {
        column: 'd',
        row: 1,
      });
      // What stands for a hole is known to the column's owner.
      await refused({ rows: [{ ...row, d: null }] }, /column "d", row 0: nothing/);
      const { e: _e, ...short } = row;
      await refused({ rows: [short] }, /column "e" of bob is missing: give all/, { column: 'e' });
      await refused({ rows: [{ a: 1, b: 1, c: 1, city: 'Rome', n: 1 }] }, /column "id" is missing/);
      await refused({ rows: [asked[0], { id: 'u9999' }] }, /row 1: alice has no row of that identifier/, {
        row: 1,
      });
      assert.is((await alice.ask({ rows: asked }, 'text/plain')).status, 415);
      // And it goes on.
      close(await bob.ask({ rows: asked.slice(2, 3) }), want.slice(2, 3));
    },
  );
  assert.match(ended[1]!.err, /^tessera: [\s\S]*alice/);

  // Carol has no share of it.
  const outside = await place(['alice', 'bob', 'carol', 'dealer'], (_, o) => ({ ...o, ...key }));
  await served(outside, ['alice', 'carol'], 'boosting', { bob: flags('bob') }, async (alice, carol) => {
    const mine = wanted.map(({ n, ...row }) => ({ ...row, n: n === '' ? 3 : n }));
    // Bins at their owners, and by secret thresholds.
    const [one, two, three] = [
      await alice.ask({ rows: mine }),
      await alice.ask({ rows: full }),
      await carol.ask({ rows: full.map((row) => ({ ...row, n: row.n ?? 3 })) }),
    ];
    close(two, one.predictions);
    close(three, one.predictions);
    assert.ok(new Set(one.predictions.map((p) => p.toFixed(3))).size > 1, String(one.predictions));
    for (const [i, p] of one.predictions.entries())
      if (Math.abs(want[i]! - 0.5) > 0.45) assert.is(p > 0.5, want[i]! > 0.5, `${p}, ${want[i]}`);
    const { status, error } = await alice.ask({ rows: asked });
    assert.is(status, 400);
    assert.match(error.message, /of alice is missing: alice serves without --table/);
  });

  // Parts of two trainings are never taken for one.
  for (const name of ['alice', 'bob']) at.file(`${name}.boosting.json`, at.text(`${name}.logistic.json`));
  const swapped = (name: string) => ['serve', '--model', at.file(`${name}.boosting`), '--askers', 'bob'];
  for (const { code, err } of Object.values(await at.run(both(swapped)))) {
    assert.is(code, 1);
    assert.match(err, /boosting and .*boosting.json are of two trainings/);
  }
});

test.run();
