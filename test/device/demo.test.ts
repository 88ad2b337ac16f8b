/** The main demo, as its users start it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { area, roc } from '../../examples/lib/metrics.ts';
import { splitRows } from '../../examples/lib/split.ts';
import { PATIENCE_MS } from '../patience.ts';

const test = suite('demo: breast cancer');
const run = promisify(execFile);
const DEMO = fileURLToPath(new URL('../../examples/breast-cancer.js', import.meta.url));
const cwd = mkdtempSync(join(tmpdir(), 'tessera-demo-'));
test.after(() => rmSync(cwd, { recursive: true }));

const demo = async (
  ...flags: string[]
): Promise<{ lines: string[]; json: Record<string, number | string> }> => {
  const { stdout } = await run(process.execPath, [DEMO, '--json', ...flags], { cwd, timeout: PATIENCE_MS });
  const lines = stdout.trim().split('\n');
  return { lines, json: JSON.parse(lines.at(-1)!) as Record<string, number | string> };
};

const KEYS =
  'parties,field,joined,accuracy,accuracyPlain,auc,aucPlain,seconds,rounds,bytes,dealerBytes'.split(',');

for (const flags of [
  [],
  ['--parties', '3', '--field', 'FM64', '--epochs', '1'],
  ['--dealer', 'none', '--field', 'FM64', '--epochs', '1'],
  ['--parties', '5', '--dealer', 'third-party', '--epochs', '2', '--reveal-loss'],
]) {
  test(`agrees with float64: ${flags.join(' ')}`, async () => {
    const { lines, json } = await demo(...flags);
    assert.equal(Object.keys(json), KEYS);
    assert.is(json.joined, 520);
    assert.ok(Math.abs(Number(json.accuracy) - Number(json.accuracyPlain)) < 0.005);
    assert.ok(Math.abs(Number(json.auc) - Number(json.aucPlain)) < 0.005);
    assert.ok(Number(json.accuracy) > 0.95 && Number(json.auc) > 0.98);
    assert.ok(Number(json.seconds) < 20);
    const epochs = lines.filter((l) => l.startsWith('epoch '));
    assert.is(epochs.length, flags.includes('--epochs') ? Number(flags[flags.indexOf('--epochs') + 1]) : 10);
    const shown = flags.includes('--reveal-loss') ? /loss \d\.\d{4}/ : /loss hidden/;
    for (const line of epochs) assert.match(line, shown);
    assert.match(
      readFileSync(join(cwd, 'out/breast-cancer-roc.svg'), 'utf8'),
      /<svg[\s\S]*<polyline[\s\S]*<\/svg>/,
    );
  });
}

test('unknown flags and values are errors that say what is known', async () => {
  for (const [flags, text] of [
    [['--party', '3'], /unknown option '--party'[\s\S]*--parties/],
    [['--parties', '4'], /Allowed choices are 2, 3, 5/],
    [['--rtt', 'x'], /a number from 0/],
    [['extra'], /too many arguments/],
  ] as const) {
    const failure = await run(process.execPath, [DEMO, ...flags], { cwd }).then(
      () => undefined,
      (e: { stderr: string; code: number }) => e,
    );
    assert.match(failure!.stderr, text);
  }
  assert.match((await run(process.execPath, [DEMO, '--help'], { cwd })).stdout, '--bandwidth');
});

test('metrics: ties make one step, and the split is a partition', () => {
  assert.equal(roc([0.9, 0.5, 0.5, 0.1], [1, 1, 0, 0]), [
    [0, 0],
    [0, 0.5],
    [0.5, 1],
    [1, 1],
  ]);
  assert.is(area(roc([0.9, 0.5, 0.5, 0.1], [1, 1, 0, 0])), 0.875);
  const { train, test: rest } = splitRows(10, 0.8, 1);
  assert.equal(
    [...train, ...rest].sort((a, b) => a - b),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  assert.equal(splitRows(10, 0.8, 1), { train, test: rest });
});

test.run();
