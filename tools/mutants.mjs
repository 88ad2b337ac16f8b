/**
 * @file `npm run mutants`: plants the faults of test/mutants/ one by one in a copy of the built files and runs the tests nearest
 * to each, which have to fail. Ends with 1 if an entry does not apply any more, or less than 97 % are killed.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { scriptCommand, within } from '../dist/examples/lib/command.js';

const root = fileURLToPath(new URL('../', import.meta.url));
/** The least part of the faults that tests have to see. */
const LEAST = 0.97;
/** The modules are what has faults, not the package that was made of them before. */
const MODULES = '--conditions=tessera-modules';
/** Tests that take longer under a fault do not end: that is seen too. */
const LIMIT_MS = 240_000;

const values = scriptCommand('mutants', 'Plants faults one by one, and runs the tests nearest to each, which have to fail.', [
  '--only gates/ zero-share',
  '--jobs 2',
  '--list',
])
  .option('--only <words...>', 'those whose name, file or kind contains one of the words', [])
  .option('--jobs <n>', 'so many at a time', within(1, 64, true), 1)
  .option('--list', 'print names, without running them', false)
  .parse()
  .opts();
const { mutants, textOf, applied } = await import(pathToFileURL(join(root, 'dist/test/mutants/index.js')));

const matches = (m) =>
  values.only.length === 0 ||
  values.only.some((w) => m.name.includes(w) || m.kind === w || m.edits.some((e) => e.file.includes(w)));
const chosen = mutants.filter(matches);

const stale = chosen.flatMap((m) => applied(m, (file) => readFileSync(join(root, textOf(file)), 'utf8')).problems);
if (stale.length > 0) {
  console.error(stale.join('\n'));
  process.exit(1);
}
if (values.list) {
  for (const m of chosen) console.log(`${m.kind.padEnd(5)}  ${m.edits[0].file}: ${m.name}${m.survives ? ` (survives: ${m.survives})` : ''}`);
  process.exit(0);
}

/** Files that are read and not written are linked. */
const link = (from, to) => {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [a, b] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) link(a, b);
    else if (!entry.name.endsWith('.d.ts')) linkSync(a, b);
  }
};

const write = (path, text) => {
  // Not through the link.
  rmSync(path);
  writeFileSync(path, text);
};

const work = join(root, '.mutants', String(process.pid));
/** What was built when this began: a build that runs meanwhile changes nothing here. */
const base = join(work, 'base');

const prepare = () => {
  for (const name of ['dist/src', 'dist/test', 'dist/bench', 'wasm-build', 'assembly', 'tools', 'package.json', 'asconfig.json'])
    cpSync(join(root, name), join(base, name), { recursive: true });
};

/** A place of its own for a fault. It lies below the project's folder, where packages and fixtures are found. */
const place = (slot) => {
  const at = join(work, String(slot));
  rmSync(at, { recursive: true, force: true });
  link(base, at);
  for (const name of ['node_modules', 'src', 'test', 'bench', 'examples']) symlinkSync(join(root, name), join(at, name));
  return at;
};

const children = new Set();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(work, { recursive: true, force: true });
  const folder = join(root, '.mutants');
  if (existsSync(folder) && readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/** Runs to its end, or until a test has failed. */
const run = (at, command, args, env = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, { cwd: at, env: { ...process.env, FORCE_COLOR: '0', NODE_OPTIONS: MODULES, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    let text = '';
    let ended;
    const end = (why) => {
      ended ??= why;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => end('time'), LIMIT_MS);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (part) => {
        text += part;
        if (part.includes('✘')) end('failed');
      });
    }
    child.on('close', (code) => {
      clearTimeout(timer);
      children.delete(child);
      resolve({ good: ended === undefined && code === 0, why: ended ?? `exit ${code}`, text });
    });
  });

/** Ends what a test that was stopped has left running, such as a cluster: it was started in the fault's place. Linux says where. */
const endLeft = (at) => {
  for (const pid of existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [])
    try {
      const where = readlinkSync(`/proc/${pid}/cwd`);
      if (Number(pid) !== process.pid && (where === at || where.startsWith(`${at}/`))) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // Another user's, or gone.
    }
};

/** How Node ends when it waits for what never comes: a test that hangs. */
const UNSETTLED = 'exit 13';

/** Kernels and host know each other by a hash, which is that of these kernels now. */
const stampKernels = (at) => {
  const hash = createHash('sha512').update(readFileSync(join(at, 'wasm-build/tessera.wasm'))).digest('hex').slice(0, 32);
  const path = join(at, 'dist/src/build-stamp.js');
  write(path, readFileSync(path, 'utf8').replace(/tessera: '\w+'/, `tessera: '${hash}'`));
};

const tryOne = async (m, slot) => {
  const at = place(slot);
  try {
    const { texts } = applied(m, (file) => readFileSync(join(base, textOf(file)), 'utf8'));
    for (const [file, text] of texts) write(join(at, textOf(file)), text);
    if (m.edits.some((e) => e.file.startsWith('assembly/'))) {
      rmSync(join(at, 'wasm-build/tessera.wasm'));
      const asc = join(root, 'node_modules/assemblyscript/bin/asc.js');
      const built = await run(at, process.execPath, [asc, 'assembly/index.ts', '--config', 'asconfig.json', '--target', 'release']);
      if (!built.good) return { killed: false, by: `is not built: ${built.text.slice(0, 300)}` };
      stampKernels(at);
    }
    for (const file of m.tests) {
      const test = [join(at, 'tools/test-file.mjs'), file.replace(/ts$/, 'js')];
      const { good, why, text } = await run(at, process.execPath, test, m.gates === undefined ? {} : { TESSERA_GATES: m.gates });
      // A fault that lets no test begin is none that tests have seen.
      const began = /[•✘]/.test(text) || why === 'time' || why === UNSETTLED;
      if (!good) return { killed: began, by: began ? `${file} (${why})` : `it cannot be run: ${text.slice(0, 400)}` };
    }
    return { killed: false, by: `by ${m.tests.join(', ')}` };
  } finally {
    endLeft(at);
    rmSync(at, { recursive: true, force: true });
  }
};

const results = new Map();
const queue = [...chosen];
const worker = async (slot) => {
  for (let m = queue.shift(); m; m = queue.shift()) {
    const start = performance.now();
    const result = await tryOne(m, slot);
    results.set(m, result);
    const word = result.killed ? 'killed  ' : 'SURVIVES';
    console.log(`${((performance.now() - start) / 1e3).toFixed(0).padStart(4)} s  ${word}  ${m.kind.padEnd(5)}  ${m.edits[0].file}: ${m.name}: ${result.by}`);
  }
};
prepare();
await Promise.all(Array.from({ length: values.jobs }, (_, slot) => worker(slot)));

const alive = chosen.filter((m) => !results.get(m).killed);
for (const m of alive) console.log(`\nnot seen: ${m.name}${m.survives ? `\n  ${m.survives}` : ''}`);
for (const m of chosen) if (m.survives && results.get(m).killed) console.log(`\nis seen after all: ${m.name}`);
const part = chosen.length === 0 ? 0 : (chosen.length - alive.length) / chosen.length;
console.log(`\n${chosen.length - alive.length} of ${chosen.length} killed (${(100 * part).toFixed(1)} %)`);
process.exitCode = part < LEAST ? 1 : 0;
