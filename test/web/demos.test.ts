/** The demos as people see them: in one tab, between two tabs, and between a tab and Node. Makes pictures of each. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { np, save } from '#tessera';
import { type Blocked, blocked, PICTURES, picture, stage, status, webSuite } from './chromium.ts';

const test = webSuite('web: demos');
mkdirSync(PICTURES, { recursive: true });

/** The engine works in a worker, so that the page answers nearly all of the time; on its own thread it would hardly ever. */
const MOST_BLOCKED = 0.25;

const timesOf = async (page: Page): Promise<Blocked & { readonly text: string }> => {
  const ms = Number(await page.getAttribute('body', 'data-ms'));
  const figures = await blocked(page, ms);
  const text = `${ms} ms; longest task ${figures.loading} ms while it loaded, ${figures.running} ms since`;
  return { ...figures, text };
};

for (const isolated of [false, true]) {
  test(`salaries between two tabs${isolated ? ', cross-origin isolated' : ''}`, () =>
    stage(
      async ({ open }) => {
        const alice = await open('salaries.html');
        assert.is(await alice.evaluate('crossOriginIsolated'), isolated);
        const bob = await open(await alice.inputValue('#link'));
        assert.is(await bob.textContent('#seat'), 'You are Bob.');
        await alice.fill('#salary', '56000');
        await alice.fill('#others', '40000, 45000');
        await bob.fill('#salary', '70000');
        await alice.click('#go');
        await bob.click('#go');
        for (const page of [alice, bob]) await status(page, /^Done in/);
        for (const page of [alice, bob]) {
          assert.is(await page.textContent('#mean'), '52,750');
          assert.is(await page.textContent('#more'), 'Bob, or both the same');
        }
        assert.is(await alice.textContent('#place-alice'), '67 % earn less');
        assert.is(await alice.textContent('#place-bob'), 'known to the other side only');
        assert.is(await bob.textContent('#place-bob'), '100 % earn less');
        assert.is(await bob.textContent('#place-alice'), 'known to the other side only');
        console.log(`  first result after ${(await timesOf(alice)).text}`);
        if (!isolated) await picture(alice, 'salaries');
      },
      { isolated },
    ));
}

test('salaries: all parties in one tab', () =>
  stage(async ({ open }) => {
    const page = await open('salaries.html?tab');
    await page.click('#go');
    await status(page, /^Done in/);
    assert.is(await page.textContent('#more'), 'Alice');
    assert.is(await page.textContent('#place-bob'), '50 % earn less');
  }));

test('salaries between a tab and Node, again and again in one page', () =>
  stage(async ({ open }) => {
    const alice = await open('salaries.html');
    await alice.click('#play-node');
    await alice.click('#go');
    await status(alice, /^Done in/);
    assert.is(await alice.textContent('#more'), 'Alice');
  }));

