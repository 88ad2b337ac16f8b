/**
 * @file `npm run fuzz -- --minutes 5 --seed 1`: random programs over `np` until the time is over. `--programs N` instead of
 * minutes; `--only sqrt,divide` draws of these functions alone; `--guarded` runs every program with a range
 * guard; `--json` prints findings as lines of JSON.
 */
import { parseArgs } from 'node:util';
import { Ring } from '../../src/ring/ring.ts';
import { fuzz } from './fuzz.ts';
import { programText } from './program.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    programs: { type: 'string' },
    only: { type: 'string' },
    guarded: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const number = (name: string, text: string): number => {
  const n = Number(text);
  if (!Number.isFinite(n) || n < 0) throw new Error(`--${name} is a number from 0, not ${text}`);
  return n;
};

const report = fuzz(await Ring.create(), {
  seed: number('seed', values.seed),
  ...(values.programs === undefined
    ? { minutes: number('minutes', values.minutes) }
    : { programs: number('programs', values.programs) }),
  ...(values.only !== undefined && { only: values.only.split(',') }),
  guarded: values.guarded,
  onFinding: (f) => {
    if (values.json) {
      console.log(JSON.stringify({ seed: f.seed, fn: f.fn, text: f.text, source: programText(f.program) }));
      return;
    }
    console.log(`\n// seed ${f.seed}: ${f.fn}: ${f.text}`);
    console.log(programText(f.program));
  },
});

const { programs, seconds, findings, errors, calls } = report;
console.error(
  `\n${programs} programs in ${seconds.toFixed(1)} s (${Math.round((60 * programs) / seconds)} a minute), ` +
    `${calls.size} functions, ${findings.length} findings`,
);
for (const [text, n] of [...errors].sort((a, b) => b[1] - a[1]).slice(0, 20)) console.error(`${n} x ${text}`);
process.exitCode = findings.length > 0 ? 1 : 0;
