/** The dashboard in a real browser: what it shows is what the cluster does, as it does it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { faults, VIEWS } from '../web/axe.ts';
import { withBrowser } from '../web/chromium.ts';
import {
  type Cluster,
  clusterSuite,
  enginePid,
  pidsOf,
  rejection,
  startCluster,
  until,
  withSession,
} from './harness.ts';
import * as tasks from './tasks.ts';

const test = clusterSuite('cluster/dashboard');
let cluster: Cluster;

test.before(async () => {
  cluster = await startCluster({ alice: 4 }, { bob: 3 });
});
test.after(() => cluster.machine.end());

const main = fileURLToPath(import.meta.resolve('#tessera-cli'));

/** The command as a process, and its page. */
const withDashboard = async (work: (url: string) => Promise<void>): Promise<void> => {
  const args = [main, 'dashboard', `--address=${cluster.address}`, '--port=0'];
  const child = spawn(process.execPath, args, {
    env: cluster.machine.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    let said = '';
    child.stdout.on('data', (text: Buffer) => {
      said += text.toString();
    });
    await until(() => said.includes('\n'), 'the dashboard says where it is');
    await work(/http:\S+/.exec(said)![0]);
  } finally {
    child.kill();
    await once(child, 'exit');
  }
};

const text = (page: Page, id: string): Promise<string> => page.locator(`#${id}`).innerText();
const shows = (page: Page, id: string, what: RegExp): Promise<void> =>
  until(async () => what.test(await text(page, id)), `#${id} shows ${what}`);

/** Of each chart: how many pixels have the colour that lines have on the page as it is now. */
const linesOf = (canvases: (HTMLElement | SVGElement)[]): number[] => {
  const line = getComputedStyle(document.documentElement).getPropertyValue('--line').trim();
  const wanted = [1, 3, 5].map((at) => Number.parseInt(line.slice(at, at + 2), 16));
  return canvases.map((c) => {
    const { width, height } = c as HTMLCanvasElement;
    const { data } = (c as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
    let found = 0;
    for (let i = 0; i < data.length; i += 4)
      if (data[i + 3] === 255 && wanted.every((v, k) => data[i + k] === v)) found++;
    return found;
  });
};

test('nodes, slots, tasks, SPU sessions and errors, live', () =>
  withDashboard((url) =>
    withBrowser('cluster/dashboard', async (browser) => {
      const page = await browser.newPage({ viewport: { width: 1200, height: 1000 } });
      const wrong: string[] = [];
      page.on('pageerror', (e) => void wrong.push(e.message));
      page.on('console', (m) => void (m.type() === 'error' && wrong.push(m.text())));
      await page.goto(url);
      await shows(
        page,
        'nodes',
        /head[\s\S]*alice: 0 of 4[\s\S]*bob: 0 of 3|bob: 0 of 3[\s\S]*alice: 0 of 4/,
      );
      await shows(page, 'programs', /No program/);
      await withSession(cluster, async (s) => {
        const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
        const long = Array.from({ length: 6 }, () => bob(tasks.span)(3_000));
        await shows(page, 'nodes', /function "span", \d+ s/);
        await shows(page, 'nodes', /bob: 3 of 3/);
        await shows(page, 'queues', /bob\s+3\s+3\s+3/);
        await shows(page, 'programs', /dashboard\.test\.js|test-file\.mjs|bin\.js/);
        await s.wait(long);
        const spu = s.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
        const x = alice(tasks.vector)(2_000, 1.5);
        for (let i = 0; i < 12; i++) await s.wait(spu(work)(x));
        await shows(
          page,
          'spus',
          /alice on n\w+\s+bob on n\w+[\s\S]*(idle|function "work"|function at )\s+\d{2,}\s+\d{2,}\s+[\d.]+ [kM]B/,
        );
        await rejection(s.reveal(alice(tasks.bad)()));
        await shows(page, 'errors', /function "bad".*seventeen is too many/);
        for (let i = 0; i < 6; i++) await s.wait(Array.from({ length: 200 }, (_, k) => alice(tasks.noop)(k)));
        await shows(page, 'nodes', /\b1201\b|\b12\d\d\b/);
        const drawn = await page.locator('canvas').evaluateAll((all) =>
          all.map((c) => {
            const { width, height } = c as HTMLCanvasElement;
            const { data } = (c as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
            return data.some((v) => v !== 0);
          }),
        );
        assert.equal(drawn, [true, true], 'both charts are drawn');
        for (const { width, colorScheme } of VIEWS) {
          await page.setViewportSize({ width, height: 900 });
          await page.emulateMedia({ colorScheme });
          assert.equal(await faults(page), [], `${width} px, ${colorScheme}`);
          for (const lines of await page.locator('canvas').evaluateAll(linesOf))
            assert.ok(lines > 100, `${lines} pixels of lines in the colour of ${colorScheme}`);
          if (process.env.TESSERA_SCREENSHOT)
            await page.screenshot({
              path: join(process.env.TESSERA_SCREENSHOT, `dashboard-${width}-${colorScheme}.png`),
              fullPage: true,
            });
        }
      });
      await shows(page, 'spus', /No SPU/);
      await page.setViewportSize({ width: 400, height: 800 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      assert.not.ok(wide, 'it fits a narrow window');
      assert.equal(wrong, []);
      process.kill(enginePid(cluster), 'SIGSTOP');
      await until(async () => (await page.locator('.state').innerText()) === 'not connected', 'it says so');
      process.kill(enginePid(cluster), 'SIGCONT');
      await until(async () => (await page.locator('.state').innerText()) === 'live', 'it is back');
    }),
  ));

test('a node that was killed stays there as lost, with what it has done; errors stay when their program has ended', () =>
  withDashboard((url) =>
    withBrowser('cluster/dashboard', async (browser) => {
      await cluster.machine.start(`--address=${cluster.address}`, '--resources={"carol":2}');
      const page = await browser.newPage();
      await page.goto(url);
      await withSession(cluster, async (s) => {
        await s.wait(Array.from({ length: 31 }, (_, k) => s.PYU('carol')(tasks.noop)(k)));
        await rejection(s.reveal(s.PYU('carol')(tasks.bad)()));
      });
      await shows(page, 'nodes', /carol: 0 of 2[\s\S]*31\s+1/);
      process.kill((await pidsOf(cluster, 'carol'))[0]!, 'SIGKILL');
      await shows(page, 'nodes', /n\w+ lost[\s\S]*carol[\s\S]*not heard of for \d+ s[\s\S]*31\s+1/);
      await shows(page, 'errors', /carol function "bad": seventeen is too many \(at node n\w+\)/);
      assert.match(await page.locator('.tiles').innerText(), /2, 1 lost/);
      // A page that comes later sees the same.
      const later = await browser.newPage();
      await later.goto(url);
      await shows(later, 'nodes', /n\w+ lost/);
    }),
  ));

/** Multiplications and comparisons: some rounds. */
const work = (x: sf.NDArray) => x.mul(x).mul(x);

test('a page that comes later has the history from the beginning: the oldest node has kept it', async () => {
  await withSession(cluster, (s) =>
    s.wait(Array.from({ length: 50 }, (_, k) => s.PYU('alice')(tasks.noop)(k))),
  );
  const ended = async (url: string): Promise<number> => {
    const { body } = await fetch(new URL('events', url));
    const reader = body!.getReader();
    let text = '';
    while (!/event: history\ndata: .*\n\n/.test(text))
      text += new TextDecoder().decode((await reader.read()).value);
    await reader.cancel();
    const moments = JSON.parse(/event: history\ndata: (.*)\n/.exec(text)![1]!) as {
      ended: number;
      seconds: number;
    }[];
    return moments.reduce((sum, m) => sum + m.ended * m.seconds, 0);
  };
  await withDashboard((url) => until(async () => (await ended(url)) > 45, 'the tasks of before are in it'));
});

test('it answers this machine only, under its own name, and gives no keys away', () =>
  withDashboard(async (url) => {
    const ask = (path: string, host?: string): Promise<number> =>
      new Promise((resolve, reject) =>
        request(new URL(path, url), { headers: host === undefined ? {} : { host } }, (r) => {
          r.resume();
          resolve(r.statusCode!);
        })
          .on('error', reject)
          .end(),
      );
    assert.is(await ask('/'), 200);
    assert.is(await ask('/', 'evil.example'), 403);
    assert.is(await ask('/nothing'), 404);
    const events = await fetch(new URL('events', url));
    const reader = events.body!.getReader();
    let first = '';
    while (!first.includes('"slots"')) first += new TextDecoder().decode((await reader.read()).value);
    assert.match(first, '"slots":4');
    assert.not.match(first, '"key"');
  }));

test('pages that leave make room for others, also those that leave at once; of too many one more is refused', () =>
  withDashboard(async (url) => {
    const watch = (): Promise<{ status: number; leave: () => void }> =>
      new Promise((resolve, reject) => {
        const asked = request(new URL('events', url), (r) => {
          r.resume();
          r.on('error', () => {});
          resolve({ status: r.statusCode!, leave: () => asked.destroy() });
        }).on('error', reject);
        asked.end();
      });
    const MOST = 16;
    for (let turn = 0; turn < 3; turn++) {
      const pages = await Promise.all(Array.from({ length: MOST }, watch));
      assert.ok(pages.every(({ status }) => status === 200));
      assert.is((await watch()).status, 503);
      for (const { leave } of pages) leave();
      await until(async () => {
        const tried = await Promise.all(Array.from({ length: MOST }, watch));
        for (const { leave } of tried) leave();
        return tried.every(({ status }) => status === 200);
      }, 'there is room for as many again');
      await until(async () => {
        const { status, leave } = await watch();
        leave();
        return status === 200;
      }, 'also when these have left');
    }
  }));

test.run();