test('training between two tabs: curves, matrix, and noise in the picture', () =>
  stage(async ({ open, errors }) => {
    const alice = await open('training.html');
    const bob = await open(await alice.inputValue('#link'));
    for (const page of [alice, bob]) {
      await page.click('#sample');
      await page.waitForSelector('#go:enabled');
    }
    await alice.click('#go');
    await bob.click('#go');
    for (const page of [alice, bob])
      assert.match(
        await status(page, /^Done\. Area/),
        /Area under the curve 0\.99\d\d, accuracy 9[5-9].* 520 people are in both tables/,
      );
    const cells = await Promise.all(
      ['c00', 'c01', 'c10', 'c11'].map(async (id) => Number(await bob.textContent(`#${id}`))),
    );
    assert.is(
      cells.reduce((a, b) => a + b, 0),
      104,
    );
    // Of grey values that are noise, each has its share; a table of numbers has few, many times over.
    const spread = (id: string) =>
      bob.evaluate((id) => {
        const canvas = document.getElementById(id) as HTMLCanvasElement;
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, 64, 64);
        const counts = new Float64Array(256);
        for (let i = 0; i < data.length; i += 4) counts[data[i]!]! += 1;
        const n = data.length / 4;
        return counts.reduce((bits, c) => (c === 0 ? bits : bits - (c / n) * Math.log2(c / n)), 0);
      }, id);
    const pixels = (page: Page, id: string) =>
      page.evaluate((id) => {
        const canvas = document.getElementById(id) as HTMLCanvasElement;
        return canvas.toDataURL();
      }, id);
    // Pictures are painted with the next frame of the screen.
    const painted = (page: Page) => page.evaluate(() => new Promise((r) => requestAnimationFrame(r)));
    for (const page of [alice, bob]) {
      await page.bringToFront();
      await painted(page);
    }
    assert.is(await pixels(alice, 'sent-picture'), await pixels(bob, 'picture'), 'what bob has from alice');
    assert.is(await pixels(bob, 'sent-picture'), await pixels(alice, 'picture'), 'what alice has from bob');
    for (const id of ['sent-picture', 'picture']) {
      assert.match((await bob.textContent(`#${id}-text`))!, /SHA-256 of [\d.]+ kB is the same at both ends/);
      assert.match((await bob.getAttribute(`#${id}`, 'aria-label'))!, /Alice/);
    }
    const [own, other] = [await spread('own-picture'), await spread('sent-picture')];
    assert.ok(other > 7.9, `${other} bits a byte in what alice has from bob`);
    assert.ok(own < 5, `${own} bits a byte in the own table`);
    for (const page of [alice, bob])
      assert.match((await page.textContent('#loss-text'))!, /^Epoch 10 of 10: loss 0\.\d+$/);
    const { text, share } = await timesOf(bob);
    console.log(`  10 epochs with losses in ${text}`);
    assert.ok(share < MOST_BLOCKED, `the page could not answer for ${100 * share} % of the time`);
    await picture(bob, 'training');
    // With another table, also one that cannot be read, nothing of the run before is left.
    await bob.setInputFiles('#file', { name: 'no.csv', mimeType: 'text/csv', buffer: Buffer.from('a\n') });
    await bob.waitForFunction(() => /cannot be used/.test(document.getElementById('table')!.textContent!));
    assert.equal(
      await bob.$$eval('#loss-text, #roc-text, #picture-text, #sent-picture-text', (all) =>
        all.map((e) => e.textContent),
      ),
      Array(4).fill('Nothing yet.'),
    );
    assert.equal(
      await bob.$$eval('[id^=c][id$="0"], [id^=c][id$="1"], dd', (all) => all.map((e) => e.textContent)),
      Array(8).fill('–'),
    );
    for (const id of ['sent-picture', 'picture', 'own-picture'])
      assert.is(
        await bob.evaluate((id) => {
          const { data } = (document.getElementById(id) as HTMLCanvasElement)
            .getContext('2d')!
            .getImageData(0, 0, 64, 64);
          return data.some((x) => x !== 0);
        }, id),
        false,
        id,
      );
    assert.match(errors.splice(0).join(), /no\.csv: holds no rows/);
    for (const id of ['loss', 'roc'])
      assert.match((await bob.getAttribute(`#${id}`, 'aria-label'))!, /nothing yet$/);
  }));

test('training between a tab and Node', () =>
  stage(async ({ open }) => {
    const alice = await open('training.html');
    await alice.click('#sample');
    await alice.waitForSelector('#go:enabled');
    await alice.click('#play-node');
    await alice.click('#go');
    await status(alice, /^Done\. Area/);
    // Node says of what reached it the same as this tab of what it sent.
    assert.match(
      (await alice.textContent('#sent-picture-text'))!,
      /^[\d.]+ [kM]B of what Bob has from you.*is the same at both ends/,
    );
    console.log(`  10 epochs with losses in ${(await timesOf(alice)).text}`);
  }));

