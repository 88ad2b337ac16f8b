/** `tessera psi`, `describe`, `train`, `serve` and `run`: from files to files, each party a process of its own, over mutual TLS. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { table } from '../models/both.ts';
import { cluster, folder, freePort, type Options, sleep, suite } from '../production/harness.ts';

const test = suite('cli/psi, cli/describe, cli/train, cli/run');
const CLI = fileURLToPath(import.meta.resolve('#tessera-cli'));
const home = folder();
const FILES = fileURLToPath(new URL('../../../test/frontends/', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const start = (args: readonly string[]) => {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<Ended>((resolve) => {
    let [out, err] = ['', ''];
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (err += data));
    child.once('close', (code) => resolve({ code, out, err }));
  });
  return { child, ended };
};

/** A folder with the configurations of these parties. */
const place = async (everybody: readonly string[], change?: (self: string, o: Options) => Options) => {
  const at = mkdtempSync(join(home, 'parties-'));
  const options = await cluster(everybody, change);
  for (const name of everybody) writeFileSync(join(at, `${name}.json`), JSON.stringify(options[name]));
  return {
    file: (name: string, text?: string): string => {
      const path = join(at, name);
      if (text !== undefined) writeFileSync(path, text);
      return path;
    },
    text: (name: string): string => readFileSync(join(at, name), 'utf8'),
    /** Runs a command at each party, and the dealer beside them. */
    run: async (args: Readonly<Record<string, readonly string[]>>): Promise<Record<string, Ended>> => {
      const dealer = everybody.includes('dealer')
        ? start(['dealer', '--config', join(at, 'dealer.json')])
        : undefined;
      const all = Object.entries(args).map(
        async ([name, own]) =>
          [name, await start([...own, '--config', join(at, `${name}.json`)]).ended] as const,
      );
      const ended = Object.fromEntries(await Promise.all(all));
      dealer?.child.kill('SIGKILL');
      await dealer?.ended;
      return ended;
    },
  };
};

const wells = (ended: Readonly<Record<string, Ended>>): void => {
  for (const [name, { code, err }] of Object.entries(ended)) assert.is(code, 0, `${name}: ${err}`);
};

const csv = (names: readonly string[], rows: readonly (readonly unknown[])[]): string =>
  `${[names, ...rows].map((row) => row.join(',')).join('\n')}\n`;

/** The cancer data: 3 columns with alice, 2 and the label with bob, some rows with one of them only, in different orders. */
const tables = () => {
  const { x, y } = table('cancer');
  const n = 150;
  const hers = Array.from({ length: n - 20 }, (_, i) => (i * 7) % (n - 20));
  const his = Array.from({ length: n - 10 }, (_, i) => 10 + ((i * 11) % (n - 10)));
  return {
    common: n - 30,
    alice: csv(
      ['id', 'a', 'b', 'c'],
      hers.map((i) => [`u${i}`, ...x[i]!.slice(0, 3)]),
    ),
    bob: csv(
      ['id', 'd', 'e', 'default'],
      his.map((i) => [`u${i}`, ...x[i]!.slice(3, 5), y[i] === 1 ? 'yes' : 'no']),
    ),
  };
};

test('two tables become aligned files, a description, and a model', async () => {
  const given = tables();
  const at = await place(['alice', 'bob', 'dealer'], (_, o) => ({
    ...o,
    storageKey: Buffer.alloc(32, 7).toString('base64'),
  }));
  const [a, b] = [at.file('a.csv', given.alice), at.file('b.csv', given.bob)];
  const flags = (name: string): string[] => ['--table', name === 'alice' ? a : b, '--key', 'id'];
  const both = (make: (name: string) => string[]) => ({ alice: make('alice'), bob: make('bob') });

  wells(await at.run(both((name) => ['psi', ...flags(name), '--out', at.file(`${name}.out.csv`)])));
  const [hers, his] = ['alice', 'bob'].map((name) => at.text(`${name}.out.csv`).trim().split('\n'));
  assert.is(hers!.length, given.common + 1);
  assert.equal(
    hers!.map((line) => line.split(',')[0]),
    his!.map((line) => line.split(',')[0]),
  );
  for (const line of hers!) assert.ok(given.alice.includes(`${line}\n`), line);

  const described = await at.run(
    both((name) => ['describe', ...flags(name), '--json', '--corr', '--report', at.file(`${name}.d.html`)]),
  );
  wells(described);
  const report = JSON.parse(described.alice!.out) as { rows: number; columns: { name: string }[] };
  assert.is(report.rows, given.common);
  // The other party's columns are known by name alone.
  assert.equal(
    report.columns.map((c) => c.name),
    ['a', 'b', 'c'],
  );

  assert.match(at.text('alice.d.html'), /<figcaption>a<\/figcaption>[\s\S]*Correlations[\s\S]*<th>e<\/th>/);
  assert.not.match(at.text('alice.d.html'), /<figcaption>d</);

  const trained = await at.run(
    both((name) => [
      'train',
      ...flags(name),
      ...[
        '--model',
        'logistic',
        '--label',
        'default',
        '--positive',
        'yes',
        '--json',
        '--set',
        'maxIter=6',
        'C=2',
      ],
      ...['--report', at.file(`${name}.html`), '--coefficients', 'bob', '--save', at.file(`${name}.model`)],
    ]),
  );
  wells(trained);
  const [alice, bob] = [trained.alice!, trained.bob!].map(
    (e) => JSON.parse(e.out) as Record<string, unknown>,
  );
  assert.equal([bob!.rows, bob!.trained, bob!.tested], [given.common, 96, 24]);
  assert.ok(Number(bob!.auc) > 0.9 && Number(bob!.accuracy) > 0.8, trained.bob!.out);
  assert.is(alice!.auc, bob!.auc);
  assert.equal(bob!.columns, ['a', 'b', 'c', 'd', 'e']);
  assert.is((bob!.coef as number[]).length, 5);
  assert.is('coef' in alice!, false);
  assert.ok(existsSync(at.file('alice.model')));
  const pages = ['alice', 'bob'].map((name) => at.text(`${name}.html`));
  for (const page of pages) {
    assert.match(page, /<figcaption>ROC<\/figcaption><svg/);
    assert.match(page, /<th>the weights<\/th><td>bob<\/td>/);
    assert.match(page, new RegExp(`<th>auc</th><td>${String(Number(Number(bob!.auc).toPrecision(6)))}</td>`));
    assert.not.match(page, /<script|src=|href=/);
  }
  // The weights are in the page of who learned them.
  assert.equal(
    pages.map((page) => page.includes('<figcaption>Weights')),
    [false, true],
  );
});

