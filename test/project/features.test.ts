/** FEATURES.md says of each function what is so, and its costs table has every op that `costs` measures. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { functionTable } from '../../bench/features.ts';
import { COSTS } from '../../bench/lib/cost-table.ts';
import { GUIDE } from '../../bench/lib/features-data.ts';

const text = readFileSync(fileURLToPath(new URL('../../../FEATURES.md', import.meta.url)), 'utf8');
const features = suite('features');

features('the functions listed are those that np has (npm run features)', () => {
  assert.ok(text.includes(functionTable()));
});

features('every measured op and every row of the guide is there', () => {
  for (const { op } of COSTS) assert.ok(text.includes(`| \`${op}\` | `), op);
  for (const [feature, answer] of GUIDE) assert.ok(text.includes(`| ${feature} | ${answer} |`), feature);
});

features.run();