test('a digit drawn here, a network in Node', () =>
  stage(async ({ open }) => {
    const alice = await open('digits.html');
    await alice.click('#play-node');
    await alice.waitForSelector('body[data-joined]');
    let right = 0;
    for (const digit of ['0', '3', '7', '8']) {
      await alice.selectOption('#sample', digit);
      await alice.click('#go');
      await status(alice, /^The network says/);
      if ((await alice.textContent('#answer')) === digit) right += 1;
      await alice.waitForSelector('#go:enabled');
    }
    assert.ok(right >= 3, `${right} of 4 samples`);
    await alice.click('#clear');
    await alice.locator('#pad').scrollIntoViewIfNeeded();
    const box = (await alice.locator('#pad').boundingBox())!;
    await alice.mouse.move(box.x + 130, box.y + 30);
    await alice.mouse.down();
    for (let i = 1; i <= 20; i++) await alice.mouse.move(box.x + 130 - i / 4, box.y + 30 + i * 10);
    await alice.mouse.up();
    await alice.click('#go');
    await status(alice, /^The network says/);
    assert.is(await alice.textContent('#answer'), '1', 'an upright stroke');
    console.log(`  ${await alice.getAttribute('body', 'data-ms')} ms a picture`);
    await picture(alice, 'digits');
  }));

test('digits: all parties in one tab', () =>
  stage(async ({ open }) => {
    const page = await open('digits.html?tab');
    await page.selectOption('#sample', '4');
    await page.click('#go');
    await status(page, /^The network says 4/);
  }));

/** The files of a model of the same form as all-MiniLM-L6-v2 that takes no time: one layer of 32 numbers, words of single letters. */
const smallModel = async () => {
  const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', ...'abcdefghijklmnopqrstuvwxyz.:?'];
  const pieces = [...words, ...words.slice(4).map((letter) => `##${letter}`)];
  let state = 7;
  const numbers = (...shape: number[]) =>
    np.reshape(
      np.asarray(
        Array.from({ length: shape.reduce((a, b) => a * b) }, () => {
          state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
          return state / 0x7fffffff - 0.5;
        }),
      ),
      shape,
    );
  const at = 'encoder.layer.0';
  const norm = (name: string) => ({ [`${name}.weight`]: np.ones(32), [`${name}.bias`]: np.zeros(32) });
  const dense = (name: string, out: number, wide: number) => ({
    [`${name}.weight`]: numbers(out, wide),
    [`${name}.bias`]: numbers(out),
  });
  const tensors = {
    'embeddings.word_embeddings.weight': numbers(pieces.length, 32),
    'embeddings.position_embeddings.weight': numbers(32, 32),
    'embeddings.token_type_embeddings.weight': numbers(2, 32),
    ...norm('embeddings.LayerNorm'),
    ...dense(`${at}.attention.self.query`, 32, 32),
    ...dense(`${at}.attention.self.key`, 32, 32),
    ...dense(`${at}.attention.self.value`, 32, 32),
    ...dense(`${at}.attention.output.dense`, 32, 32),
    ...norm(`${at}.attention.output.LayerNorm`),
    ...dense(`${at}.intermediate.dense`, 64, 32),
    ...dense(`${at}.output.dense`, 32, 64),
    ...norm(`${at}.output.LayerNorm`),
  };
  const folder = mkdtempSync(join(tmpdir(), 'tessera-model-'));
  const weights = Buffer.from(await save(join(folder, 'model.safetensors'), tensors));
  rmSync(folder, { recursive: true });
  return [
    { name: 'model.safetensors', mimeType: 'application/octet-stream', buffer: weights },
    { name: 'vocab.txt', mimeType: 'text/plain', buffer: Buffer.from(pieces.join('\n')) },
  ];
};

