/**
 * @file Runs the tests of one file: `node tools/test-file.mjs link/tls.test.js`. Fails if they leave something open, and says
 * what they took of a processor, with all processes that they started and that have ended.
 *
 * Tests of sessions are of the package (`#tessera`, dist/node/lib), as users have it; where modules were compiled after it was made
 * (`npm run build:ts`, planted faults), of these.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from 'uvu/run';

const MODULES = '--conditions=tessera-modules';
const dist = fileURLToPath(new URL('../dist/', import.meta.url));

/** Whether a module is newer than the package. */
const modulesAreNewer = () => {
  const made = statSync(join(dist, 'node/lib/tessera.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return readdirSync(join(dist, 'src'), { recursive: true, withFileTypes: true }).some(
    (entry) => entry.name.endsWith('.js') && statSync(join(entry.parentPath, entry.name)).mtimeMs > made,
  );
};

const { NODE_OPTIONS = '' } = process.env;
if (!NODE_OPTIONS.includes(MODULES) && modulesAreNewer()) {
  const env = { ...process.env, NODE_OPTIONS: `${NODE_OPTIONS} ${MODULES}`.trim() };
  const { status } = spawnSync(process.execPath, process.argv.slice(1), { env, stdio: 'inherit' });
  process.exit(status ?? 1);
}

/** How long connections, threads and timers may take to end after the last test. */
const GRACE_MS = 15_000;

/** Ticks of Linux a second, in /proc. */
const TICKS = 100;

/** Seconds of this process's ended children: the 16th and 17th fields of its line, counted after the name in brackets. */
const ofChildren = () => {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').replace(/^.*\) /s, '').split(' ');
    return (Number(fields[13]) + Number(fields[14])) / TICKS;
  } catch {
    return 0;
  }
};

const [name] = process.argv.slice(2);
const file = fileURLToPath(new URL(`../dist/test/${name}`, import.meta.url));
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  console.log(`  CPU:       ${((user + system) / 1e6 + ofChildren()).toFixed(1)} s`);
});
await run([{ name, file: file.replace(/^\//, '') }]);
// It does not keep the process alive: if it is heard, something else does.
setTimeout(() => {
  console.error(`\n${name} left open: ${process.getActiveResourcesInfo().join(', ')}`);
  process.exit(1);
}, GRACE_MS).unref();
