/** The example of two tables, as its users start it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENCE_MS } from '../patience.ts';

const test = suite('frame: the example');
const cwd = mkdtempSync(join(tmpdir(), 'tessera-two-tables-'));
test.after(() => rmSync(cwd, { recursive: true }));
const EXAMPLE = fileURLToPath(new URL('../../examples/two-tables.js', import.meta.url));

test('two files in different orders become a model, and only its area is shown', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [EXAMPLE], { cwd, timeout: PATIENCE_MS });
  const [rows, area] = stdout.trim().split('\n') as [string, string];
  assert.is(rows, '520 patients are in both tables');
  assert.ok(Number(area.match(/: (\d\.\d{4})$/)?.[1]) > 0.99, area);
  assert.is(stdout.trim().split('\n').length, 2);
  assert.match(readFileSync(join(cwd, 'roc.svg'), 'utf8'), /<svg[\s\S]*<polyline[\s\S]*<\/svg>/);
});

test.run();
