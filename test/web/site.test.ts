/**
 * The site, as `npm run docs` built it: every page is there for people of all kinds (axe, light and dark, on a phone), its search finds,
 * and the playground runs programs, shows what they cost and what a party saw, marks errors at their line and carries programs in links. A long run (TESSERA_LONG) looks at each page in all views, a short one at every other
 * page, in one of them in turn.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { LONG } from '../long.ts';
import { faults, VIEWS } from './axe.ts';
import { newContext, webSuite } from './chromium.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const site = join(root, 'dist/site');
const built = existsSync(join(site, 'playground/index.html'));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};

const serve = async (): Promise<{ readonly server: Server; readonly url: string }> => {
  const server = createServer(({ url }, response) => {
    const path = join(site, decodeURIComponent(new URL(url!, 'http://site').pathname));
    const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'index.html') : path;
    if (!file.startsWith(site) || !existsSync(file)) response.writeHead(404).end();
    else
      response
        .writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' })
        .end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

const visit = async (
  use: (page: Page, url: string, errors: readonly string[]) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> => {
  const { server, url } = await serve();
  const context = await newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const errors: string[] = [];
  const page = await context.newPage();
  page.on('pageerror', (e) => errors.push(e.message));
  page.on('console', (m) => {
    if (m.type() === 'error') errors.push(m.text());
  });
  try {
    await use(page, url, errors);
  } finally {
    await context.close();
    server.closeAllConnections();
    server.close();
  }
};

const run = async (page: Page): Promise<string> => {
  await page.click('#run');
  await page.waitForFunction(() => !/^Running/.test(document.querySelector('#status')!.textContent!));
  return (await page.textContent('#status'))!;
};

const write = async (page: Page, text: string): Promise<void> => {
  await page.click('#editor .cm-content');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
};

const test = built
  ? webSuite('web: site')
  : Object.assign((_title: string, _run: () => Promise<unknown>) => {}, {
      run: () => console.log('skipped: web: site needs the built site (npm run docs)'),
    });

/** Long lists of one form, which take axe minutes: one of each form is looked at. */
const LISTS = /^reference\/api\/(?!index\.html|index\/namespaces\/np)|^project\/(features|results)/;

/** Paths of all other pages of the site. */
const pages = (): readonly string[] =>
  (readdirSync(site, { recursive: true }) as string[])
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.html') && !LISTS.test(path))
    .sort();

test('no page has faults of accessibility, in light and dark, on a phone and on a desk; nothing is missing', () =>
  visit(async (page, url, errors) => {
    assert.ok(pages().length > 40);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    // Most have one form: a short run has every other one.
    const some = pages().filter((_, i) => LONG || i % 2 === 0);
    for (const [i, path] of some.entries()) {
      await page.goto(`${url}/${path}`, { waitUntil: 'networkidle' });
      for (const { width, colorScheme } of LONG ? VIEWS : [VIEWS[i % VIEWS.length]!]) {
        await page.setViewportSize({ width, height: 844 });
        await page.emulateMedia({ colorScheme });
        if (!path.startsWith('playground'))
          await page.waitForSelector(`html${colorScheme === 'dark' ? '.dark' : ':not(.dark)'}`);
        assert.equal(await faults(page), [], `${path} at ${width} px, ${colorScheme}`);
        const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        assert.ok(Number(wide) <= 0, `${path} is ${String(wide)} px wider than ${width}`);
      }
    }
    assert.equal(errors, []);
  }));

test('no link leads nowhere, to a place within a page neither', async () => {
  const files = (readdirSync(site, { recursive: true }) as string[]).filter((path) => path.endsWith('.html'));
  const text = new Map(files.map((path) => [join(site, path), readFileSync(join(site, path), 'utf8')]));
  const ids = new Map([...text].map(([path, html]) => [path, new Set(html.match(/(?<=\bid=")[^"]+/g))]));
  const dead: string[] = [];
  for (const [path, html] of text)
    for (const [, link] of html.matchAll(/\b(?:href|src)="(?!https?:|mailto:|data:)([^"]*)"/g)) {
      const { pathname, hash } = new URL(
        link!.replaceAll('&amp;', '&'),
        `http://site${path.slice(site.length)}`,
      );
      const plain = join(site, decodeURIComponent(pathname));
      const to = existsSync(plain) && statSync(plain).isDirectory() ? join(plain, 'index.html') : plain;
      const place = decodeURIComponent(hash.slice(1));
      if (!existsSync(to) || (place !== '' && ids.has(to) && !ids.get(to)!.has(place)))
        dead.push(`${path.slice(site.length)}: ${link}`);
    }
  assert.equal([...new Set(dead)], []);
});