test('what is wrong with a table is told by file, column and row, before any connection is opened', async () => {
  const at = await place(['alice', 'bob']);
  const wrong = async (text: string, error: string, ...more: string[]) => {
    const path = at.file('wrong.csv', text);
    const { alice } = await at.run({
      alice: ['train', '--table', path, '--key', 'id', '--model', 'logistic', '--label', 'y', ...more],
    });
    assert.is(alice!.code, 1, alice!.out);
    assert.match(alice!.err, error);
    assert.match(alice!.err, /^tessera: /);
  };
  await wrong('idd,a,y\nu,1,0\nv,2,1\n', 'no column "id": did you mean "idd"');
  await wrong('id,a,y\nu,1,0\nv,2,1\nu,3,1\n', 'column "id", row 4: the same identifier as row 2');
  await wrong('id,a,y\nu,1,0\nv,2,1\nw,3,2\n', 'column "y", row 4: a third value');
  await wrong('id,a,y\nu,1,1\nv,2,1\n', 'column "y": the label has one value only');
  await wrong(
    'id,a,y\nu,1,no\nv,2,yes\n',
    'column "y": no row has the value that is to count as 1: --positive',
  );
  await wrong('id,a,y\nu,7,0\nv,7,1\n', 'column "a": constant');
  await wrong('id,a,y\nu,1,0\nv,x,1\nw,3,1\n', 'column "a", row 3: no number');
  await wrong('id,a,y\nu,1,0\nv,x,1\n', 'column "a", row 3: no integer', '--dtype', 'a=integer');
  await wrong('id,a,y\nu,1,0\nv,,1\nw,4,1\n', 'column "a", row 3: nothing: --fillna');
  await wrong('id,a,y\nu,1,0\nv,2\n', 'row 3 has 2 cells');
  await wrong('id,a,y\nu,1,0\nv,2,1\n', 'no column "b"', '--features', 'b');
  await wrong('id,a,y\n', 'a table without rows');
  await wrong('id,a,y\nu,1,0\nv,2,1\n', 'option "D"', '--set', 'D=1');
});

test('a party that does not come, other words, and rows that differ in number are typed errors', async () => {
  const quick = await place(['alice', 'bob'], (_, o) => ({ ...o, crossSilo: { readyTimeoutMs: 1500 } }));
  const lonely = await quick.run({
    alice: ['psi', '--table', quick.file('a.csv', 'id\nu\n'), '--key', 'id'],
  });
  assert.match(lonely.alice!.err, /^tessera: "alice" could not reach all parties[\s\S]*bob/);
  assert.is(lonely.alice!.code, 1);

  const at = await place(['alice', 'bob', 'dealer']);
  const [a, b] = [at.file('a.csv', 'a\n1\n2\n4\n'), at.file('b.csv', 'b,y\n3,0\n1,1\n')];
  const train = (path: string, ...more: string[]) => [
    'train',
    '--table',
    path,
    '--model',
    'logistic',
    ...more,
  ];
  const words = await at.run({
    alice: train(a, '--label', 'y'),
    bob: train(b, '--label', 'y', '--split', '0.5'),
  });
  const rows = await at.run({ alice: train(a, '--label', 'y'), bob: train(b, '--label', 'y') });
  const label = await at.run({
    alice: train(a, '--label', 'z'),
    bob: train(at.file('c.csv', 'c\n1\n2\n3\n'), '--label', 'z'),
  });
  for (const name of ['alice', 'bob']) {
    assert.match(words[name]!.err, /did not start the same: share: alice says 0.8, bob says 0.5/);
    assert.match(rows[name]!.err, /alice has 3 rows, bob 2/);
    assert.match(label[name]!.err, /no party has a column "z"/);
    for (const ended of [words, rows, label]) assert.is(ended[name]!.code, 1);
  }
});

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
  wells(
    await at.run(
      both((name) => train(name, 'boosting', '--set', 'nEstimators=2', 'maxDepth=2', 'maxBins=4')),
    ),
  );
  const { columns, coef, intercept } = JSON.parse(trained.bob!.out) as {
    columns: string[];
    coef: number[];
    intercept: number;
  };
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

