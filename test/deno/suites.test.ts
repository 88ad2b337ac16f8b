/** The suites of kernels, gates, links, devices and production, run by Deno. */
import * as assert from 'uvu/assert';
import { LONG } from '../long.ts';
import { deno, denoSuite, good } from './deno.ts';

interface Some {
  readonly always: readonly string[];
  /** Those of which a runtime touches less, or that take some time: in a long run only. */
  readonly long: readonly string[];
}

const SUITES: Readonly<Record<string, Some>> = {
  ring: {
    always: ['prg', 'heap', 'threads'],
    long: ['words', 'bits', 'dcf', 'weighed', 'convert', 'matmul'],
  },
  gates: { always: ['compare'], long: ['fss', 'input-reveal', 'integer', 'openings', 'order', 'arithmetic'] },
  link: {
    always: ['crypto', 'local', 'relay', 'tls'],
    long: ['codec', 'protocol', 'resilience', 'websocket'],
  },
  // What an SPU computes, programs and processes of Deno show in examples.test.ts.
  device: { always: ['deaths', 'pyu'], long: ['spu', 'config', 'bad-input', 'check', 'demo'] },
  // The parties that these start are processes of Deno, too.
  production: { always: ['allow-list'], long: ['guide', 'checkpoint', 'options', 'certificates', 'ends'] },
};

const test = denoSuite('Deno: suites');

for (const [folder, { always, long }] of Object.entries(SUITES))
  for (const name of LONG ? [...always, ...long] : always)
    test(`${folder}/${name}`, async () => {
      const text = await good(deno(['-A'], `dist/test/${folder}/${name}.test.js`));
      // A suite that ends early has no such lines, or passes fewer than all.
      const [total, passed] = ['Total', 'Passed'].map(
        (word) => new RegExp(`${word}:\\s+(\\d+)`).exec(text)?.[1],
      );
      assert.ok(Number(total) > 0, text.slice(-2000));
      assert.is(passed, total, text.slice(-3000));
    });

test.run();
