/** @file Functions over the whole of their ranges: errors within what the project promises, and a line of FEATURES.md for each. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RANGE_STEADY, rangeLine } from '../../bench/features.ts';
import { measureRange } from '../../bench/lib/range-table.ts';
import { RANGES } from '../../bench/lib/ranges.ts';
import { ring } from '../gates/harness.ts';

const test = suite('ranges');
const text = readFileSync(fileURLToPath(new URL('../../../FEATURES.md', import.meta.url)), 'utf8');
const [, part = ''] = text.split('## Ranges, errors and what happens beyond');
const written = new Map(
  part.split('\n').flatMap((line) => {
    const cells = line.split(' | ').map((c) => c.replace(/^\| | \|$/g, ''));
    return cells.length === RANGE_STEADY.length ? [[cells[0]!, cells] as const] : [];
  }),
);
const BOUND = { FM32: 2 ** -2, FM64: 2 ** -12, FM128: 2 ** -20 } as const;

for (const op of Object.keys(RANGES))
  test(op, () => {
    const steady = (all: readonly string[]) => all.filter((_, i) => RANGE_STEADY[i]);
    const line = written.get(`\`${op}\``);
    assert.ok(line, `FEATURES.md has no range of ${op}: npm run features`);
    assert.equal(
      steady(line),
      steady(rangeLine(op, () => '')),
      'FEATURES.md is not up to date: npm run features',
    );
    for (const field of ['FM128', 'FM64', 'FM32'] as const) {
      const { maxError, error } = measureRange(ring, op, field);
      const most = error === 'exact' ? 0 : BOUND[field];
      assert.ok(maxError <= most, `${field}: off by ${maxError}`);
    }
  });

test.run();