test('every page of the contents is there, and the search finds functions', () =>
  visit(async (page, url, errors) => {
    await page.goto(`${url}/start/index.html`, { waitUntil: 'networkidle' });
    const links = (await page.$$eval('.VPSidebar a', (all) =>
      all.map((a) => (a as HTMLAnchorElement).href),
    )) as string[];
    assert.ok(links.length > 25);
    for (const link of links) {
      const path = join(site, new URL(link).pathname);
      assert.ok(existsSync(path.endsWith('/') ? join(path, 'index.html') : path), link);
    }
    await page.keyboard.press('ControlOrMeta+k');
    await page.fill('.VPLocalSearchBox input', 'logsumexp');
    await page.waitForSelector('.VPLocalSearchBox .result');
    assert.equal(errors, []);
  }));

test('playground: a program runs, with its cost, its text and what a party saw; the link carries it', () =>
  visit(async (page, url, errors) => {
    await page.goto(`${url}/playground/`, { waitUntil: 'networkidle' });
    await page.selectOption('#example', 't-test');
    assert.is(await run(page), 'Done.');
    assert.match((await page.textContent('#out'))!, /^t -3\.7367/);
    assert.match((await page.textContent('#costs'))!, /^\d+ rounds; sent by alice [\d,]+ B/);
    assert.match((await page.textContent('#program'))!, /fxp\[10\] secret/);
    assert.match((await page.textContent('#bytes'))!, /^([0-9a-f]{2} ){100}/);
    assert.equal(await page.$$eval('#party option', (all) => all.map((o) => o.textContent)), [
      'alice',
      'bob',
    ]);
    await page.click('#link');
    await page.waitForFunction(() => location.hash.length > 100);
    const link = page.url();
    await page.goto('about:blank');
    await page.goto(link, { waitUntil: 'networkidle' });
    assert.match((await page.textContent('#editor .cm-content'))!, /Welch/);
    assert.equal(errors, []);
  }));

test('playground: an error stands at its line; what never ends is stopped; the page stays as it was', () =>
  visit(async (page, url) => {
    await page.goto(`${url}/playground/`, { waitUntil: 'networkidle' });
    const head =
      "import * as sf from 'tessera-mpc';\nawait sf.init(['alice', 'bob'], { address: 'local' });\n";
    const spu = "const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));\n";
    await write(
      page,
      `${head}${spu}await sf.reveal(spu((x) => sf.np.add(x, [1, 2, 3]))(sf.PYU('alice')(() => [1, 2])()));\n`,
    );
    assert.match(await run(page), /^Line 4: .*\(2,\).* SHAPE: cause and mend$/s);
    assert.match((await page.getAttribute('#status a', 'href'))!, /reference\/errors\.html#shape$/);
    assert.is((await page.$$('#editor .cm-lintRange-error, #editor .cm-lint-marker-error')).length > 0, true);
    await write(
      page,
      `${head}${spu}const f = (x) => {\n  if (sf.np.greater(x, 1)) return x;\n};\nawait sf.reveal(spu(f)(sf.PYU('alice')(() => 2)()));\n`,
    );
    const said = await run(page);
    assert.match(said, /^Line 7: .*called at line 7\) failed: np\.greater at line 5: nothing/s);
    assert.not.match(said, /blob:/);
    await write(page, 'for (;;);');
    await page.click('#run');
    await page.click('#stop');
    assert.is(await page.textContent('#status'), 'Stopped.');
    await write(page, 'document.body.remove();');
    assert.match(await run(page), /document is not defined/);
    await write(page, 'this is no program');
    assert.not.match(await run(page), /^Done/);
  }));

test('playground: every example of the list runs', () =>
  visit(async (page, url, errors) => {
    await page.goto(`${url}/playground/`, { waitUntil: 'networkidle' });
    const names = await page.$$eval('#example option', (all) =>
      all.map((o) => (o as HTMLOptionElement).value),
    );
    assert.ok(names.length >= readdirSync(join(root, 'examples/gallery')).length - 2);
    for (const name of names) {
      await page.selectOption('#example', name);
      assert.is(await run(page), 'Done.', name);
    }
    assert.equal(errors, []);
  }));

test.run();
