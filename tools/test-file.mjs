/**
 * @file Runs the tests of one file: `node tools/test-file.mjs link/tls.test.js`. Fails if they leave something open, and says
 * what they took of a processor, with all processes that they started and that have ended.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { run } from 'uvu/run';

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
