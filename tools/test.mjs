/**
 * @file `npm test`: the tests of each file (uvu) in a process of its own, so that nothing that one leaves behind reaches
 * another. `npm test -- gates/ link/tls` runs the files whose paths contain one of the words.
 *
 * Short files that start nothing (SHARED) run some in one process, one after the other: to load the library takes longer
 * than most of them. Several processes run at once, the longest first: as many as the processor has room for, by what a file is known
 * to need of it (test/costs.json; `npm test -- --costs` writes what it measured there, each file in a process of its own). A file
 * that fails is run once more, by itself, when all are done, only to say whether it fails always or is unsteady: it has failed either
 * way.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scriptCommand } from '../dist/examples/lib/command.js';

const root = fileURLToPath(new URL('../', import.meta.url));
/** A file that takes longer hangs. */
const LIMIT_MS = 900_000;
/**
 * Most functions run too few times in a file to earn what the optimizing compiler takes for them: they have to be run some eight times as
 * often as usual before it begins. Files that mostly compile programs take a quarter less; processes that they fork have it too.
 */
const ENGINE = ['--interrupt-budget=500000'];
/** What a file of waiting parties has of the processor at least: its timeouts are meant for a machine that answers. */
const LEAST = 0.3;

const command = scriptCommand('test', 'Runs the tests of each file in a process of its own.', ['', 'gates/ link/tls'])
  .usage('[options] [words...]')
  .argument('[words...]', 'files whose path contains one of them; all if absent')
  .option('--costs', 'write to test/costs.json what each file takes on this machine', false)
  .parse();
const words = command.args;
const { costs: keep } = command.opts();

