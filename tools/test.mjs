/**
 * @file `npm test`: the tests of each file (uvu) in a process of its own, so that nothing that one leaves behind reaches
 * another. Those that compute run beside those that wait for processes, sockets and browsers.
 * `npm test -- gates/ link/tls` runs the files whose paths contain one of the words.
 *
 * Tests of real processes, sockets, browsers and timeouts share the machine with whatever else runs there: a file that
 * failed is run once more, and named. What fails twice has failed.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
/** A file that takes longer hangs. */
const LIMIT_MS = 900_000;

const words = process.argv.slice(2);
// By their sources: what was built from a file that is gone is no test any more.
const files = readdirSync(join(root, 'test'), { recursive: true })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => file.replaceAll('\\', '/').replace(/ts$/, 'js'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();

const count = (text, name) => Number(text.match(new RegExp(`^ *${name}: *(\\d+)`, 'm'))?.[1] ?? 0);

/** What a test that cannot run here says of it: "skipped: needs X (how to get it)". */
const skips = (text) => [...new Set(text.match(/skipped: .*/g) ?? [])];

const output = (file) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'tools/test-file.mjs'), file], {
      cwd: root,
      env: { ...process.env, FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (part) => {
        text += part;
      });
    }
    child.on('close', (code) => resolve({ text, good: code === 0 }));
  });

/** Without a summary nobody knows how many tests there are: the file has crashed or was stopped, and counts as one. */
const runFile = async (file) => {
  const start = performance.now();
  const { text, good } = await output(file);
  const total = Math.max(1, count(text, 'Total'));
  const passed = Math.min(count(text, 'Passed'), good ? total : total - 1);
  const seconds = ((performance.now() - start) / 1e3).toFixed(0).padStart(4);
  const of = `${String(passed).padStart(3)} of ${String(total).padStart(3)} passed`;
  console.log(`${seconds} s  ${of}  ${file}${skips(text).map((s) => `  (${s})`).join('')}`);
  if (passed < total) console.log(text);
  return { passed, failed: total - passed };
};

const results = new Map();
const runAll = async (some) => {
  for (const file of some) results.set(file, await runFile(file));
};
const computes = (file) => /^(bench|fixed|fuzz|gates|ir|numpy|ring)\//.test(file);
await Promise.all([runAll(files.filter((f) => !computes(f))), runAll(files.filter(computes))]);
const again = files.filter((file) => results.get(file).failed > 0);
if (again.length > 0) console.log(`\nonce more: ${again.join(', ')}`);
for (const file of again) results.set(file, await runFile(file));
const unsteady = again.filter((file) => results.get(file).failed === 0);
if (unsteady.length > 0) console.log(`\npassed at the second attempt only: ${unsteady.join(', ')}`);

const sum = (what) => [...results.values()].reduce((total, result) => total + result[what], 0);
if (files.length === 0) console.log(`no file of tests has ${words.join(' or ')} in its path`);
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = files.length === 0 || sum('failed') > 0 ? 1 : 0;