test('a question here, a language model in another tab', () =>
  stage(async ({ open }) => {
    const model = await smallModel();
    const alice = await open('search.html');
    const bob = await open(await alice.inputValue('#link'));
    await alice.setInputFiles('#file', model.slice(1));
    await alice.waitForFunction(() =>
      /Choose two files/.test(document.getElementById('model')!.textContent!),
    );
    await alice.setInputFiles('#file', model);
    await alice.click('#go:enabled');
    // What is asked is one of the sentences: it is nearest to itself.
    const own = 'The library lends books for four weeks.';
    await bob.fill('#question', own);
    await bob.click('#ask:enabled');
    await status(bob, /^Found after/);
    assert.equal(await bob.locator('#found li').count(), 10);
    const first = (await bob.textContent('#found li.best'))!;
    assert.match(first, /^1\.000/);
    assert.ok(first.endsWith(own), first);
    await alice.waitForFunction(() =>
      /^1 question answered/.test(document.getElementById('served')!.textContent!),
    );
    assert.is(await alice.locator('#found li').count(), 0);
    await picture(bob, 'search');
  }));

const QUANTISED =
  'CAg6ewobCgF3CgFzEgFkIhBEZXF1YW50aXplTGluZWFyChEKAXgKAWQSAXkiBk1hdE11bBIBcSoPCAIIAhADQgF3SgQBAgP8KgsQ' +
  'AUIBc0oEAAAAP1oTCgF4Eg4KDAgBEggKAggBCgIIAmITCgF5Eg4KDAgBEggKAggBCgIIAkIECgAQEQ==';

test('a model in ONNX, split and run in a page', () =>
  stage(async ({ open }) => {
    const page = await open('search.html?tab');
    const y = await page.evaluate(`(async () => {
      const { onnx } = await import('/tessera/tessera.js');
      const own = await onnx(Uint8Array.from(atob('${QUANTISED}'), (c) => c.charCodeAt(0)));
      const skeleton = await onnx(own.skeleton);
      return [Object.keys(skeleton.weights), skeleton(own.weights, { x: [[1, 1]] }).y.toArray()];
    })()`);
    assert.equal(y, [[], [[2, -1]]]);
  }));

test('at the width of a phone nothing sticks out, and everything can be touched', () =>
  stage(
    async ({ open, server }) => {
      for (const name of ['index', 'salaries', 'training', 'digits', 'search']) {
        const page = name === 'index' ? await open('salaries.html') : await open(`${name}.html`);
        if (name === 'index') await page.goto(`${server.url}/`);
        if (name === 'digits') await page.click('#play-node');
        if (name === 'digits') await page.waitForSelector('body[data-joined]');
        const { wide, small } = await page.evaluate(() => ({
          wide: document.documentElement.scrollWidth,
          small: [...document.querySelectorAll<HTMLElement>('button, select, input')]
            .filter((e) => e.offsetParent !== null && e.getBoundingClientRect().height < 40)
            .map((e) => e.id),
        }));
        assert.ok(wide <= 390, `${name} is ${wide} wide`);
        assert.equal(small, [], name);
        await picture(page, `${name}-phone`);
      }
    },
    { phone: true },
  ));

test('the pages can be used with the keyboard, and every control has a name', () =>
  stage(async ({ open }) => {
    for (const path of ['salaries.html?tab', 'training.html?tab', 'digits.html?tab', 'search.html?tab']) {
      const page = await open(path);
      const nameless = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('input, button, select, canvas')]
          .filter((e) => e.offsetParent !== null)
          .filter((e) => {
            const labels = (e as HTMLInputElement).labels?.length ?? 0;
            const text = e.textContent?.trim() ?? '';
            return labels === 0 && text === '' && !e.ariaLabel && !e.hasAttribute('aria-describedby');
          })
          .map((e) => e.id),
      );
      assert.equal(nameless, [], path);
      assert.is(await page.locator('h1').count(), 1);
      assert.is(await page.locator('[role=status]').first().getAttribute('aria-live'), 'polite');
    }
    const page = await open('salaries.html?tab');
    await page.focus('#salary');
    await page.keyboard.press('Enter');
    await status(page, /^Done in/);
  }));

test.run();