const values = (x: sf.NDArray): number[] => Array.from(x.data, Number);
const near = (got: readonly number[], want: readonly number[]): void => {
  assert.is(got.length, want.length);
  for (const [i, v] of got.entries()) assert.ok(Math.abs(v - want[i]!) < 1e-4, `${v}, ${want[i]}`);
};

test('a program of JAX runs on files of two parties, with a dealer and without', async () => {
  const params = {
    w: [
      [0, 1, -1],
      [1, 1, -1],
      [2, 1, -1],
      [3, 1, -1],
    ],
    b: [0.5, 0, 1],
  };
  const x = [
    [1, 2, 3, 4],
    [0, 1, 0, -1],
  ];
  const step = await sf.program<{ y: sf.NDArray; n: unknown }>(join(FILES, 'step.jax'));
  const plain = step(params, x, { scale: 2 });
  for (const everybody of [
    ['alice', 'bob', 'dealer'],
    ['alice', 'bob'],
  ]) {
    const at = await place(everybody);
    await sf.save(at.file('w.safetensors'), params);
    at.file('x.csv', csv(['p', 'q', 'r', 's'], x));
    await sf.save(at.file('n.npz'), { scale: 2 });
    const run = (...more: string[]) => ['run', join(FILES, 'step.jax'), ...more];
    const ended = await at.run({
      alice: run(
        '--party',
        'alice',
        '--in',
        `0=${at.file('w.safetensors')}`,
        '1=@bob',
        '2=@bob',
        '--out',
        '0=@bob',
      ),
      bob: run(
        '--in',
        `2=${at.file('n.npz')}`,
        '0=@alice',
        `1=${at.file('x.csv')}`,
        '--out',
        `0=${at.file('y.npz')}`,
      ),
    });
    wells(ended);
    const got = await sf.load<sf.NamedArrays>(at.file('y.npz'));
    near(values(got.y!), values(plain.y));
  }
});

test('a model runs on weights of one party and rows of the other; both may learn the result', async () => {
  const at = await place(['alice', 'bob', 'dealer']);
  const model = await sf.onnx(join(FILES, 'onnx/linear/model.onnx'));
  writeFileSync(at.file('model.onnx'), model.skeleton);
  await sf.save(at.file('w.npz'), model.weights);
  const rows = Array.from({ length: 3 }, (_, i) => Array.from({ length: 10 }, (_, j) => Math.cos(i + 3 * j)));
  await sf.save(at.file('x.npy'), rows);
  const run = (...more: string[]) => ['run', at.file('model.onnx'), ...more];
  const args = {
    alice: run(
      '--in',
      `weights=${at.file('w.npz')}`,
      'X=@bob',
      '--out',
      `variable=${at.file('a.npy')}`,
      'variable=@bob',
    ),
    bob: run(
      '--in',
      `X=${at.file('x.npy')}`,
      'weights=@alice',
      '--out',
      `variable=${at.file('b.npy')}`,
      'variable=@alice',
    ),
  };
  wells(await at.run(args));
  const want = values(model(model.weights, { X: rows }).variable as sf.NDArray);
  for (const name of ['a.npy', 'b.npy']) near(values(await sf.load<sf.NDArray>(at.file(name))), want);

  const refused = await at.run({ ...args, bob: args.bob.slice(0, -1) });
  for (const name of ['alice', 'bob'] as const)
    assert.match(
      refused[name]!.err,
      /did not start the same: results: alice says .*alice, bob.*, bob says .*"bob"/,
    );
  const alone = async (error: RegExp, ...more: string[]) => {
    const { alice } = await at.run({ alice: run(...more) });
    assert.match(alice!.err, error);
    assert.is(alice!.code, 1);
  };
  await alone(/--in Y: did you mean "X"/, '--in', 'Y=@bob');
  await alone(/who gives argument weights/, '--in', 'X=@bob');
  await alone(/who learns a result/, '--in', 'X=@bob', 'weights=@bob');
  await alone(
    /is the configuration of alice, not of bob/,
    '--party',
    'bob',
    '--in',
    'X=@bob',
    'weights=@bob',
    '--out',
    'variable=@bob',
  );
  await alone(/cannot be read/, '--in', `X=${at.file('none.npy')}`, 'weights=@bob', '--out', 'variable=@bob');
});

test.run();
