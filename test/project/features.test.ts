/** FEATURES.md says of each function and feature what is so, and has a line for every op that `costs` measures. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { counted, has, listed } from '../../bench/features.ts';
import { COSTS } from '../../bench/lib/cost-table.ts';
import { ABSENT, PARTLY } from '../../bench/lib/features-spu.ts';
import { JAX } from '../../bench/lib/jax-names.ts';

const text = readFileSync(fileURLToPath(new URL('../../../FEATURES.md', import.meta.url)), 'utf8');
const features = suite('features');

features('the lists are those of today (npm run features)', () => {
  assert.ok(text.includes(listed()));
});

features('ARCHITECTURE.md counts the ops that there are (npm run features)', () => {
  const page = readFileSync(fileURLToPath(new URL('../../../ARCHITECTURE.md', import.meta.url)), 'utf8');
  assert.ok(page.includes(`<!-- counted -->${counted()}<!-- -->`));
});

features('every measured op is there, once', () => {
  const [costs] = text.split('## Two parties without a dealer') as [string];
  for (const { op } of COSTS) assert.is(costs.split(`\n| \`${op}\` | `).length, 2, op);
});

features('what is said to be there in part is there, and is a name of jax', () => {
  for (const name of Object.keys(PARTLY)) {
    assert.ok(has(name), name);
    const [module, last] = name.includes('.') ? name.split('.') : ['numpy', name];
    assert.ok(JAX[module as keyof typeof JAX].includes(last!), name);
  }
});

features('what is not there is not there, is a name of jax, and has a reason', () => {
  const names = Object.entries(JAX).flatMap(([module, list]) =>
    list.map((name) => (module === 'numpy' ? name : `${module}.${name}`)),
  );
  assert.equal(names.filter((name) => !has(name)).sort(), Object.keys(ABSENT).sort());
});

features.run();
