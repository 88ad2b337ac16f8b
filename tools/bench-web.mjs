/**
 * `npm run bench:web`: kernels in Node and in a browser's worker, the training demo between a tab and Node and between
 * Node and Node, the first result of the salaries, and how long pages keep their own thread busy. Needs Chromium.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { timeKernels } from '../dist/bench/web/kernels.js';
import { scriptCommand } from '../dist/examples/lib/command.js';
import { parseCsv } from '../dist/examples/lib/csv.js';
import { train } from '../dist/examples/web/programs.js';
import { startDemoServer } from '../dist/examples/web/server.js';
import { createRoom, roomLink, roomOptions, session } from 'tessera-mpc';
import { forBrowsers, root } from './browsers.mjs';

scriptCommand('bench:web', 'Measures kernels, demos and pages in Chromium and in Node.', ['']).parse();

const EPOCHS = 10;
/** Of each page. */
const RUNS = 5;

const bundles = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
for (const name of ['browser', 'demo']) cpSync(join(root, 'dist', name), join(bundles, name), { recursive: true });
await build({
  ...forBrowsers,
  entryPoints: ['bench/web/worker.ts'],
  outfile: join(bundles, 'demo', 'bench-worker.js'),
});

const server = await startDemoServer({ bundles });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
});

/** A page that counts its long tasks from its start. */
const open = async (path) => {
  const page = await (await browser.newContext()).newPage();
  await page.addInitScript(() => {
    globalThis.longTasks = [];
    new PerformanceObserver((list) => globalThis.longTasks.push(...list.getEntries())).observe({ type: 'longtask', buffered: true });
  });
  await page.goto(`${server.url}/${path}`);
  return page;
};

const until = async (page, wanted) => {
  await page.waitForFunction(
    (text) => document.getElementById('status').textContent.startsWith(text),
    wanted,
    { timeout: 60_000 },
  );
  // What the page does once it has its result counts, too.
  await page.waitForTimeout(300);
  return page.evaluate(() => ({
    ms: Number(document.body.dataset.ms),
    tasks: globalThis.longTasks.map(({ startTime, duration }) => [
      startTime < Number(document.body.dataset.met) ? 'loading' : 'running',
      duration,
    ]),
  }));
};

const rows = [];
const row = (name, unit, value, baseline, against) => {
  rows.push({ name, unit, value, baseline, ratio: baseline === null ? null : value / baseline, against });
  const ratio = baseline === null ? '' : `${(value / baseline).toFixed(2)} x ${against}`;
  console.error(`${name.padEnd(40)} ${value.toFixed(value < 100 ? 2 : 0).padStart(9)} ${unit.padEnd(4)} ${ratio}`);
};
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
/** The longest task of each run, by phase: the median of all runs, and the worst. 0: none took more than 50 ms. */
const tasks = (name, runs) => {
  for (const phase of ['loading', 'running']) {
    const longest = runs.map(({ tasks }) => Math.max(0, ...tasks.filter(([when]) => when === phase).map(([, ms]) => ms)));
    row(`${name}: longest task, ${phase}, median of ${RUNS}`, 'ms', median(longest), null);
    row(`${name}: longest task, ${phase}, worst of ${RUNS}`, 'ms', Math.max(...longest), null);
  }
};
const repeated = async (run) => {
  const all = [];
  for (let i = 0; i < RUNS; i++) all.push(await run());
  return all;
};

try {
  const page = await open('');
  const inBrowser = await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const own = trustedTypes.createPolicy('tessera-worker', { createScriptURL: (url) => url });
        const worker = new Worker(own.createScriptURL('/demo/bench-worker.js'), { type: 'module' });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (e) => reject(new Error(e.message));
        worker.postMessage('start');
      }),
  );
  await page.close();
  const inNode = await timeKernels();
  for (const [name, ns] of Object.entries(inBrowser)) row(`kernel ${name}`, 'us', ns / 1e3, inNode[name] / 1e3, 'Node');

  const salaries = await repeated(async () => {
    const page = await open('salaries.html');
    await page.click('#play-node');
    await page.click('#go');
    const done = await until(page, 'Done');
    await page.close();
    return done;
  });
  row('salaries, a tab and Node: first result', 'ms', median(salaries.map(({ ms }) => ms)), null);
  tasks('salaries', salaries);

  const room = createRoom({ parties: ['alice', 'bob'], relay: server.relay, dealer: 'dealer' });
  const link = roomLink(`${server.url}/training.html`, room);
  for (const role of ['dealer', 'party'])
    await fetch(`${server.url}/api/${role}`, {
      method: 'POST',
      headers: { origin: server.url },
      body: JSON.stringify({ link, what: 'training' }),
    });
  const alice = await session({ ...roomOptions(room, 'alice'), loggingLevel: 'warning', crossSilo: { spin: false } });
  const csv = parseCsv(readFileSync(join(root, 'examples/data/patients_a.csv'), 'utf8'), 'a');
  const start = performance.now();
  await train(alice, { alice: csv }, true, EPOCHS, () => {});
  const nodeMs = performance.now() - start;
  await alice.shutdown();

  const training = await repeated(async () => {
    const page = await open('training.html');
    await page.click('#sample');
    await page.waitForSelector('#go:enabled');
    await page.click('#play-node');
    await page.click('#go');
    const done = await until(page, 'Done');
    await page.close();
    return done;
  });
  const tabMs = median(training.map(({ ms }) => ms));
  row(`training, ${EPOCHS} epochs, a tab and Node`, 'ms', tabMs, nodeMs, 'Node and Node');
  tasks('training', training);
} finally {
  await browser.close();
  await server.close();
  rmSync(bundles, { recursive: true, force: true });
}
console.log(JSON.stringify(rows));
