/** @file Every function of np has the spelling of NumPy beside its own, and arrays have the methods. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CATALOGUE } from '../../src/ir/ops/catalogue.ts';
import { BaseArray } from '../../src/ir/trace/array.ts';
import * as np from '../../src/numpy/index.ts';

const snake = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);

test('snake_case aliases', () => {
  const names = Object.keys(np).filter((n) => /^[a-z]+[A-Z]/.test(n));
  assert.ok(names.length > 10);
  for (const name of names)
    assert.is(
      (np as Record<string, unknown>)[snake(name)],
      (np as Record<string, unknown>)[name],
      snake(name),
    );
  assert.is(np.fori_loop, np.fori);
});

test('methods', () => {
  const x = np.array([
    [1, 2],
    [3, 4],
  ]);
  assert.equal(x.sub(1).reshape([4]).toArray(), [0, 1, 2, 3]);
  assert.equal(x.transpose(1, 0).toArray(), x.T.toArray());
  assert.is(x.sum().item(), 10);
  assert.is(x.argmax({ axis: null }).item(), 3);
  assert.equal([x.ndim, x.size, x.length], [2, 4, 2]);
  assert.instance(x, BaseArray);
});

test('every op has a line of documentation', () => {
  const folder = fileURLToPath(new URL('../../../src/ir/ops/', import.meta.url));
  const text = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('catalogue.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  for (const name of Object.keys(CATALOGUE))
    assert.match(text, new RegExp(`[^ *] \\*/\\n  ${name}: |\\.\\n   \\*/\\n  ${name}: `), name);
});

test.run();