// By their sources: what was built from a file that is gone is no test any more.
const files = readdirSync(join(root, 'test'), { recursive: true })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => file.replaceAll('\\', '/').replace(/ts$/, 'js'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();

/** By file: [seconds, seconds of a processor], of a quiet machine. */
const costsFile = join(root, 'test/costs.json');
const costs = JSON.parse(readFileSync(costsFile, 'utf8'));

const computes = (file) => /^(bench|fixed|fuzz|gates|ir|numpy|ring)\//.test(file);
/** What a file that nobody has measured counts as. */
const costOf = (file) => costs[file] ?? (computes(file) ? [2, 2] : [4, 2]);
/**
 * Files that may run behind others in one process, unless they take long: they start no processes, listen to nothing, close their sessions,
 * and none ends on purpose what it runs in.
 */
const SHARED =
  /^(collect|fixed|frame|frontends|gates|ir|making|models|numpy|psi|ring)\/|^device\/(?!.*(death|demo|fail|life|limit|swallow))/;
const SHORT_S = 8;
/** Of a process that several files share. */
const TOGETHER_S = 30;

/** Lists of files, each for a process. */
const processesOf = (all) => {
  const lists = [];
  let [open, left] = [undefined, 0];
  for (const file of all) {
    const [, processor] = costOf(file);
    if (keep || !SHARED.test(file) || processor > SHORT_S) lists.push([file]);
    else if (open !== undefined && processor <= left) {
      open.push(file);
      left -= processor;
    } else {
      lists.push((open = [file]));
      left = TOGETHER_S - processor;
    }
  }
  return lists;
};

const count = (text, name) => Number(text.match(new RegExp(`^ *${name}: *([\\d.]+)`, 'm'))?.[1] ?? 0);

/** What a test that cannot run here says of it: "skipped: needs X (how to get it)". */
const skips = (text) => [...new Set(text.match(/skipped: .*/g) ?? [])];

const output = (list) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [...ENGINE, join(root, 'tools/test-file.mjs'), ...list], {
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

/** The part of an output that is each file's: from its name, on a line of its own, to the next one's. */
const partsOf = (list, text) => {
  const begins = list.map((file) => (text.startsWith(`${file}\n`) ? 0 : text.indexOf(`\n${file}\n`)));
  return list.map((_, i) => {
    if (begins[i] < 0) return '';
    const next = begins.slice(i + 1).find((at) => at >= 0);
    return text.slice(i === 0 ? 0 : begins[i], next);
  });
};

/**
 * Without a summary nobody knows how many tests there are: the file has crashed or was stopped, and counts as one; but for one that
 * ended well and says that it cannot run here. A process that fails, and none of whose files has, is a failure of its last one: something
 * was left open.
 */
const runFiles = async (list) => {
  const start = performance.now();
  const { text, good } = await output(list);
  const seconds = (performance.now() - start) / 1e3;
  const results = partsOf(list, text).map((part) => {
    const least = good && skips(part).length > 0 ? 0 : 1;
    const total = Math.max(least, count(part, 'Total'));
    return { part, total, passed: Math.min(count(part, 'Passed'), total), processor: count(part, 'CPU') };
  });
  const last = results.at(-1);
  if (!good && results.every(({ passed, total }) => passed === total)) last.passed = last.total - 1;
  for (const [i, { part, total, passed, processor }] of results.entries()) {
    const took = i === results.length - 1 ? `${seconds.toFixed(0).padStart(4)} s` : '      ';
    const of = `${String(passed).padStart(3)} of ${String(total).padStart(3)} passed`;
    console.log(`${took} ${processor.toFixed(0).padStart(4)} cpu  ${of}  ${list[i]}${skips(part).map((s) => `  (${s})`).join('')}`);
    if (passed < total) console.log(part || text);
  }
  return results.map(({ total, passed, processor }) => ({ passed, failed: total - passed, seconds, processor }));
};

const room = Math.max(1, availableParallelism());
const results = new Map();
const shareOf = (list) => {
  const [seconds, processor] = list.map(costOf).reduce(([s, p], [t, q]) => [s + t, p + q], [0, 0]);
  return Math.min(1, Math.max(LEAST, processor / seconds));
};
const secondsOf = (list) => list.reduce((total, file) => total + costOf(file)[0], 0);
const waiting = processesOf(files).sort((a, b) => secondsOf(b) - secondsOf(a));
let taken = 0;

/** Begins what there is room for, the longest first, until all are done. */
const runAll = () =>
  new Promise((resolve) => {
    const next = () => {
      if (results.size === files.length) resolve();
      for (let i = 0; i < waiting.length; ) {
        const list = waiting[i];
        const share = shareOf(list);
        if (taken > 0 && taken + share > room) i++;
        else {
          waiting.splice(i, 1);
          taken += share;
          runFiles(list).then((found) => {
            taken -= share;
            for (const [at, file] of list.entries()) results.set(file, found[at]);
            next();
          });
        }
      }
    };
    next();
  });

const began = performance.now();
await runAll();

const failed = files.filter((file) => results.get(file).failed > 0);
if (failed.length > 0) console.log('\nonce more, to see what is unsteady:');
const unsteady = [];
for (const file of failed) if ((await runFiles([file]))[0].failed === 0) unsteady.push(file);
if (unsteady.length > 0) console.log(`\nunsteady (passed at the second attempt, failed): ${unsteady.join(', ')}`);

if (keep) {
  const tenths = (x) => Math.round(10 * x) / 10;
  for (const [file, { seconds, processor }] of results) costs[file] = [tenths(seconds), tenths(processor)];
  const rows = Object.entries(costs).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(costsFile, `{\n${rows.map(([f, c]) => `  "${f}": [${c.join(', ')}]`).join(',\n')}\n}\n`);
}

const sum = (what) => [...results.values()].reduce((total, result) => total + result[what], 0);
if (files.length === 0) console.log(`no file of tests has ${words.join(' or ')} in its path`);
const minutes = ((performance.now() - began) / 6e4).toFixed(1);
console.log(`\n${minutes} minutes, ${(sum('processor') / 60).toFixed(1)} of a processor`);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = files.length === 0 || sum('failed') > 0 ? 1 : 0;
