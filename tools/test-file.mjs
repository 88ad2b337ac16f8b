/**
 * @file Runs the tests of a file, or of several one after the other: `node tools/test-file.mjs link/tls.test.js`. Fails if they leave
 * something open, and says what each took of a processor, with all processes that it started and that have ended.
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
  const { status } = spawnSync(process.execPath, [...process.execArgv, ...process.argv.slice(1)], { env, stdio: 'inherit' });
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

const secondsOfProcessor = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + ofChildren();
};

const names = process.argv.slice(2);
let counted = 0;
/** What has been taken since it was last asked. */
const tell = () => {
  const now = secondsOfProcessor();
  console.log(`  CPU:       ${(now - counted).toFixed(1)} s`);
  counted = now;
};
process.on('exit', tell);

let code = 0;
for (const [i, name] of names.entries()) {
  // uvu keeps what it has run, and would run it once more; it forgets what failed before.
  if (i > 0) globalThis.UVU_QUEUE.length = 0;
  const file = fileURLToPath(new URL(`../dist/test/${name}`, import.meta.url));
  await run([{ name, file: file.replace(/^\//, '') }]);
  code ||= process.exitCode ?? 0;
  if (i < names.length - 1) tell();
}
process.exitCode = code;
// It does not keep the process alive: if it is heard, something else does.
setTimeout(() => {
  console.error(`\n${names.join(', ')} left open: ${process.getActiveResourcesInfo().join(', ')}`);
  process.exit(1);
}, GRACE_MS).unref();
