/** A page and a party in Deno, in one room. */
import * as assert from 'uvu/assert';
import { DENO, deno, good, node } from '../deno/deno.ts';
import { stage, status, webSuite } from './chromium.ts';

const test = webSuite('web: a page and Deno');

if (DENO === undefined) console.log('skipped: a page and Deno need deno (npm install deno, or DENO=path)');
else {
  const PERMISSIONS = [
    '--allow-net=127.0.0.1',
    '--allow-read=dist,package.json,wasm-build,examples',
    '--allow-env=WS_NO_BUFFER_UTIL',
  ];
  const JOIN = 'dist/examples/web/join.js';

  test('salaries: the page and the party in Deno come to the same result', () =>
    stage(async ({ open }) => {
      const alice = await open('salaries.html');
      await alice.fill('#salary', '80000');
      const bob = deno(PERMISSIONS, JOIN, await alice.inputValue('#link'), 'salaries', 'bob');
      await alice.click('#go');
      await status(alice, /^Done in/);
      const { mean, aliceEarnsMore } = JSON.parse(
        (await good(bob)).split('\n').find((line) => line.startsWith('{'))!,
      ) as { mean: number; aliceEarnsMore: boolean };
      assert.is(await alice.textContent('#mean'), Math.round(mean).toLocaleString('en'));
      assert.is(await alice.textContent('#more'), 'Alice');
      assert.is(aliceEarnsMore, true);
    }));

  test('training: the same as with a party in Node, to the last digit shown', () =>
    stage(async ({ open }) => {
      const results: string[] = [];
      for (const play of [
        (link: string) => deno(PERMISSIONS, JOIN, link, 'training', 'bob'),
        (link: string) => node(JOIN, link, 'training', 'bob'),
      ]) {
        const alice = await open('training.html');
        await alice.click('#sample');
        await alice.waitForSelector('#go:enabled');
        const bob = play(await alice.inputValue('#link'));
        await alice.click('#go');
        results.push(await status(alice, /^Done\. Area/));
        await good(bob);
      }
      assert.is(results[0], results[1]);
    }));
}

test.run();
