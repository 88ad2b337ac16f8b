/** @file Runs the tests of one file: `node tools/test-file.mjs link/tls.test.js`. Fails if they leave something open. */
import { fileURLToPath } from 'node:url';
import { run } from 'uvu/run';

/** How long connections, threads and timers may take to end after the last test. */
const GRACE_MS = 15_000;

const [name] = process.argv.slice(2);
const file = fileURLToPath(new URL(`../dist/test/${name}`, import.meta.url));
await run([{ name, file: file.replace(/^\//, '') }]);
// It does not keep the process alive: if it is heard, something else does.
setTimeout(() => {
  console.error(`\n${name} left open: ${process.getActiveResourcesInfo().join(', ')}`);
  process.exit(1);
}, GRACE_MS).unref();
