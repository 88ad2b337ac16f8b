/** What people enter and bring along: sums of money, and tables. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAmounts } from '../../examples/lib/amount.ts';
import { parseCsv } from '../../examples/lib/csv.ts';

const test = suite('examples: input');

test('sums: what stands apart is apart, and what may be one or two is neither', () => {
  const none = undefined;
  for (const [text, wanted] of [
    ['56,000; 57.000,50', [56_000, 57_000.5]],
    ['48,000, 1.250; 3000 7000.5', [48_000, 1_250, 3_000, 7_000.5]],
    ['52,000\n61,500\n', [52_000, 61_500]],
    ['56 000; 57 000,50', [56_000, 57_000.5]],
    ['56 000\n1 057 000', [56_000, 1_057_000]],
    ['56 000', [56_000]],
    ['56 000 57 000', [none]],
    ['56 250', [none]],
    ['100 200 300; 4', [none, 4]],
    ['56000,57000', [none]],
    ['50 000 €; 7', [50_000, 7]],
    ['', []],
  ] as const)
    assert.equal(parseAmounts(text), wanted, text);
});

test('tables of few rows, with blank lines too: the cells are parted as they are throughout', () => {
  const rows = [
    [1.5, 2],
    [3, 4.5],
  ];
  for (const text of [
    'a,b\n1.5,2\n3,4.5\n',
    'a;b\n1,5;2\n3;4,5\n',
    'a;b\n\n1.5;2\n\n3;4.5\n\n',
    'a\tb\n1.5\t2\n3\t4.5\n',
    'a\tb\r\n1,5\t2\r\n\r\n3\t4,5\r\n',
    'a|b\n1.5|2\n3|4.5\n',
    '\uFEFF"a";"b"\r"1,5";2\r3;"4,5"\r',
    'a,b\n"1,5","2"\n"3","4,5"\n',
  ])
    assert.equal(parseCsv(text, 'own.csv'), { columns: ['a', 'b'], rows }, JSON.stringify(text));
  assert.equal(parseCsv('1,5;2,5\n3,5;4,5\n', 'own.csv').rows, [
    [1.5, 2.5],
    [3.5, 4.5],
  ]);
  assert.equal(parseCsv('a\n1\n2\n', 'own.csv').rows, [[1], [2]]);
  assert.throws(() => parseCsv('a;b\n1;2\n1;2;3\n', 'own.csv'), /line 3 has 3 cells where the header has 2/);
  assert.throws(() => parseCsv('a\n1,5\n', 'own.csv'), /line 2 has 2 cells where the header has 1/);
});

test.run();
