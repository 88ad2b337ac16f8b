/**
 * The costs in FEATURES.md are those measured now, and errors are within what the project promises: 2^-20 at FM128, 2^-12 at
 * FM64 (absolute below 1, relative above): of every eighth function that is measured, and of all in a long run. That each has a line
 * is always looked at; their rounds and bytes are held by test/bench/guards.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { costLine, MADE_CELLS, madeLine, STEADY, withMeters } from '../../bench/features.ts';
import { COSTS } from '../../bench/lib/cost-table.ts';
import { ring } from '../gates/harness.ts';
import { scaled } from '../long.ts';

const test = suite('features costs');
const text = readFileSync(fileURLToPath(new URL('../../../FEATURES.md', import.meta.url)), 'utf8');
const written = new Map(
  text.split('\n').flatMap((line) => {
    const cells = line.split(' | ').map((c) => c.replace(/^\| | \|$/g, ''));
    return cells.length === STEADY.length ? [[cells[0]!, cells] as const] : [];
  }),
);
const BOUND = { FM32: 1, FM64: 2 ** -12, FM128: 2 ** -20 } as const;

const MEASURED = COSTS.filter((c) => c.fields?.includes('FM128') ?? true);
const EVERY = scaled(1, 8);
/** Whoever has no dealer makes material for real, which takes longer. */
const EVERY_MADE = scaled(2, 36);

test('every function that is measured has a line', () => {
  assert.equal(
    MEASURED.filter(({ op }) => !written.has(`\`${op}\``)).map(({ op }) => op),
    [],
    'npm run features',
  );
});

for (const k of MEASURED.filter((_, i) => i % EVERY === 0))
  test(k.op, () => {
    const { cells, rows } = costLine(ring, k);
    const line = written.get(cells[0]!);
    assert.ok(line, `FEATURES.md has no line for ${k.op}: npm run features`);
    const steady = (all: readonly string[]) => all.filter((_, i) => STEADY[i]);
    assert.equal(steady(line), steady(cells), 'FEATURES.md is not up to date: npm run features');
    for (const r of rows)
      assert.ok(
        r.maxError <= BOUND[r.field] * (k.slack ?? 1),
        `${r.field}, ${r.parties} parties, ${r.mode}: off by ${r.maxError}`,
      );
  });

const made = new Map(
  text
    .slice(text.indexOf('## Two parties without a dealer'), text.indexOf('## Ranges, errors'))
    .split('\n')
    .map((line) => line.replace(/^\| | \|$/g, '').split(' | '))
    .filter((cells) => cells.length === MADE_CELLS)
    .map((cells) => [cells[0]!, cells] as const),
);

test('without a dealer: every function has a line', () => {
  assert.equal(
    COSTS.filter(({ op }) => !made.has(`\`${op}\``)).map(({ op }) => op),
    [],
    'npm run features',
  );
});

test('without a dealer: what two parties send, and how many transfers', () =>
  withMeters(async (meters) => {
    for (const k of COSTS.filter((_, i) => i % EVERY_MADE === 1)) {
      const line = await madeLine(meters, k);
      assert.equal(made.get(line[0]!), line, `FEATURES.md is not up to date on ${k.op}: npm run features`);
    }
  }));

test.run();
