/** `tessera psi`, `describe` and `train`: from files to files, each party a process of its own, over mutual TLS. */
import { existsSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { suite } from '../production/harness.ts';
import { place, tables, wells } from './parties.ts';

const test = suite('cli/psi, cli/describe, cli/train');

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
  const losses = bob!.losses as number[];
  assert.is(losses.length, 6);
  assert.ok(losses.at(-1)! < losses[0]!, String(losses));
  assert.equal(alice!.losses, losses);
  assert.ok(existsSync(at.file('alice.model')));
  const pages = ['alice', 'bob'].map((name) => at.text(`${name}.html`));
  for (const page of pages) {
    assert.match(page, /<figcaption>ROC<\/figcaption><svg/);
    assert.match(page, /<th>the weights<\/th><td>bob<\/td>/);
    assert.match(page, /<figcaption>Loss<\/figcaption><svg/);
    assert.match(page, /<th>the mean loss of the training rows after each turn<\/th><td>all parties<\/td>/);
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
  await wrong('id,a,y\nu,1,0\nv,1e31,1\n', 'column "a", row 3: a number beyond FM128');
  await wrong('id,a,y\nu,1,0\nv,1e14,1\n', 'column "a", row 3: a number beyond FM64', '--field', 'FM64');
  await wrong('id,a,y\nu,1,0\nv,2\n', 'row 3 has 2 cells');
  await wrong('id,a,y\nu,1,0\nv,2,1\n', 'no column "b"', '--features', 'b');
  await wrong('id,a,y\n', 'a table without rows');
  await wrong('id,a,y\nu,1,0\nv,2,1\n', 'option "D"', '--set', 'D=1');
  await wrong('id,a,y\nu,1,0\nv,2,1\n', '--importance: a model of logistic has none', '--importance', 'bob');
});

test('a ring that is none is told at once', async () => {
  const at = await place(['alice', 'bob']);
  const { alice } = await at.run({
    alice: ['train', '--table', 'a.csv', '--model', 'logistic', '--label', 'y', '--field', 'FM9'],
  });
  assert.is(alice!.code, 1);
  assert.match(alice!.err, /'FM9' is invalid\. Allowed choices are FM32, FM64, FM128/);
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
  const nobody = await at.run({
    alice: train(a, '--label', 'y', '--coefficients', 'carol'),
    bob: train(b, '--label', 'y', '--coefficients', 'carol'),
  });
  const label = await at.run({
    alice: train(a, '--label', 'z'),
    bob: train(at.file('c.csv', 'c\n1\n2\n3\n'), '--label', 'z'),
  });
  for (const name of ['alice', 'bob']) {
    assert.match(words[name]!.err, /did not start the same: share: alice says 0.8, bob says 0.5/);
    assert.match(nobody[name]!.err, /--coefficients: "carol" is no party: they are alice, bob/);
    assert.match(rows[name]!.err, /alice has 3 rows, bob 2/);
    assert.match(label[name]!.err, /no party has a column "z"/);
    for (const ended of [words, nobody, rows, label]) assert.is(ended[name]!.code, 1);
  }
});

test.run();
