/** Frames where each party is a process of its own: a join, a model, and an error in the table of one of them. */
import * as assert from 'uvu/assert';
import { cluster, launch, suite, values } from './harness.ts';

const test = suite('production/frames');

test('two tables are joined and a model is trained; an error in a table is told by party, column and row', async () => {
  const out = await values<{
    text: string;
    score: number;
    ages: number;
    wrong: { code: string; message: string };
  }>(launch(await cluster(['alice', 'bob', 'dealer']), 'joined'));
  for (const party of ['alice', 'bob'] as const) {
    const { text, score, ages, wrong } = out[party]!;
    assert.is(text, 'Frame, 7 rows\n  age: integer, of alice\n  paid: category, of bob');
    assert.is(score, 1);
    assert.is(ages, 20 + (3 * (1 + 2 + 3 + 5 + 6 + 7 + 8)) / 7);
    // Where it went wrong the error is what it was; the others are told that bob failed, and why where he lets them know.
    assert.is(wrong.code, party === 'bob' ? 'INVALID_ARGUMENT' : 'PARTY_FAILED');
    assert.match(wrong.message, /bob op #\d+ \(function "table".*column "paid", row 3: no integer/);
  }
});

test.run();
